"""Accounts, keys, sessions and the audit trail: a database of its own beside the projects; any thread.

It is no part of a project's store, so that no backup or bundle carries anybody's password hash. Secrets are kept as
Argon2 (passwords) or SHA-256 (random tokens of 256 bits) only.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.domain.access import Account, ApiKey, AuditEntry, Role, Session
from app.errors import Conflict, NotFound, StoreError
from app.store.sqlite import make_engine, told

FILE = "accounts.db"
VERSION = 1
OWNER_ONLY = 0o600  # POSIX permission; on Windows the profile folder's own access list keeps others out
BUSY_S = 2.0


class Base(DeclarativeBase):
    pass


class AccountRow(Base):
    __tablename__ = "account"

    name: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    created_s: Mapped[float]
    password_hash: Mapped[str]


class ApiKeyRow(Base):
    __tablename__ = "api_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    created_s: Mapped[float]
    until_s: Mapped[float | None]
    secret_hash: Mapped[str] = mapped_column(unique=True)


class SessionRow(Base):
    __tablename__ = "session"

    id: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    role: Mapped[str]
    created_s: Mapped[float]
    until_s: Mapped[float]
    address: Mapped[str]
    agent: Mapped[str]
    access_hash: Mapped[str]
    access_until_s: Mapped[float]
    refresh_hash: Mapped[str]
    before_hash: Mapped[str]  # of the refresh token that this one replaced: shown again, it was stolen
    refreshed_s: Mapped[float]


class AuditRow(Base):
    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    time_s: Mapped[float] = mapped_column(index=True)
    actor: Mapped[str]
    role: Mapped[str]
    address: Mapped[str]
    what: Mapped[str]
    status: Mapped[int]
    correlation_id: Mapped[str]
    detail: Mapped[str]


ACCOUNT, KEY, SESSION, AUDIT = (Base.metadata.tables[name] for name in ("account", "api_key", "session", "audit"))


@dataclass(frozen=True, slots=True)
class Hashes:
    """What opens a session, as hashes."""

    access_hash: str
    access_until_s: float
    refresh_hash: str
    before_hash: str
    refreshed_s: float


class AccountStore:
    """Each method is one transaction and raises ``StoreError`` when the file cannot be read or written.

    Opened by the first of them, and tried again by the next when that failed.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._opening = threading.Lock()
        self._engine: Engine | None = None
        self._version: int | None = None

    def _open(self) -> Engine:
        """Make what is missing. Raises ``StoreError``, also for a file of a newer Kestrel."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
            self.path.chmod(OWNER_ONLY)
        except OSError as error:
            raise StoreError(f"{self.path} cannot be opened: {error.strerror}. Free or open that folder.") from error
        engine = make_engine(self.path, BUSY_S, writing=True)
        try:
            with told(self.path), engine.begin() as connection:
                self._upgrade(connection)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def close(self) -> None:
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def changed_elsewhere(self) -> bool:
        """Whether another program has written since this was asked last: ``kestrel users``, for example."""
        with self._transaction() as connection:
            version = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        before, self._version = self._version, version
        return before is not None and before != version

    def accounts(self) -> list[tuple[Account, str]]:
        """All with the hashes of their passwords, by name."""
        with self._transaction() as connection:
            rows = connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.name)).all()
        return [(Account(row.name, Role(row.role), row.created_s), row.password_hash) for row in rows]

    def add_account(self, account: Account, password_hash: str) -> None:
        """Raises ``Conflict`` when the name is taken."""
        with self._transaction() as connection:
            try:
                connection.execute(insert(ACCOUNT).values(asdict(account) | {"password_hash": password_hash}))
            except IntegrityError as error:
                raise Conflict(f"There is an account {account.name!r} already.") from error

    def change_account(self, name: str, **values: str) -> None:
        """Set columns, and end the account's sessions. Raises ``NotFound``."""
        with self._transaction() as connection:
            done = connection.execute(update(ACCOUNT).where(ACCOUNT.c.name == name).values(values))
            self._only_one(done.rowcount, name)
            connection.execute(delete(SESSION).where(SESSION.c.actor == name))

    def remove_account(self, name: str) -> None:
        """Its sessions end too; what it did stays in the audit trail. Raises ``NotFound``."""
        with self._transaction() as connection:
            self._only_one(connection.execute(delete(ACCOUNT).where(ACCOUNT.c.name == name)).rowcount, name)
            connection.execute(delete(SESSION).where(SESSION.c.actor == name))

    def api_keys(self) -> list[tuple[ApiKey, str]]:
        """All with the hashes of their secrets, by name."""
        with self._transaction() as connection:
            rows = connection.execute(select(KEY).order_by(KEY.c.name)).all()
        return [(ApiKey(row.id, row.name, Role(row.role), row.created_s, row.until_s), row.secret_hash) for row in rows]

    def add_key(self, key: ApiKey, secret_hash: str) -> None:
        with self._transaction() as connection:
            connection.execute(insert(KEY).values(asdict(key) | {"secret_hash": secret_hash}))

    def remove_key(self, key_id: str) -> None:
        """Raises ``NotFound``."""
        with self._transaction() as connection:
            self._only_one(connection.execute(delete(KEY).where(KEY.c.id == key_id)).rowcount, key_id)

    def sessions(self, now_s: float) -> list[tuple[Session, Hashes]]:
        """Those that have not ended, the oldest first; the others are forgotten."""
        with self._transaction() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.until_s <= now_s))
            rows = connection.execute(select(SESSION).order_by(SESSION.c.created_s)).all()
        return [(_session(row), Hashes(*row[7:])) for row in rows]

    def save_session(self, session: Session, hashes: Hashes) -> None:
        """Add it, or put it in the place of what is known under its id."""
        with self._transaction() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.id == session.id))
            connection.execute(insert(SESSION).values(asdict(session) | asdict(hashes)))

    def remove_session(self, session_id: str) -> None:
        """Nothing happens when it is not there."""
        with self._transaction() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.id == session_id))

    def add_audit(self, entry: AuditEntry) -> None:
        with self._transaction() as connection:
            connection.execute(insert(AUDIT).values(asdict(entry)))

    def audit(self, count: int, before_id: int | None = None, actor: str = "") -> list[tuple[int, AuditEntry]]:
        """The newest first, at most ``count``, those before ``before_id`` and of one ``actor`` if given."""
        asked = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(count)
        if before_id is not None:
            asked = asked.where(AUDIT.c.id < before_id)
        if actor:
            asked = asked.where(AUDIT.c.actor == actor)
        with self._transaction() as connection:
            return [(row.id, AuditEntry(*row[1:])) for row in connection.execute(asked)]

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._opening:
            engine = self._engine = self._engine or self._open()
        with told(self.path), engine.begin() as connection:
            yield connection

    def _upgrade(self, connection: Connection) -> None:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if version > VERSION:
            raise StoreError(f"{self.path} was made by a newer Kestrel. Update this one. Nothing was changed.")
        Base.metadata.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")

    @staticmethod
    def _only_one(count: int, name: str) -> None:
        if count != 1:
            raise NotFound(f"There is no {name!r}.")


def _session(row: Any) -> Session:
    return Session(row.id, row.actor, Role(row.role), row.created_s, row.until_s, row.address, row.agent)
