import math

import orjson
import pytest

from app.errors import BadFile
from app.exchange.kraken import USUAL_SIGMA_DEG, read_kraken

LINE = "1760000000000, 123, 87.5, -32.1, 433920000, UCA, 100, Kraken1, 47.3977, 8.5456, 20.0, 18.0, GPS, R, R, R, R"
OBJECT = {
    "station_id": "Kraken1", "tStamp": 1760000000000, "latitude": "47.3977", "longitude": "8.5456",
    "gpsBearing": "20.0", "radioBearing": "123", "conf": "49.5", "power": "-32", "freq": 433920000, "antType": "UCA",
}  # fmt: skip


def test_a_line_of_the_app_csv() -> None:
    (one,) = read_kraken(LINE)
    assert (one.time_s, one.bearing_deg, one.station) == (1760000000.0, 143.0, "Kraken1")
    assert (one.position.lat_deg, one.position.lon_deg) == (47.3977, 8.5456)
    assert (one.sigma_deg, one.magnetic, one.other_deg) == (USUAL_SIGMA_DEG, False, None)
    assert one.frequency_hz == 433.92e6


def test_the_compass_is_used_when_the_station_uses_it() -> None:
    (one,) = read_kraken(LINE.replace("GPS", "Compass"))
    assert one.magnetic
    assert one.bearing_deg == 141.0


def test_the_width_of_the_whole_circle_tells_the_error() -> None:
    narrow = [math.exp(-0.5 * (((a - 123 + 180) % 360 - 180) / 5.0) ** 2) for a in range(360)]
    (one,) = read_kraken(f"{LINE}, {', '.join(f'{value:.3f}' for value in narrow)}")
    assert one.sigma_deg == pytest.approx(5.0, abs=0.5)


def test_json_of_one_and_of_many() -> None:
    (one,) = read_kraken(orjson.dumps(OBJECT).decode())
    assert (one.bearing_deg, one.confidence) == (143.0, 0.5)
    assert len(read_kraken(orjson.dumps([OBJECT, OBJECT]).decode())) == 2


def test_a_straight_array_hears_its_mirror_image() -> None:
    (one,) = read_kraken(orjson.dumps(OBJECT | {"antType": "ULA"}).decode())
    assert one.other_deg == pytest.approx((2 * 20.0 - 143.0) % 360.0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1, 2]",
        "1,2,3",
        LINE.replace("47.3977", "none"),
        LINE.replace("123", "nan"),
        LINE.replace("1760000000000", "0"),
        LINE.replace("47.3977", "97"),
        "time, doa\n",
    ],
)
def test_what_it_does_not_send_is_said(text: str) -> None:
    with pytest.raises(BadFile):
        read_kraken(text)


def test_a_file_with_a_header_and_many_lines() -> None:
    assert len(read_kraken(f"Time, DOA, ...\n{LINE}\n{LINE}\n")) == 2
