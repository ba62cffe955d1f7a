"""Signing in and out: cookies for browsers, tokens for programs, codes for another device."""

import io
from dataclasses import asdict
from typing import Annotated

import segno
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import Actor, Me, StationDep, reading
from app.api.doorkeeper import caller_of, csrf_of
from app.api.encoding import answer
from app.api.schemas.access import MeOut, OwnPasswordIn, PairIn, PairOut, RefreshIn, SignInIn, TokensOut
from app.api.token import Keys
from app.domain.access import Grant, Identity
from app.errors import Denied, Forbidden, NotConnected
from app.services.sessions import SESSION_S, Caller
from app.services.station import Station

router = APIRouter(prefix="/auth", tags=["auth"])
REFRESH_PATH = "/api/v1/auth"  # where the refresh token is sent to, and nowhere else


async def _caller(request: Request) -> Caller:
    return caller_of(request.scope, request.headers)


CallerDep = Annotated[Caller, Depends(_caller)]


@router.post("/session", response_model=MeOut)
async def sign_in(body: SignInIn, request: Request, station: StationDep, caller: CallerDep) -> Response:
    """Give the browser its cookies: HttpOnly, SameSite=Strict; and one that its page reads, to be sent back as
    ``X-CSRF-Token`` with every request that changes something."""
    grant = await reading(_granted, station, request.app.state.keys, body, caller)
    return _with_cookies(grant, request)


@router.delete("/session", status_code=204)
async def sign_out(request: Request, station: StationDep) -> Response:
    who: Identity | None = request.scope["identity"]
    if who is not None and who.session:
        await reading(station.sessions.end, who.session)
    answered = Response(status_code=204)
    keys: Keys = request.app.state.keys
    for name, path in ((keys.access_cookie, "/"), (keys.refresh_cookie, REFRESH_PATH), (keys.csrf_cookie, "/")):
        answered.delete_cookie(name, path, httponly=name != keys.csrf_cookie, samesite="strict")
    return answered


@router.post("/token", response_model=TokensOut)
async def tokens(body: SignInIn, request: Request, station: StationDep, caller: CallerDep) -> Response:
    """For programs: an access token, shown as ``Authorization: Bearer``, and one to refresh it with."""
    return _tokens(await reading(_granted, station, request.app.state.keys, body, caller))


@router.post("/refresh", response_model=TokensOut | MeOut)
async def refresh(body: RefreshIn, request: Request, station: StationDep, caller: CallerDep) -> Response:
    """New tokens, or cookies, for a refresh token that is used up thereby."""
    given, keys = body.refresh_token.get_secret_value(), request.app.state.keys
    shown = given or request.cookies.get(keys.refresh_cookie, "")
    if not shown:
        raise Denied("There is nothing to refresh: sign in.")
    grant = await reading(station.sessions.refresh, shown, caller)
    return _tokens(grant) if given else _with_cookies(grant, request)


@router.get("/me", response_model=MeOut)
async def me(who: Me) -> Response:
    return answer(who)


@router.put("/password", status_code=204)
async def own_password(body: OwnPasswordIn, station: StationDep, who: Me, caller: CallerDep) -> Response:
    """Change your own; every session of yours ends, this one too."""
    await reading(station.sessions.change_password, who.actor, body.old.get_secret_value(),
                  body.new.get_secret_value(), caller)  # fmt: skip
    return Response(status_code=204)


@router.post("/pair", response_model=PairOut)
async def pair(body: PairIn, station: StationDep, who: Me, actor: Actor) -> Response:
    """A code with which another device signs in, once, within five minutes."""
    if not who.role.covers(body.role):
        raise Forbidden(f"You are {who.role}: you cannot let in an {body.role}.")
    pairing = station.sessions.pair(body.role, actor)
    place = station.reach.place()
    if place is None:
        raise NotConnected("The API is ending.")
    url = place.pairing_url(pairing.code)
    picture = io.BytesIO()
    segno.make(url, error="m").save(picture, kind="svg", scale=4, border=2, light="#fff", xmldecl=False)
    return answer({
        "code": pairing.code, "role": pairing.role, "until_s": pairing.until_s, "url": url,
        "qr_svg": picture.getvalue().decode(),
    })  # fmt: skip


def _granted(station: Station, keys: Keys, body: SignInIn, caller: Caller) -> Grant:
    """Raises ``Denied``, ``TooMany`` and ``StoreError``."""
    if body.name:
        return station.sessions.sign_in(body.name, body.password.get_secret_value(), caller)
    if code := body.code.get_secret_value():
        return station.sessions.paired(code, caller)
    station.sessions.admit(caller)
    if not keys.is_token(body.token.get_secret_value()):
        station.sessions.guessed(caller)
        raise Denied("That is not this station's token.")
    return station.sessions.station(caller)


def _tokens(grant: Grant) -> Response:
    return answer({
        **asdict(grant.session.identity), "access_token": grant.access, "token_type": "Bearer",
        "expires_s": grant.access_s, "refresh_token": grant.refresh,
    })  # fmt: skip


def _with_cookies(grant: Grant, request: Request) -> Response:
    keys: Keys = request.app.state.keys
    answered = answer(grant.session.identity)
    age_s, secure = int(SESSION_S), request.url.scheme == "https"
    for name, value, path, hidden in (
        (keys.access_cookie, grant.access, "/", True),
        (keys.refresh_cookie, grant.refresh, REFRESH_PATH, True),
        (keys.csrf_cookie, csrf_of(grant.access), "/", False),
    ):
        answered.set_cookie(name, value, max_age=age_s, path=path, httponly=hidden, samesite="strict", secure=secure)
    return answered


ROUTERS = (router,)
