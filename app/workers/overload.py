"""Tells of a receiver that stays overloaded, which the station's own gain control could not end; any thread."""

from app.bus import Bus
from app.domain.fault import Fault
from app.domain.radio import RadioState

SOURCE = "overload"
LASTING_S = 3.0  # a shorter one ends with the next step of the gain
CALM_S = 5.0
WHAT = (
    "The receiver is overloaded: signals reach the limits of its converter. Levels taken now are too low and mirror "
    "signals appear; they are marked, and homing waits."
)
BY_HAND = "Set less gain, or “Auto”."
BY_ITSELF = "The gain cannot be set lower: move away, turn the antenna, or put an attenuator behind it."


class OverloadTeller:
    """A fault when it has lasted for some seconds, and its end when it was calm for some."""

    def __init__(self, bus: Bus) -> None:
        self._faults = bus.fault
        self._since_s: float | None = None
        self._heard_s = 0.0
        self._told = False
        bus.radio.subscribe(self._watch)

    def _watch(self, state: RadioState) -> None:
        if state.connected and state.overload:
            self._since_s = state.time_s if self._since_s is None else self._since_s
            self._heard_s = state.time_s
            if not self._told and state.time_s - self._since_s >= LASTING_S:
                self._told = True
                advice = BY_ITSELF if state.auto_gain or not state.gains_db else BY_HAND
                self._faults.publish(Fault(state.time_s, SOURCE, f"{WHAT} {advice}"))
        elif self._told and (not state.connected or state.time_s - self._heard_s >= CALM_S):
            self._told, self._since_s = False, None
            self._faults.publish(Fault(state.time_s, SOURCE, "The receiver is no longer overloaded", ended=True))
        elif not self._told:
            self._since_s = None
