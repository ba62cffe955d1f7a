"""Places as operators type them."""

import pytest

from app.domain.geometry import LatLon
from app.domain.places import places_of, text_of
from app.errors import OutOfRange


def test_places_come_by_semicolons_or_lines_and_go_back_to_text() -> None:
    places = (LatLon(47.1, 8.2), LatLon(-47.25, -179.5))
    assert places_of(" 47.1, 8.2;-47.25 -179.5;\n") == places
    assert places_of(text_of(places)) == places
    assert places_of("") == ()


@pytest.mark.parametrize("text", ["47.1", "a, b", "47.1, 8.2, 3", "91, 8", "nan, 8"])
def test_what_is_no_place_is_named(text: str) -> None:
    with pytest.raises(OutOfRange, match="is no place"):
        places_of(f"47, 8; {text}")
