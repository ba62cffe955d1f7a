"""Keeps the one motion the mission asks for, and only while the gate lets it through; the mission worker's thread."""

from concurrent.futures import Future
from typing import Protocol

from app.domain.geometry import LatLon
from app.domain.safety import GateReport, Motion, Purpose
from app.domain.vehicle import CommandRecord
from app.errors import Refused
from app.safety import SafetyGate

PATIENCE_S = 1.0  # a homing gate closed for less (one overloaded block) is waited for without turning round
REPEAT_S = 1.0  # the motion is told again, so that a link worker that began anew knows it


class Mover(Protocol):
    """What the mission needs of the link worker; every call is safe from any thread."""

    def arm(self, actor: str) -> "Future[CommandRecord]": ...
    def takeoff(self, height_m: float, actor: str) -> "Future[CommandRecord]": ...
    def set_mode(self, mode: str, actor: str) -> "Future[CommandRecord]": ...
    def brake(self, actor: str) -> "Future[CommandRecord]": ...
    def steer(self, motion: Motion | None) -> None: ...


class Helm:
    """Steers by the gate. While it is closed nothing is asked of the vehicle; ``closed_s`` later it is given up."""

    def __init__(self, link: Mover, gate: SafetyGate, closed_s: float) -> None:
        self._link = link
        self._gate = gate
        self._closed_s = closed_s
        self.motion: Motion | None = None  # in force
        self._told_s = 0.0
        self._spot: LatLon | None = None  # where the vehicle hovers
        self._homing_shut_s: float | None = None
        self._blocked_s: float | None = None  # since when nothing at all was let through

    def fly(self, motion: Motion, now_s: float) -> tuple[str, ...]:
        """Ask for this motion; returns what stands against it, nothing when it is flown.

        Homing that is held up hovers on the spot until its gate opens again. Raises ``Refused`` when neither is let
        through for ``closed_s``.
        """
        report = self._gate.report(motion)
        if report.open:
            self._spot = self._homing_shut_s = self._blocked_s = None
            self._steer(motion, now_s)
            return ()
        if motion.purpose is not Purpose.HOMING:
            self._block(report, now_s)
            return report.reasons
        if self._homing_shut_s is None:
            self._homing_shut_s = now_s
        if now_s - self._homing_shut_s < PATIENCE_S:
            self._steer(None, now_s)
        else:
            self.hover(motion.height_m, motion.speed_mps, now_s)
        return report.reasons

    def hover(self, height_m: float, speed_mps: float, now_s: float) -> None:
        """Stay where the vehicle was when this was first asked. Raises ``Refused`` like ``fly``."""
        telemetry = self._gate.inputs().telemetry
        if self._spot is None and telemetry is not None:
            self._spot = telemetry.position
        motion = Motion(Purpose.SEARCH, self._spot, height_m, speed_mps)
        report = self._gate.report(motion)
        if report.open:
            self._blocked_s = None
            self._steer(motion, now_s)
        else:
            self._block(report, now_s)

    def stop(self) -> None:
        """End every motion at once."""
        self.motion = self._spot = self._homing_shut_s = self._blocked_s = None
        self._link.steer(None)

    def wait_on(self) -> None:
        """Count a closed gate from anew."""
        self._blocked_s = None

    def _block(self, report: GateReport, now_s: float) -> None:
        self._steer(None, now_s)
        if self._blocked_s is None:
            self._blocked_s = now_s
        if now_s - self._blocked_s > self._closed_s:
            raise Refused(report.reasons)

    def _steer(self, motion: Motion | None, now_s: float) -> None:
        if motion == self.motion and (motion is None or now_s - self._told_s < REPEAT_S):
            return
        self.motion, self._told_s = motion, now_s
        self._link.steer(motion)
