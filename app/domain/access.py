"""Who may do what at the station: roles, accounts, sessions and keys; values and pure rules, any thread."""

import re
from dataclasses import dataclass
from enum import StrEnum

from app.errors import OutOfRange

STATION = "api"  # who shows the station's own token
OPERATOR = "operator"  # who acts through the station's own window
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{1,31}")
RESERVED = frozenset({STATION, OPERATOR, "browser", "window", "pilot", "vehicle", "station", "mission"})


class Role(StrEnum):
    """What somebody may do: each may what those before may."""

    VIEWER = "viewer"  # look, and stop the vehicle in an emergency
    OPERATOR = "operator"  # search, home, fly, record, change projects
    ADMIN = "admin"  # accounts, keys, audit, and what cannot be taken back

    def covers(self, needed: "Role") -> bool:
        """Whether this role may do what ``needed`` may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who was let in; ``session`` is empty for the station's token and for keys."""

    actor: str  # as commands and transitions name them
    role: Role
    session: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A person with a password; the password itself is known to nobody but them."""

    name: str
    role: Role
    created_s: float


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a program; what opens with it was shown once, when it was made."""

    id: str
    name: str
    role: Role
    created_s: float
    until_s: float | None  # None: until it is revoked


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in, from one browser or program."""

    id: str
    actor: str
    role: Role
    created_s: float
    until_s: float  # when it ends at the latest
    address: str
    agent: str  # the browser, as it calls itself

    @property
    def identity(self) -> Identity:
        return Identity(self.actor, self.role, self.id)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a session opens with: shown once, kept only as hashes."""

    session: Session
    access: str
    access_s: float  # how long it is good for
    refresh: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One request that changed something, or one that tried to get in."""

    time_s: float
    actor: str  # empty: nobody known
    role: str
    address: str
    what: str  # method and path
    status: int  # of the answer
    correlation_id: str
    detail: str = ""


def checked_name(name: str) -> str:
    """A name an account or key may have. Raises ``OutOfRange``."""
    if not _NAME.fullmatch(name):
        raise OutOfRange(
            "A name has 2 to 32 plain letters, digits, dots, dashes and underscores, and begins with a letter."
        )
    if name.lower() in RESERVED:
        raise OutOfRange(f"{name!r} names a part of the station in its records: choose another name.")
    return name


def checked_password(name: str, password: str) -> str:
    """A password that is not soon guessed (NIST SP 800-63B: length, no rules of composition). Raises ``OutOfRange``."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise OutOfRange(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters: some words will do.")
    if name.lower() in password.lower() or len(set(password)) < 5:
        raise OutOfRange("That password would be guessed: leave your name out, and do not repeat one character.")
    return password
