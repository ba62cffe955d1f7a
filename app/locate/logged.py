"""Where a beacon is by readings that all lie before us, and how that compares with the truth; pure, any thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.estimate import Estimate
from app.domain.geometry import LatLon, contains, distance_m
from app.domain.radio import Reading
from app.locate.doubts import FLY
from app.locate.posterior import Posterior
from app.locate.summary import estimate
from app.settings import LocateSettings

LOOKS = 60  # at the posterior while a log is worked off: outliers are told apart by what was known before
LEAST_BETWEEN_LOOKS = 20


@dataclass(frozen=True, slots=True)
class Score:
    """An estimate beside the truth."""

    error_m: float
    in_50: bool
    in_90: bool


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """What a log says; while not ``enough``, ``text`` says what to fly. ``found`` is None without a usable reading."""

    enough: bool
    text: str
    found: Estimate | None


def locate(readings: Sequence[Reading], settings: LocateSettings) -> Located:
    """Work off a whole log, in its order."""
    posterior = Posterior(settings)
    step = max(LEAST_BETWEEN_LOOKS, len(readings) // LOOKS)
    for number, reading in enumerate(readings, 1):
        posterior.add(reading)
        if number % step == 0:
            posterior.update()
    posterior.close()
    found = estimate(posterior, "", readings[-1].level.time_s if readings else 0.0)
    if found is None:
        return Located(False, f"Not enough to say: no usable reading. {FLY}, and log position and power.", None)
    return Located(found.enough, found.text if found.enough else f"Not enough to say: {found.text}", found)


def score(found: Estimate, truth: LatLon) -> Score:
    """How far the mode is from the truth, and whether the regions hold it."""
    return Score(
        distance_m(truth, found.mode),
        any(contains(ring, truth) for ring in found.region_50),
        any(contains(ring, truth) for ring in found.region_90),
    )
