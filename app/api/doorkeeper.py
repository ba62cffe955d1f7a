"""Tells who asks by what they show, and whether they may; the server's thread."""

import hashlib
import hmac
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.types import Scope

from app.api import rights
from app.api.token import Keys
from app.domain.access import STATION, Identity, Role
from app.errors import Denied, Forbidden
from app.services.accounts import KEY_BEGIN, AccountService
from app.services.control import ControlService
from app.services.sessions import Caller, SessionService

CSRF_HEADER = "x-csrf-token"


def csrf_of(access: str) -> str:
    """What a page repeats in a header beside its cookie; a page of another origin can neither read nor set it."""
    return hashlib.sha256(f"kestrel csrf {access}".encode()).hexdigest()


def caller_of(scope: Scope, headers: Headers) -> Caller:
    """Where a request comes from. No proxy is believed: there is none between the station and its clients."""
    client = scope.get("client")
    return Caller(str(client[0]) if client else "", headers.get("user-agent", ""))


class Doorkeeper:
    """Bearer: the station's token, a key, or an access token. Cookie: an access token, with the CSRF header to change
    anything."""

    def __init__(self, keys: Keys, accounts: AccountService, sessions: SessionService, control: ControlService) -> None:
        self.keys = keys
        self._accounts = accounts
        self._sessions = sessions
        self._control = control

    def admit(self, scope: Scope, headers: Headers) -> Identity | None:
        """Who asks, if they may; None when nobody known asks for what anybody may have.

        Raises ``Denied``, ``Forbidden``, ``TooMany``, and ``Conflict`` when another client has control.
        """
        method, path = str(scope.get("method", "GET")), str(scope["path"])
        needed = rights.needed(method, path)
        if needed is None:
            return self._shown(headers)
        who = self._who(method, headers)
        if who is None:
            raise Denied("A valid token is needed: sign in, or show the token that the station prints when it starts.")
        if not who.role.covers(needed):
            raise Forbidden(f"This needs the role {needed}; {who.actor} is {who.role}. Ask who runs the station.")
        if rights.commands_vehicle(method, path):
            self._control.commanding(who.actor)
        return who

    def still(self, who: Identity) -> Identity | None:
        """The same somebody now: None when the session has ended since."""
        return who if not who.session else self._sessions.alive(who.session)

    def _who(self, method: str, headers: Headers) -> Identity | None:
        who = self._shown(headers)
        if who is not None and method not in rights.SAFE and "authorization" not in headers:
            given, access = headers.get(CSRF_HEADER, ""), self._cookie(headers)
            if not hmac.compare_digest(given.encode(), csrf_of(access).encode()):
                raise Forbidden(f"The header {CSRF_HEADER} is missing or wrong: load the page again.")
        return who

    def _shown(self, headers: Headers) -> Identity | None:
        """Who shows this; a wrong Authorization header is not made good by a cookie."""
        given = headers.get("authorization")
        if given is None:
            access = self._cookie(headers)
            return self._sessions.of_access(access) if access else None
        scheme, _, shown = given.partition(" ")
        shown = shown.strip()
        if scheme.lower() != "bearer":
            return None
        if self.keys.is_token(shown):
            return Identity(STATION, Role.ADMIN)
        return self._accounts.of_key(shown) if shown.startswith(KEY_BEGIN) else self._sessions.of_access(shown)

    def _cookie(self, headers: Headers) -> str:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(self.keys.access_cookie)
        except CookieError:
            return ""
        return "" if cookie is None else cookie.value
