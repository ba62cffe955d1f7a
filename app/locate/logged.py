"""Where a beacon is by readings that all lie before us, and how that compares with the truth; pure, any thread."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.estimate import Estimate
from app.domain.geometry import EastNorth, LatLon, contains, distance_m
from app.domain.radio import Reading
from app.locate.emitters import emitters
from app.locate.posterior import Posterior
from app.locate.summary import estimate
from app.settings import LocateSettings

LOOKS = 60  # at the posterior while a log is worked off: outliers are told apart by what was known before
LEAST_BETWEEN_LOOKS = 20
LARGEST_SD_DB = 15.0
FLY = "Fly at least 40 m, best 200 m in two directions, while the signal is heard"


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
    sd_db = posterior.variance_db2**0.5
    if found.enough and sd_db > LARGEST_SD_DB:
        text = f"the powers fit no place, errors of {sd_db:.0f} dB: several beacons, or not the power? {FLY}."
        found = replace(found, enough=False, text=text)
    if found.enough and (why := _not_one(posterior, settings)):
        found = replace(found, enough=False, text=why)
    return Located(found.enough, found.text if found.enough else f"Not enough to say: {found.text}", found)


def _not_one(posterior: Posterior, settings: LocateSettings) -> str:
    """Why no single place is told: two emitters explain the powers, or none does; empty when one does."""
    plane = posterior.plane
    explained = emitters(posterior.track.rows(), settings.beacon_height_m, settings.correlation_m)
    if plane is None or explained is None or len(explained.places) == 1:
        return ""
    if not explained.places:
        return (
            "the level is the same everywhere within its errors: nothing that was passed explains it. It may be the "
            f"vehicle's own noise, or a beacon far away. {FLY}."
        )
    near = [plane.to_globe(EastNorth(*place)) for place in explained.places]
    where = " and ".join(f"{place.lat_deg:.5f} {place.lon_deg:.5f}" for place in near)
    return (
        f"two emitters of this frequency explain the powers better than one: near {where}. "
        "Locate each by readings from its own surroundings."
    )


def score(found: Estimate, truth: LatLon) -> Score:
    """How far the mode is from the truth, and whether the regions hold it."""
    return Score(
        distance_m(truth, found.mode),
        any(contains(ring, truth) for ring in found.region_50),
        any(contains(ring, truth) for ring in found.region_90),
    )
