"""Signing in and staying signed in: short-lived access tokens, refresh tokens good for one use, pairing; any thread."""

import hmac
import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.access import Account, Grant, Identity, Role, Session
from app.errors import Denied, NotFound, StoreError
from app.services.accounts import AccountService, token_hash
from app.services.throttle import Throttle
from app.store.accounts import AccountStore, Hashes

log = logging.getLogger(__name__)
ACCESS_S = 900.0
SESSION_S = 7 * 86_400.0
GRACE_S = 30.0  # in which two windows of one browser may refresh at once
PAIRING_S = 300.0
MOST_SESSIONS = 500
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that look alike; 12 of them are 60 bits


@dataclass(frozen=True, slots=True)
class Caller:
    """Where somebody asks from."""

    address: str
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A code for another device, good for one use."""

    code: str
    role: Role
    until_s: float
    by: str


class SessionService:
    """Sessions live here and are written through, so that a restart signs nobody out and checking one reads no disk."""

    def __init__(self, store: AccountStore, accounts: AccountService, wall_s: Callable[[], float] = time.time) -> None:
        self._store = store
        self._accounts = accounts
        self._wall_s = wall_s
        self._throttle = Throttle()
        self._lock = threading.RLock()
        self._sessions: dict[str, tuple[Session, Hashes]] = {}
        self._by_access: dict[str, str] = {}  # hash of an access token to its session's id
        self._pairings: dict[str, Pairing] = {}
        accounts.changed.append(self._ended)

    def load(self) -> None:
        """Read those of the last run; without a disk everybody has to sign in again."""

        def read() -> None:
            with self._lock:
                self._sessions = {one.id: (one, hashes) for one, hashes in self._store.sessions(self._wall_s())}
                self._index()

        self._kept(read)

    def look_again(self) -> None:
        """Read again what ``kestrel users`` has changed beside a running station. Raises ``StoreError``."""
        if self._store.changed_elsewhere():
            self._accounts.forget_keys()
            self.load()

    def sign_in(self, name: str, password: str, caller: Caller) -> Grant:
        """Raises ``Denied``, and ``TooMany`` after some failures."""
        account = self._verified(name, password, caller)
        return self.begin(Identity(account.name, account.role), caller)

    def change_password(self, name: str, old: str, new: str, caller: Caller) -> None:
        """By whoever knows the old one; every session of that account ends. Raises as ``sign_in`` and for a bad one."""
        self._verified(name, old, caller)
        self._accounts.set_password(name, new)

    def begin(self, identity: Identity, caller: Caller) -> Grant:
        """A session for somebody who has proved who they are."""
        now_s = self._wall_s()
        session = Session(
            secrets.token_hex(8), identity.actor, identity.role, now_s, now_s + SESSION_S, caller.address,
            caller.agent[:200],
        )  # fmt: skip
        with self._lock:
            while len(self._sessions) >= MOST_SESSIONS:
                self.end(next(iter(self._sessions)))
            return self._granted(session, "")

    def refresh(self, token: str, caller: Caller) -> Grant:
        """New tokens for one that is used up thereby. Raises ``Denied``; one shown twice ends its session."""
        self._throttle.admit(f"address {caller.address}")
        shown, now_s = token_hash(token), self._wall_s()
        with self._lock:
            for session, hashes in self._sessions.values():
                if session.until_s <= now_s:
                    continue
                if hmac.compare_digest(shown, hashes.refresh_hash):
                    return self._granted(session, shown)
                if hmac.compare_digest(shown, hashes.before_hash):
                    if now_s - hashes.refreshed_s <= GRACE_S:
                        return self._granted(session, shown)
                    self.end(session.id)
                    break
        self._throttle.failed(f"address {caller.address}")
        raise Denied("Sign in again: that session has ended.")

    def of_access(self, token: str) -> Identity | None:
        """Who shows that access token; None when it is none, or no longer good."""
        now_s = self._wall_s()
        with self._lock:
            found = self._sessions.get(self._by_access.get(token_hash(token), ""))
        if found is None or now_s >= min(found[1].access_until_s, found[0].until_s):
            return None
        return found[0].identity

    def alive(self, session_id: str) -> Identity | None:
        """Who has that session; None when it has ended."""
        with self._lock:
            found = self._sessions.get(session_id)
        return found[0].identity if found is not None and self._wall_s() < found[0].until_s else None

    def sessions(self) -> list[Session]:
        """Who is signed in, the oldest first."""
        now_s = self._wall_s()
        with self._lock:
            return [session for session, _ in self._sessions.values() if session.until_s > now_s]

    def end(self, session_id: str) -> None:
        """Sign it out. Raises ``NotFound``."""
        with self._lock:
            if self._sessions.pop(session_id, None) is None:
                raise NotFound("That session has ended already.")
            self._index()
        self._kept(lambda: self._store.remove_session(session_id))

    def pair(self, role: Role, by: str) -> Pairing:
        """A code with which another device signs in as ``role``, once, within five minutes."""
        code = "".join(secrets.choice(_LETTERS) for _ in range(12))
        pairing = Pairing(code, role, self._wall_s() + PAIRING_S, by)
        with self._lock:
            self._pairings = {one.code: one for one in self._pairings.values() if one.until_s > self._wall_s()}
            self._pairings[code] = pairing
        return pairing

    def paired(self, code: str, caller: Caller) -> Grant:
        """The session that a code opens. Raises ``Denied``, and ``TooMany`` after some failures."""
        key = f"address {caller.address}"
        self._throttle.admit(key)
        with self._lock:
            pairing = self._pairings.pop(code.strip().upper().replace("-", ""), None)
        if pairing is None or pairing.until_s <= self._wall_s():
            self._throttle.failed(key)
            raise Denied("That code has been used, has run out, or is none: ask for a new one at the station.")
        return self.begin(Identity(f"paired-{secrets.token_hex(2)}", pairing.role), caller)

    def station(self, caller: Caller) -> Grant:
        """A session for a browser that has shown the station's own token."""
        return self.begin(Identity("browser", Role.ADMIN), caller)

    def guessed(self, caller: Caller) -> None:
        """Somebody showed a wrong token of the station."""
        self._throttle.failed(f"address {caller.address}")

    def admit(self, caller: Caller) -> None:
        """Raises ``TooMany`` for an address that has to wait."""
        self._throttle.admit(f"address {caller.address}")

    def _verified(self, name: str, password: str, caller: Caller) -> Account:
        keys = (f"name {name}", f"address {caller.address}")
        self._throttle.admit(*keys)
        try:
            account = self._accounts.verified(name, password)
        except Denied:
            self._throttle.failed(*keys)
            raise
        self._throttle.succeeded(*keys)
        return account

    def _granted(self, session: Session, before_hash: str) -> Grant:
        now_s = self._wall_s()
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        hashes = Hashes(token_hash(access), now_s + ACCESS_S, token_hash(refresh), before_hash, now_s)
        self._kept(lambda: self._store.save_session(session, hashes))
        self._sessions[session.id] = (session, hashes)
        self._index()
        return Grant(session, access, ACCESS_S, refresh)

    @staticmethod
    def _kept(work: Callable[[], None]) -> None:
        """A full disk must not sign out who steers a vehicle: then sessions live in memory alone."""
        try:
            work()
        except StoreError as error:
            log.warning("sessions will not outlast this run: %s", error)

    def _ended(self, actor: str) -> None:
        with self._lock:
            self._sessions = {key: one for key, one in self._sessions.items() if one[0].actor != actor}
            self._index()

    def _index(self) -> None:
        self._by_access = {hashes.access_hash: key for key, (_, hashes) in self._sessions.items()}
