"""Accounts, passwords and keys: who there is; any thread."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.domain.access import Account, ApiKey, AuditEntry, Identity, Role, checked_name, checked_password
from app.errors import Conflict, Denied, NotFound, OutOfRange
from app.store.accounts import AccountStore

KEY_BEGIN = "kak_"  # so that a key that leaked is found by scanners


def token_hash(token: str) -> str:
    """Of a random token: it cannot be guessed, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


class AccountService:
    """People and programs. ``changed`` are told the name of an account whose sessions ended."""

    def __init__(self, store: AccountStore, wall_s: Callable[[], float] = time.time) -> None:
        self._store = store
        self._wall_s = wall_s
        self._hasher = PasswordHasher()  # its defaults are RFC 9106's second choice
        self._lock = threading.Lock()
        self._keys: dict[str, ApiKey] | None = None
        self.changed: list[Callable[[str], None]] = []

    def accounts(self) -> list[Account]:
        """By name."""
        return [account for account, _ in self._store.accounts()]

    def add(self, name: str, role: Role, password: str) -> Account:
        """Raises ``OutOfRange`` for a name or password that will not do, ``Conflict`` for a name that is taken."""
        account = Account(checked_name(name), role, self._wall_s())
        if name.lower() in {one.name.lower() for one in self.accounts()}:
            raise Conflict(f"There is an account {name!r} already.")
        self._store.add_account(account, self._hasher.hash(checked_password(name, password)))
        return account

    def set_password(self, name: str, password: str) -> None:
        """Everybody signed in under that name has to sign in again. Raises ``NotFound`` and ``OutOfRange``."""
        self._store.change_account(name, password_hash=self._hasher.hash(checked_password(name, password)))
        self._tell(name)

    def set_role(self, name: str, role: Role) -> None:
        """Everybody signed in under that name has to sign in again. Raises ``NotFound``."""
        self._store.change_account(name, role=role.value)
        self._tell(name)

    def remove(self, name: str) -> None:
        """What the account did stays recorded. Raises ``NotFound``."""
        self._store.remove_account(name)
        self._tell(name)

    def verified(self, name: str, password: str) -> Account:
        """The account of that name, if that is its password; takes some 50 ms of work. Raises ``Denied``."""
        there = {account.name: (account, kept) for account, kept in self._store.accounts()}
        nobody = self._nobody  # before looking: the first try takes as long whatever the name
        account, kept = there.get(name, (None, nobody))
        try:
            self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            account = None
        if account is None:
            raise Denied("Name and password do not belong together.")
        return account

    @cached_property
    def _nobody(self) -> str:
        """A hash of no password, so that a name that is not there takes as long; made when somebody tries to get in."""
        return self._hasher.hash(secrets.token_hex())

    def api_keys(self) -> list[ApiKey]:
        """By name; not what opens with them."""
        return [key for key, _ in self._store.api_keys()]

    def add_key(self, name: str, role: Role, days: float | None = None) -> tuple[ApiKey, str]:
        """A new key, and its secret, which is told this once. Raises ``OutOfRange``."""
        if days is not None and not 0.0 < days <= 3650.0:
            raise OutOfRange("A key lasts up to 3650 days, or until it is revoked.")
        now_s, secret = self._wall_s(), KEY_BEGIN + secrets.token_urlsafe(32)
        until_s = None if days is None else now_s + days * 86_400.0
        key = ApiKey(secrets.token_hex(4), checked_name(name), role, now_s, until_s)
        self._store.add_key(key, token_hash(secret))
        self.forget_keys()
        return key, secret

    def revoke_key(self, key_id: str) -> None:
        """Raises ``NotFound``."""
        if key_id not in {key.id for key in self.api_keys()}:
            raise NotFound(f"There is no key {key_id!r}.")
        self._store.remove_key(key_id)
        self.forget_keys()

    def of_key(self, secret: str) -> Identity | None:
        """Who shows that key; None when it is none, or no longer good."""
        with self._lock:
            if self._keys is None:
                self._keys = {kept: key for key, kept in self._store.api_keys()}
            key = self._keys.get(token_hash(secret))
        if key is None or (key.until_s is not None and self._wall_s() >= key.until_s):
            return None
        return Identity(key.name, key.role)

    def note(self, entry: AuditEntry) -> None:
        """Add to the audit trail."""
        self._store.add_audit(entry)

    def audit(self, count: int, before_id: int | None = None, actor: str = "") -> list[tuple[int, AuditEntry]]:
        """Who did what, the newest first, each with its number."""
        return self._store.audit(count, before_id, actor)

    def _tell(self, name: str) -> None:
        for told in self.changed:
            told(name)

    def forget_keys(self) -> None:
        """They are read again when the next is shown."""
        with self._lock:
            self._keys = None
