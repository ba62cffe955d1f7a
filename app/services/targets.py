"""The beacons looked for and the one homed on: the only holder of the list; any thread."""

import threading
from dataclasses import replace
from uuid import uuid4

from app.bus import Bus
from app.domain.radio import Target, Targets
from app.errors import Conflict, NotFound, OutOfRange
from app.settings import TargetSettings

MOST = 50


class TargetService:
    """Adds, changes, removes and selects targets; publishes the whole list on each change."""

    def __init__(self, bus: Bus, first: TargetSettings) -> None:
        self._bus = bus
        self._lock = threading.RLock()  # held while publishing, so that changes reach everyone in their order
        self._first = first
        self._targets = Targets((), "")
        self.load(self._targets)

    def targets(self) -> Targets:
        return self._targets

    def load(self, saved: Targets) -> Targets:
        """Take a project's targets in place of these; a project without any begins with the one of the settings."""
        if not saved.all:
            target = Target(uuid4().hex[:8], **self._first.model_dump())
            saved = Targets((target,), target.id)
        with self._lock:
            return self._set(saved.all, saved.selected_id)

    def add(self, target: Target) -> Targets:
        """Add a target; an empty id is given one. The first becomes the selected one.

        Raises ``Conflict`` when the id is taken or the list is full, ``OutOfRange`` for impossible values.
        """
        _check(target)
        with self._lock:
            now = self._targets
            if any(one.id == target.id for one in now.all):
                raise Conflict(f"There is a target {target.id!r} already")
            if len(now.all) >= MOST:
                raise Conflict(f"There are {MOST} targets already, as many as can be followed. Remove one first.")
            named = target if target.id else _with_id(target, uuid4().hex[:8])
            return self._set((*now.all, named), now.selected_id or named.id)

    def change(self, target: Target) -> Targets:
        """Replace the target of the same id. Raises ``NotFound`` or ``OutOfRange``."""
        _check(target)
        with self._lock:
            self._find(target.id)
            now = self._targets
            return self._set(tuple(target if one.id == target.id else one for one in now.all), now.selected_id)

    def remove(self, target_id: str) -> Targets:
        """Remove a target; when it was selected, the first of the others is. Raises ``NotFound``."""
        with self._lock:
            self._find(target_id)
            left = tuple(one for one in self._targets.all if one.id != target_id)
            selected = self._targets.selected_id
            if selected == target_id:
                selected = left[0].id if left else ""
            return self._set(left, selected)

    def select(self, target_id: str) -> Targets:
        """Home on this one. Raises ``NotFound``."""
        with self._lock:
            self._find(target_id)
            return self._set(self._targets.all, target_id)

    def _find(self, target_id: str) -> None:
        if all(one.id != target_id for one in self._targets.all):
            raise NotFound(f"There is no target {target_id!r}")

    def _set(self, all_targets: tuple[Target, ...], selected_id: str) -> Targets:
        self._targets = Targets(all_targets, selected_id)
        self._bus.targets.publish(self._targets)
        return self._targets


def _with_id(target: Target, target_id: str) -> Target:
    return replace(target, id=target_id)


def _check(target: Target) -> None:
    """Hold a target to the same limits as the settings. Raises ``OutOfRange``."""
    for name, value in (
        ("frequency_hz", target.frequency_hz),
        ("bandwidth_hz", target.bandwidth_hz),
        ("pulse_s", target.pulse_s),
        *(("period_s", value) for value in (target.period_s, target.mortality_period_s) if value != 0.0),
    ):
        low, high = LIMITS[name]
        if not low <= value <= high:
            raise OutOfRange(f"A target's {name} of {value:g} is outside {low:g} ... {high:g}")
    if not 1 <= len(target.name) <= 80:
        raise OutOfRange("A target's name must have 1 to 80 letters")


LIMITS = {"frequency_hz": (1.0, 6e9), "bandwidth_hz": (50.0, 5e6), "period_s": (0.1, 600.0), "pulse_s": (0.001, 10.0)}
