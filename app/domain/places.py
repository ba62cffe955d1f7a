"""Places written as text: "47.1, 8.2; 47.2, 8.3"; pure, any thread."""

from app.domain.geometry import LatLon, on_earth
from app.errors import OutOfRange


def places_of(text: str) -> tuple[LatLon, ...]:
    """Latitude and longitude in degrees with a comma or blanks between, places by semicolons or lines.

    Raises ``OutOfRange`` with what is no place.
    """
    return tuple(_place(part) for part in text.replace("\n", ";").split(";") if part.strip())


def text_of(places: tuple[LatLon, ...]) -> str:
    """The same the other way."""
    return "; ".join(f"{place.lat_deg:.7f}, {place.lon_deg:.7f}" for place in places)


def _place(part: str) -> LatLon:
    try:
        lat_deg, lon_deg = (float(word) for word in part.replace(",", " ").split())
    except ValueError as error:
        raise OutOfRange(f"{part.strip()!r} is no place; write latitude and longitude, like 47.1, 8.2") from error
    place = LatLon(lat_deg, lon_deg)
    if not on_earth(place):
        raise OutOfRange(f"{part.strip()!r} is no place on earth")
    return place
