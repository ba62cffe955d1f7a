"""Accounts, keys, sessions and the audit trail; for the admin."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.api.access import Me, StationDep, reading
from app.api.encoding import answer
from app.api.schemas.access import (
    AccountIn,
    AccountOut,
    ApiKeyIn,
    ApiKeyOut,
    AuditOut,
    NewApiKeyOut,
    PasswordIn,
    RoleIn,
    SessionOut,
)
from app.errors import Conflict

users = APIRouter(prefix="/users", tags=["auth"])
keys = APIRouter(prefix="/keys", tags=["auth"])
sessions = APIRouter(prefix="/sessions", tags=["auth"])
audit = APIRouter(tags=["auth"])


@users.get("", response_model=list[AccountOut])
async def every(station: StationDep) -> Response:
    return answer(await reading(station.accounts.accounts))


@users.post("", response_model=AccountOut, status_code=201)
async def add(body: AccountIn, station: StationDep) -> Response:
    made = await reading(station.accounts.add, body.name, body.role, body.password.get_secret_value())
    return answer(made, 201)


@users.put("/{name}/role", status_code=204)
async def set_role(name: str, body: RoleIn, station: StationDep, who: Me) -> Response:
    """Whoever is signed in under that name has to sign in again."""
    if name == who.actor:
        raise Conflict("Your own role can be changed by another admin only.")
    await reading(station.accounts.set_role, name, body.role)
    return Response(status_code=204)


@users.put("/{name}/password", status_code=204)
async def set_password(name: str, body: PasswordIn, station: StationDep) -> Response:
    """Whoever is signed in under that name has to sign in again."""
    await reading(station.accounts.set_password, name, body.password.get_secret_value())
    return Response(status_code=204)


@users.delete("/{name}", status_code=204)
async def remove(name: str, station: StationDep, who: Me) -> Response:
    """What the account did stays recorded."""
    if name == who.actor:
        raise Conflict("Your own account can be removed by another admin only.")
    await reading(station.accounts.remove, name)
    return Response(status_code=204)


@keys.get("", response_model=list[ApiKeyOut])
async def every_key(station: StationDep) -> Response:
    return answer(await reading(station.accounts.api_keys))


@keys.post("", response_model=NewApiKeyOut, status_code=201)
async def add_key(body: ApiKeyIn, station: StationDep) -> Response:
    """The answer holds the secret, this once."""
    key, secret = await reading(station.accounts.add_key, body.name, body.role, body.days)
    return answer({**asdict(key), "secret": secret}, 201)


@keys.delete("/{key_id}", status_code=204)
async def revoke_key(key_id: str, station: StationDep) -> Response:
    await reading(station.accounts.revoke_key, key_id)
    return Response(status_code=204)


@sessions.get("", response_model=list[SessionOut])
async def every_session(station: StationDep) -> Response:
    """Who is signed in."""
    return answer(station.sessions.sessions())


@sessions.delete("/{session_id}", status_code=204)
async def end_session(session_id: str, station: StationDep) -> Response:
    """Sign it out."""
    await reading(station.sessions.end, session_id)
    return Response(status_code=204)


@audit.get("/audit", response_model=list[AuditOut])
async def audit_trail(
    station: StationDep,
    count: Annotated[int, Query(ge=1, le=1000)] = 100,
    before_id: Annotated[int | None, Query(ge=0, le=2**62)] = None,
    actor: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Every request that changed something, and everybody who tried to get in; the newest first."""
    found = await reading(station.accounts.audit, count, before_id, actor)
    return answer([{"id": number, **asdict(entry)} for number, entry in found])


ROUTERS = (users, keys, sessions, audit)
