"""The receiver on the drone, heard over the link while the station has none of its own; the link worker's thread."""

from app.bus import Bus
from app.domain.radio import RadioState, Targets
from app.vehicle.companion import Companion
from app.vehicle.frames import Frame


class Earpiece:
    """Publishes its levels. With a receiver of the station's own they are left out: two that are not calibrated
    against each other would be taken for one."""

    def __init__(self, bus: Bus) -> None:
        self._bus, self._companion = bus, Companion()
        self._targets, self._own = Targets((), ""), False
        bus.targets.subscribe(self._on_targets)
        bus.radio.subscribe(self._on_radio)

    def hear(self, frame: Frame, time_s: float) -> None:
        """A frame from the active vehicle or from what it carries."""
        if not self._own:
            for level in self._companion.hear(frame, time_s, self._targets):
                self._bus.level.publish(level)

    def _on_targets(self, targets: Targets) -> None:
        self._targets = targets

    def _on_radio(self, radio: RadioState) -> None:
        self._own = radio.connected
