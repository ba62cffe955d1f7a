"""What was heard of one target, gathered into a report at intervals, also when it was nothing; pure, any thread."""

from app.domain.radio import BeaconKind, Detection, Level, Target, TargetReport

EVERY_S = 10.0
PERIODS = 2.0  # of a burst signal, which speaks more seldom
ENERGY_COUNTS = frozenset({BeaconKind.CARRIER, BeaconKind.WIDEBAND})  # nothing more can be asked of these


class Listening:
    """Takes one target's levels and detections in the order of their time."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._every_s = max(EVERY_S, PERIODS * target.patience_s)
        self._since_s: float | None = None
        self._heard: Detection | None = None  # the last that was the target, ever
        self._rejected: Detection | None = None  # the last of this stretch that was not
        self._audible: Level | None = None  # the weakest that would have been heard

    def detection(self, detection: Detection) -> None:
        """Something was detected in the target's channel."""
        if detection.confirmed or self.target.kind in ENERGY_COUNTS:
            self._heard = detection
        else:
            self._rejected = detection

    def level(self, level: Level) -> TargetReport | None:
        """Take a level; the report, when one is due."""
        start_s, end_s = level.time_s - level.duration_s / 2.0, level.time_s + level.duration_s / 2.0
        if self._since_s is None or end_s < self._since_s:
            self._since_s = start_s
        if not level.heard and (self._audible is None or level.power_dbfs < self._audible.power_dbfs):
            self._audible = level  # it says what would have been heard
        if end_s - self._since_s < self._every_s:
            return None
        report = self._report(self._since_s, end_s)
        self._since_s, self._rejected, self._audible = end_s, None, None
        return report

    def _report(self, since_s: float, end_s: float) -> TargetReport:
        last = self._heard
        heard_s = last.time_s + last.duration_s if last is not None else None
        heard = heard_s is not None and heard_s > since_s
        return TargetReport(
            time_s=end_s,
            duration_s=end_s - since_s,
            target_id=self.target.id,
            heard=heard,
            heard_s=heard_s,
            snr_db=last.snr_db if last is not None else None,
            audible_dbfs=self._audible.power_dbfs if self._audible is not None else None,
            text=last.text if heard and last is not None else self._nothing(),
            audible_dbm=self._audible.power_dbm if self._audible is not None else None,
        )

    def _nothing(self) -> str:
        if self._rejected is not None:
            return self._rejected.text
        if self._audible is None:
            return f"{self.target.name}: energy heard, nothing detected"
        dbm, dbfs = self._audible.power_dbm, self._audible.power_dbfs
        level = f"{dbfs:.0f} dBFS" if dbm is None else f"{dbm:.0f} dBm"
        return f"{self.target.name}: nothing heard; {level} would have been"
