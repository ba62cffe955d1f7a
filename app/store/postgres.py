"""A store in PostgreSQL, in a schema of its own, and the server's errors in the operator's words; any thread."""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, insert, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.errors import StoreError
from app.store import schema
from app.store.database import IN_USE, Release
from app.store.sqlite import FILE, make_engine, told

SCHEMA = "kestrel"
CONNECT_S = 5
COPIED_ROWS = 5_000  # in one statement

NO_ANSWER = (
    "The database {place} does not answer ({words}). Start the server, or correct store.url. "
    "Recording goes on by itself when it does."
)
NOT_LET_IN = "The database {place} does not let Kestrel in ({words}). Correct name and password in store.url."
NOT_ALLOWED = "The database {place} does not allow this ({words}). Give its user the right to create and write."
FULL = "The disk of the database {place} is full: make room. Recording goes on by itself when there is some."
DAMAGED = "The database {place} is damaged ({words}). Nothing was changed. Restore a backup on its server."
DISK_ERROR = "The database {place} reports an error of its disk ({words}). Check the server."
LOCKED = "The database {place} is locked by another program ({words}). Close it."
# by SQLSTATE or its class: https://www.postgresql.org/docs/current/errcodes-appendix.html
TEXTS = {
    "53100": FULL,
    "28": NOT_LET_IN,
    "3D": NOT_LET_IN,
    "42501": NOT_ALLOWED,
    "25006": NOT_ALLOWED,
    "55P03": LOCKED,
    "40P01": LOCKED,
    "58": DISK_ERROR,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
    "57P": NO_ANSWER,
    "53": NO_ANSWER,
    "08": NO_ANSWER,
}


class PostgresDatabase:
    """The server of a store and what is done to it as a whole; see ``Database``."""

    def __init__(self, directory: Path, url: str, busy_s: float) -> None:
        try:
            given = make_url(url)
        except (ArgumentError, ValueError) as error:
            raise StoreError(f"store.url is no address of a database ({error}). Correct it.") from error
        if given.get_backend_name() not in {"postgresql", "postgres"}:
            raise StoreError("store.url must begin with postgresql:// (without one the store is SQLite). Correct it.")
        self._url: URL = given.set(drivername="postgresql+psycopg")
        self._busy_ms = int(busy_s * 1e3)
        self.path = directory / FILE
        self.place = given.render_as_string(hide_password=True)

    def there(self) -> bool:
        with self.told(), psycopg.connect(self._conninfo(), connect_timeout=CONNECT_S) as connection:
            found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (SCHEMA,)).fetchone()
        return found is not None

    def told(self) -> AbstractContextManager[None]:
        return _told(self.place)

    def make_engine(self, writing: bool) -> Engine:
        if writing:
            with psycopg.connect(self._conninfo(), connect_timeout=CONNECT_S) as connection:
                connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))
        options = {"search_path": SCHEMA, "lock_timeout": self._busy_ms}
        if not writing:
            options["default_transaction_read_only"] = "on"
        return create_engine(
            self._url,
            connect_args={
                "connect_timeout": CONNECT_S,
                "application_name": "kestrel",
                "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
            },
            isolation_level="READ COMMITTED" if writing else "REPEATABLE READ",
            pool_pre_ping=True,  # a server that was started anew has closed them all
            pool_size=1 if writing else 4,
            max_overflow=0 if writing else 16,
        )

    def insert(
        self, connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
    ) -> None:
        names = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        driver = connection.connection.driver_connection
        if not isinstance(driver, psycopg.Connection):
            raise TypeError(f"{type(driver).__name__} is no PostgreSQL connection")
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([_storable(value) for value in row])

    def take_hold(self) -> Release:
        hold = psycopg.connect(self._conninfo(), autocommit=True, connect_timeout=CONNECT_S)
        found = hold.execute("SELECT pg_try_advisory_lock(%s)", (zlib.crc32(SCHEMA.encode()),)).fetchone()
        if found is None or not found[0]:
            hold.close()
            raise StoreError(IN_USE.format(place=self.place))
        return hold.close

    def size_bytes(self, engine: Engine | None) -> int:
        if engine is None:
            return 0
        query = (
            "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind = 'r'"
        )
        with engine.connect() as connection:
            return int(connection.exec_driver_sql(query).scalar_one())

    def backup(self, engine: Engine, copy: Path) -> None:
        """A SQLite store of the same version: read back without a server, by any Kestrel."""
        version = schema.version_of(engine)
        target = make_engine(copy, 2.0, writing=True)
        try:
            with told(copy):
                schema.bring_to(target, version or "head")
                with engine.connect() as source, target.begin() as sink:
                    _copy_rows(source, sink)
        except BaseException:
            target.dispose()
            copy.unlink(missing_ok=True)
            raise
        target.dispose()

    def check(self, engine: Engine, thorough: bool) -> None:
        """Every row is read and unpacked: the server compares its pages' checksums, where it keeps them."""
        if not thorough:
            return
        with engine.connect() as connection:
            tables = MetaData()
            tables.reflect(connection)
            for table in tables.sorted_tables:
                row = sql.SQL("SELECT sum(length(t::text)) FROM {} t").format(sql.Identifier(table.name))
                connection.connection.cursor().execute(row)

    def set_aside(self, stamp: str) -> Path | None:
        aside = f"{SCHEMA}_set_aside_{stamp.lower()}"
        with psycopg.connect(self._conninfo(), connect_timeout=CONNECT_S) as connection:
            if connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (SCHEMA,)).fetchone() is None:
                return None
            rename = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(SCHEMA), sql.Identifier(aside)))
        return Path(aside)

    def _conninfo(self) -> str:
        return self._url.set(drivername="postgresql").render_as_string(hide_password=False)


def _storable(value: Any) -> Any:
    """NaN is NULL, as SQLite keeps it; a NUL, which no text of PostgreSQL can hold, is marked."""
    if value != value:  # noqa: PLR0124 - true of NaN alone
        return None
    if isinstance(value, str) and "\0" in value:
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return value


def _copy_rows(source: Connection, sink: Connection) -> None:
    """All rows of all tables, whose columns are named alike; parents come first."""
    tables = MetaData()
    tables.reflect(sink)
    for table in tables.sorted_tables:
        found = source.execution_options(yield_per=COPIED_ROWS).execute(select(table))
        sink.execute(table.delete())  # the version, which is there already
        for rows in found.mappings().partitions():
            sink.execute(insert(table), [dict(row) for row in rows])


@contextmanager
def _told(place: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if (text := _text(place, error.orig)) is None:
            raise
        raise StoreError(text) from error
    except psycopg.Error as error:
        if (text := _text(place, error)) is None:
            raise
        raise StoreError(text) from error


def _text(place: str, error: BaseException | None) -> str | None:
    if not isinstance(error, psycopg.Error):
        return None
    state = error.sqlstate or ""
    text = next((TEXTS[state[:length]] for length in (5, 3, 2) if state[:length] in TEXTS), None)
    if text is None and isinstance(error, psycopg.OperationalError):
        text = NO_ANSWER
    return None if text is None else text.format(place=place, words=str(error).strip().splitlines()[0])
