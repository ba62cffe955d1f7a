"""The vehicle's time since boot on the station's clock; pure, owned by one thread."""

REBOOT_S = 1.0  # further back than late frames go
WINDOW_S = 2.0
OLDEST_S = 0.5  # bounds the error when the two clocks run at different rates or the vehicle's stands still
TICK_S = 1e-3


class BootClock:
    """Maps time_boot_ms to station time: the smallest delay of the last seconds is taken for the delay of the link.

    So a burst that waited in a buffer keeps the vehicle's own spacing. The result is strictly ascending and, but for
    ticks that keep it so, never later than the arrival and never more than half a second before it.
    """

    def __init__(self) -> None:
        self.reboots = 0
        self._last_boot_s = 0.0
        self._last_s = 0.0
        self._window_s = 0.0  # when the present window began
        self._offsets = [float("inf"), float("inf")]  # smallest of the window before and of the present one

    def moved(self) -> None:
        """Stamps come by another way from now on: an older one is late, no reboot, and the delay is another."""
        self._last_boot_s = 0.0
        self._offsets = [float("inf"), float("inf")]

    def to_station(self, boot_ms: int, arrival_s: float) -> float | None:
        """Station time of a stamp, seconds; None for one that is repeated or late. Notices a reboot."""
        boot_s = boot_ms / 1e3
        if boot_s < self._last_boot_s - REBOOT_S:
            self.reboots += 1
            self._offsets = [float("inf"), float("inf")]
        elif boot_s <= self._last_boot_s:
            return None
        self._last_boot_s = boot_s
        if not 0.0 <= arrival_s - self._window_s < WINDOW_S:
            self._window_s = arrival_s
            self._offsets = [self._offsets[1], float("inf")]
        self._offsets[1] = min(self._offsets[1], arrival_s - boot_s)
        stamp_s = max(boot_s + min(self._offsets), arrival_s - OLDEST_S)
        self._last_s = max(stamp_s, self._last_s + TICK_S) if self._last_s < arrival_s + 1.0 else stamp_s
        return self._last_s
