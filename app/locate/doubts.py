"""Whether one place explains what was heard, or two emitters, or none; pure functions, any thread."""

from dataclasses import dataclass

from app.domain.geometry import EastNorth, LatLon
from app.locate.posterior import Posterior

FLY = "Fly at least 40 m, best 200 m in two directions, while the signal is heard"
LARGEST_SD_DB = 15.0
MUCH_WEAKER_DB = 15.0  # a second emitter that leaves the estimate of the first as it is


@dataclass(frozen=True, slots=True)
class Doubt:
    """``against`` says why no place is told, empty where one is; ``besides`` what else is known then."""

    against: str = ""
    besides: str = ""
    emitters: tuple[LatLon, ...] = ()  # two, the stronger first


def doubt(posterior: Posterior) -> Doubt:
    """What speaks against the one place of a posterior that says where the beacon is."""
    sd_db = posterior.variance_db2**0.5
    if sd_db > LARGEST_SD_DB:
        return Doubt(f"The powers fit no place, errors of {sd_db:.0f} dB: several beacons, or not the power? {FLY}.")
    explained, plane = posterior.emitters(), posterior.plane
    if plane is None or explained is None or len(explained.places) == 1:
        return Doubt()
    if not explained.places:
        return Doubt(
            "The level is the same everywhere within its errors: nothing that was passed explains it. It may be the "
            f"vehicle's own noise, or a beacon far away. {FLY}."
        )
    near = tuple(plane.to_globe(EastNorth(*place)) for place in explained.places)
    first, second = (f"{place.lat_deg:.5f} {place.lon_deg:.5f}" for place in near)
    if explained.gap_db >= MUCH_WEAKER_DB:
        besides = f" Another emitter of this frequency, {explained.gap_db:.0f} dB weaker, is near {second}."
        return Doubt(besides=besides, emitters=near)
    against = (
        f"Two emitters of this frequency explain the powers better than one: near {first} and {second}. "
        "Locate each by readings from its own surroundings."
    )
    return Doubt(against, emitters=near)
