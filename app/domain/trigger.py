"""When a signal counts as found and when as lost: debounce, drop and loss time; pure, the mission worker's thread."""

from app.domain.radio import BeaconKind, Detection, Level, Target

LEAST_DROP_DB = 3.0  # the drop level lies at least this far under the trigger, or the state would flutter
BURSTS = frozenset({BeaconKind.PULSED, BeaconKind.SARSAT1, BeaconKind.SARSAT2})
PERIODS_MISSED = 2.5  # bursts that may be missed before a burst signal is older than it should be


def silence_s(target: Target | None) -> float:
    """How long a target may be silent by its nature: some periods of a burst signal, 0 for a continuous one."""
    return PERIODS_MISSED * target.patience_s if target is not None and target.kind in BURSTS else 0.0


class Trigger:
    """Watches the levels and detections of one target."""

    def __init__(self, trigger_db: float, drop_db: float, debounce_s: float, loss_s: float) -> None:
        self._trigger_db = trigger_db
        self._drop_db = min(drop_db, trigger_db - LEAST_DROP_DB)
        self._debounce_s = debounce_s
        self._loss_s = loss_s
        self.watch(None)

    def watch(self, target: Target | None) -> None:
        """Forget everything and watch this target."""
        self.target = target
        self._since_s: float | None = None  # start of the first of the levels above the trigger
        self._above_s = 0.0  # end of the newest of them
        self._good_s: float | None = None  # when the signal was last not lost
        self._why = ""
        self._ignored = False

    def ignore(self) -> None:
        """Do not trigger on the present signal again before it was lost once: the operator has seen enough of it."""
        self._ignored = self._good_s is not None
        self.rest()

    def heed(self) -> None:
        """Trigger on the present signal again."""
        self._ignored = False

    def rest(self) -> None:
        """Begin the debounce anew."""
        self._why, self._since_s = "", None

    def level(self, level: Level) -> None:
        if self.target is None or level.target_id != self.target.id:
            return
        start_s, end_s = level.time_s - level.duration_s / 2.0, level.time_s + level.duration_s / 2.0
        if not (level.heard and level.snr_db >= self._drop_db):
            self._since_s = None
            return
        self._good(end_s)
        if not level.snr_db >= self._trigger_db:
            self._since_s = None
            return
        if self._since_s is None or start_s - self._above_s > max(1.0, silence_s(self.target)):
            self._since_s = start_s
        self._above_s = end_s
        if self._above_s - self._since_s >= self._debounce_s:
            self._fire(f"{level.snr_db:.0f} dB SNR, above the trigger of {self._trigger_db:.0f} dB")

    def detection(self, detection: Detection) -> None:
        """A burst or swept target whose timing or contents prove it triggers whatever its SNR."""
        if self.target is None or detection.target_id != self.target.id or not detection.confirmed:
            return
        if detection.kind is BeaconKind.CARRIER or detection.kind is BeaconKind.WIDEBAND:
            return  # energy alone: held to the debounce by its levels
        self._good(detection.time_s + detection.duration_s)
        self._fire(detection.text)

    def reason(self) -> str:
        """Why the signal counts as found; empty while it does not."""
        return self._why

    def lost_for_s(self, now_s: float) -> float | None:
        """Since when the signal is lost, once that is longer than it may be; None while it is not lost."""
        if self._good_s is None:
            return None
        gone_s = now_s - self._good_s
        return gone_s if gone_s > self._allowed_s else None

    @property
    def _allowed_s(self) -> float:
        return max(self._loss_s, silence_s(self.target))

    def _good(self, time_s: float) -> None:
        if self._good_s is not None and time_s - self._good_s > self._allowed_s:
            self._ignored = False  # it was lost and comes back
        self._good_s = time_s

    def _fire(self, why: str) -> None:
        if not self._ignored:
            self._why = why
