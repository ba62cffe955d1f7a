"""Homing is activated in two steps, so that no slip of the hand flies a vehicle; any thread."""

import secrets
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass

from app.domain.mission import MissionStatus
from app.errors import Conflict
from app.workers.mission import MissionWorker

CODE_S = 10.0  # true time: it is a person who reads the code


@dataclass(frozen=True, slots=True)
class Activation:
    """The first step's answer: ``code`` is to be given back before ``expires_s`` (station time)."""

    code: str
    expires_s: float


class HomingService:
    def __init__(self, worker: MissionWorker) -> None:
        self._worker = worker
        self._lock = threading.Lock()
        self._asked: tuple[str, str, float] | None = None  # code, actor, monotonic end

    def request(self, actor: str) -> Activation:
        """First step; a second request makes the first one void."""
        code = f"{secrets.randbelow(10_000):04d}"
        with self._lock:
            self._asked = (code, actor, time.monotonic() + CODE_S)
        return Activation(code, self._worker.clock.now_s() + CODE_S * self._worker.clock.rate)

    def confirm(self, code: str, actor: str) -> "Future[MissionStatus]":
        """Second step, by the same actor. A code is good for one try.

        Raises ``Conflict`` when the code is wrong, another's or too old; so does the future when no search is flown.
        """
        with self._lock:
            asked, self._asked = self._asked, None
        if asked is None or asked[1] != actor:
            raise Conflict("Homing was not asked for; begin with the first step")
        if time.monotonic() > asked[2]:
            raise Conflict(f"The code was good for {CODE_S:.0f} s; begin with the first step again")
        if not secrets.compare_digest(asked[0].encode(), code.encode()):
            raise Conflict("That is not the code that was shown; begin with the first step again")
        return self._worker.ask(lambda: self._worker.activate(actor))

    def disable(self, actor: str) -> "Future[MissionStatus]":
        """Homing off at once; a vehicle that was homing hovers, its search paused."""
        return self._worker.ask(lambda: self._worker.disable(actor))

    def home_on_detection(self, allowed: bool, actor: str) -> "Future[MissionStatus]":
        """Let homing begin by itself on a detection, for this flight or, given in IDLE, the next."""
        return self._worker.ask(lambda: self._worker.allow_home_on_detection(allowed, actor))
