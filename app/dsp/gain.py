"""Gain control by the station: down at once when the converter clips, up slowly when there is room; receiver thread."""

from app.dsp.samples import RAILS_LIMIT

DOWN_DB = 6.0  # at an overload
ROOM_PEAK = 0.5  # greatest amplitude after a step up, of full scale
UP_AFTER_S = 3.0  # of room before a step up
CALM_S = 10.0  # after an overload before any step up
FIRST_DB = 30.0


class GainControl:
    """Chooses among the tuner's steps; ``gains_db`` ascending, not empty."""

    def __init__(self, gains_db: tuple[float, ...], time_s: float, gain_db: float = FIRST_DB) -> None:
        self._gains_db = gains_db
        self.gain_db = self._nearest(gain_db)
        self._room_since_s = time_s
        self._calm_from_s = time_s

    def feed(self, clipped: float, peak: float, time_s: float) -> float | None:
        """Take a block's share of clipped samples and greatest amplitude; returns the gain to set, or None."""
        step = self._gains_db.index(self.gain_db)
        if clipped > RAILS_LIMIT:
            self._calm_from_s = self._room_since_s = time_s + CALM_S
            return self._set(self._nearest(self.gain_db - DOWN_DB) if step else self.gain_db)
        if step + 1 == len(self._gains_db):
            return None
        above = self._gains_db[step + 1]
        if peak * 10.0 ** ((above - self.gain_db) / 20.0) > ROOM_PEAK:
            self._room_since_s = time_s
        if time_s - max(self._room_since_s, self._calm_from_s) < UP_AFTER_S:
            return None
        self._room_since_s = time_s
        return self._set(above)

    def _set(self, gain_db: float) -> float | None:
        changed = gain_db != self.gain_db
        self.gain_db = gain_db
        return gain_db if changed else None

    def _nearest(self, gain_db: float) -> float:
        return min(self._gains_db, key=lambda step: abs(step - gain_db))
