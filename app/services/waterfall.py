"""The waterfall of a flight, asked for by project, flight and time; any thread."""

import numpy as np

from app.domain.waterfall import Stretch
from app.errors import OutOfRange
from app.store import Store

MOST_ROWS = 20_000


class FlightWaterfall:
    """What was seen in a flight, for scrolling back over the whole of it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(
        self,
        project_id: int,
        flight_id: int,
        since_s: float | None = None,
        until_s: float | None = None,
        rows: int = MOST_ROWS,
    ) -> list[Stretch]:
        """Stretches of one tuning with since_s <= time_s <= until_s, oldest first, of some ``rows`` rows together.

        Where there are more, the highest power of several stands for them. Raises ``OutOfRange``, ``NotFound`` when
        the project has no such flight and ``StoreError`` when the store is in trouble.
        """
        if not 1 <= rows <= MOST_ROWS:
            raise OutOfRange(f"{rows} rows cannot be had at a time: ask for 1 to {MOST_ROWS}.")
        stretches = self._store.of(project_id).waterfall(flight_id, since_s, until_s)
        every = -(-sum(stretch.time_s.size for stretch in stretches) // rows)
        return [thinned(stretch, every) for stretch in stretches]


def thinned(stretch: Stretch, every: int) -> Stretch:
    """One row for each ``every``: its first time, its highest power, all that was lost."""
    if every <= 1:
        return stretch
    firsts = np.arange(0, stretch.time_s.size, every)
    return Stretch(
        stretch.time_s[firsts],
        stretch.centre_hz,
        stretch.rate_hz,
        np.add.reduceat(stretch.lost_before, firsts),
        np.maximum.reduceat(stretch.power_dbfs, firsts, axis=0),
    )
