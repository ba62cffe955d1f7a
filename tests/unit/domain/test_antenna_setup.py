import math

import pytest
from pydantic import TypeAdapter, ValidationError

from app.domain.antenna import AntennaSetup, NamedAntenna

ROUND = tuple((float(angle), 0.0) for angle in range(-180, 180, 30))


def test_a_kind_is_told_by_its_name_alone() -> None:
    adapter: TypeAdapter[AntennaSetup] = TypeAdapter(NamedAntenna)
    assert adapter.validate_python("yagi2") == AntennaSetup(kind="yagi2")
    with pytest.raises(ValidationError):
        adapter.validate_python("dish")


def test_it_goes_through_json_whole() -> None:
    adapter = TypeAdapter(AntennaSetup)
    setup = AntennaSetup("table", 30.0, -10.0, 90.0, ROUND, name="roof.csv")
    assert adapter.validate_json(adapter.dump_json(setup)) == setup


@pytest.mark.parametrize(
    "cut",
    [
        (),
        ((0.0, 0.0), (180.0, -3.0)),
        ((0.0, 0.0), (10.0, -3.0), (20.0, -6.0), (30.0, -9.0)),  # most of the circle is missing
        ((0.0, 0.0), (60.0, math.nan), (120.0, -3.0), (180.0, -3.0)),
        ((0.0, 0.0), (0.0, 1.0), (60.0, 0.0), (120.0, -3.0), (180.0, -3.0)),  # two gains for one angle
        ((math.nan, 0.0), (60.0, 0.0), (120.0, -3.0), (180.0, -3.0)),
    ],
)
def test_what_is_no_whole_pattern_is_refused(cut: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValidationError):
        AntennaSetup("table", horizontal_db=cut)


def test_it_says_in_words_what_it_is() -> None:
    assert AntennaSetup("yagi3", heading_deg=180.0).words == "Yagi, 3 elements, 180° from the nose"
