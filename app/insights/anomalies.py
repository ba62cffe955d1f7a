"""What stands out of a series, told by medians so that it does not hide itself; pure, any thread.

The modified z-score 0.6745 (x - median) / MAD and its limit of 3.5 are those of Iglewicz and Hoaglin (1993),
How to Detect and Handle Outliers, ASQC Quality Press.
"""

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

LIMIT = 3.5
WINDOW = 61  # steps of the running median
FEWEST = 20
MOST = 50
SCALE = 0.6745


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A stretch of a series far from what is usual around it; ``score`` is the modified z-score of the farthest."""

    series: str
    start_s: float
    end_s: float
    value: float
    usual: float
    score: float


def anomalies(name: str, time_s: NDArray[np.float64], values: NDArray[np.float64]) -> list[Anomaly]:
    """Stretches beyond the limit, the farthest first, at most ``MOST``; a series that never varies has none."""
    there = np.isfinite(values)
    time_s, values = time_s[there], values[there]
    if values.size < FEWEST:
        return []
    usual = median_filter(values, size=min(WINDOW, values.size | 1), mode="mirror")
    apart = values - usual
    spread = float(np.median(np.abs(apart - np.median(apart))))
    if spread == 0.0:  # more than half the values are exactly as usual: by the mean deviation, as the authors say
        spread = SCALE * 1.253314 * float(np.mean(np.abs(apart)))
    if spread == 0.0:
        return []
    score = SCALE * apart / spread
    found = []
    for outside, group in groupby(range(values.size), key=lambda at: bool(abs(score[at]) > LIMIT)):
        places = list(group)
        if outside:
            worst = max(places, key=lambda at: abs(score[at]))
            span = float(time_s[places[0]]), float(time_s[places[-1]])
            found.append(Anomaly(name, *span, float(values[worst]), float(usual[worst]), float(score[worst])))
    return sorted(found, key=lambda one: -abs(one.score))[:MOST]
