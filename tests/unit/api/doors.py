"""A doorkeeper on an account store of its own, with a clock that tests set."""

from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp

from app.api.doorkeeper import Doorkeeper
from app.api.guard import Guard
from app.api.token import Keys
from app.bus import Bus
from app.clock import Clock
from app.domain.access import OPERATOR, AuditEntry
from app.services.accounts import AccountService
from app.services.control import ControlService
from app.services.sessions import SessionService
from app.store.accounts import AccountStore

KEYS = Keys("secret", 8137)
TOKEN = {"authorization": "Bearer secret"}


@dataclass(slots=True)
class Wall:
    """The wall's clock, s since 1970."""

    now_s: float = 1.7e9

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Doors:
    folder: Path
    wall: Wall = field(default_factory=Wall)
    noted: list[AuditEntry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bus = Bus()
        self.store = AccountStore(self.folder)
        self.accounts = AccountService(self.store, self.wall)
        self.sessions = SessionService(self.store, self.accounts, self.wall)
        self.control = ControlService(self.bus, Clock(), OPERATOR, self.wall)
        self.keeper = Doorkeeper(KEYS, self.accounts, self.sessions, self.control)

    def guard(self, app: ASGIApp) -> Guard:
        return Guard(app, self.keeper, "127.0.0.1", self.noted.append, lambda *_told: None)
