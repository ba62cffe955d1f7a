"""The mission's states and the one table of transitions between them; pure, any thread."""

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.flying import Air
from app.domain.geometry import LatLon
from app.errors import Conflict


class MissionState(StrEnum):
    IDLE = "IDLE"
    SEARCHING = "SEARCHING"
    DETECTING = "DETECTING"
    HOMING = "HOMING"
    HOLDING = "HOLDING"
    EMERGENCY = "EMERGENCY"


_S = MissionState

ALLOWED: dict[MissionState, frozenset[MissionState]] = {
    _S.IDLE: frozenset({_S.SEARCHING, _S.EMERGENCY}),
    _S.SEARCHING: frozenset({_S.DETECTING, _S.IDLE, _S.EMERGENCY}),
    _S.DETECTING: frozenset({_S.HOMING, _S.SEARCHING, _S.IDLE, _S.EMERGENCY}),
    _S.HOMING: frozenset({_S.HOLDING, _S.SEARCHING, _S.IDLE, _S.EMERGENCY}),
    _S.HOLDING: frozenset({_S.HOMING, _S.SEARCHING, _S.IDLE, _S.EMERGENCY}),
    _S.EMERGENCY: frozenset({_S.IDLE}),
}

IN_FLIGHT = frozenset({_S.SEARCHING, _S.DETECTING, _S.HOMING, _S.HOLDING})


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of the mission: when, from where, to where, why, and who did it."""

    time_s: float
    before: MissionState
    after: MissionState
    reason: str
    actor: str  # a user's name, "station", "pilot"
    forced: bool = False


class StateMachine:
    """The only holder of the mission's state. Not locked: the mission worker owns it.

    It always begins in IDLE: no active state survives a restart.
    """

    def __init__(self) -> None:
        self._state = MissionState.IDLE
        self._since_s = 0.0

    @property
    def state(self) -> MissionState:
        return self._state

    @property
    def since_s(self) -> float:
        return self._since_s

    def go(self, after: MissionState, time_s: float, reason: str, actor: str, forced: bool = False) -> Transition:
        """Take one step and return it.

        Raises ``Conflict`` when the table does not have the step. A forced step leads from a state in flight to any
        other, or to IDLE.
        """
        before = self._state
        by_force = before in IN_FLIGHT and after in IN_FLIGHT | {MissionState.IDLE} and after is not before
        if not (by_force if forced else after in ALLOWED[before]):
            raise Conflict(f"{before} does not lead to {after}: {reason}")
        self._state, self._since_s = after, time_s
        return Transition(time_s, before, after, reason, actor, forced)


@dataclass(frozen=True, slots=True)
class MissionStatus:
    """What the mission is doing, in words; published on every change and once a second.

    ``home_on_detection``: the operator allowed homing to begin by itself for this flight.
    ``activated``: homing is activated and the activation has not lapsed.
    """

    time_s: float
    state: MissionState
    since_s: float
    text: str
    target_id: str
    activated: bool
    home_on_detection: bool
    leg: int  # of the search pattern, counted from 0
    legs: int  # 0 while no search is planned
    paused: bool
    goal: LatLon | None  # where the vehicle is being sent


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """A search pattern laid out: waypoints in the order they are flown, and what flying it takes and gives."""

    pattern: str
    waypoints: tuple[LatLon, ...]
    height_m: float  # above home
    speed_mps: float
    spacing_m: float
    length_m: float
    time_s: float  # with turns and wind
    area_m2: float
    coverage: float  # C = W / S, sweep width over track spacing; the mean over the area, 0 where nothing is flown
    pod: float  # 1 - exp(-C), the mean over the area
    air: Air = field(default_factory=Air)  # for which ``time_s`` is reckoned
    battery_percent: float | None = None  # of a full battery; None until it is held against an endurance
    left_out_m2: float = 0.0  # of the area, because fence or no-fly areas do not let it be flown over
