"""Logs of readings from elsewhere: columns, what cannot be used and why, and any bytes at all."""

import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import AppError, BadFile
from app.exchange.readings import ReadingLog, read_readings

ROWS = [(47.0 + i * 1e-4, 8.0, -60.0 - i) for i in range(10)]


def log(tmp_path: Path, text: str, **options: object) -> ReadingLog:
    path = tmp_path / "log.csv"
    path.write_bytes(text.encode("utf-8"))
    return read_readings(path, options.pop("columns", {}), **options)  # type: ignore[arg-type]


def table(*more: str, rows: list[tuple[float, float, float]] | None = None, head: str = "lat,lon,rssi") -> str:
    return "\n".join([head, *(",".join(map(str, row)) for row in (ROWS if rows is None else rows)), *more])


def reasons(found: ReadingLog) -> dict[str, tuple[int, ...]]:
    return {one.why: one.lines for one in found.left_out}


@pytest.mark.parametrize(
    "head",
    [
        "lat,lon,rssi",
        "GPS Latitude,GPS Longitude [deg],RSSI (dBm)",
        "Lat_deg,LNG,power_db",
        '"latitude","Long","Signal"',
        "\ufefflatitude,longitude,rss",
    ],
)
def test_columns_are_found_by_their_names(tmp_path: Path, head: str) -> None:
    found = log(tmp_path, table(head=head))
    assert [(one.lat_deg, one.lon_deg, one.level.power_db) for one in found.readings] == ROWS
    assert found.lines == tuple(range(2, 12))


def test_our_own_export_is_read_with_what_was_not_heard(tmp_path: Path) -> None:
    head = (
        "time_s,duration_s,target_id,power_dbfs,power_db,noise_dbfs,snr_db,heard,lat_deg,lon_deg,height_m,heading_deg"
    )
    rows = [f"{i},0.1,a,-30,{-60 - i},-90,20,{'false' if i == 3 else 'true'},47,8,30,{i}" for i in range(6)]
    found = log(tmp_path, "\n".join([head, *rows]))
    assert [one.level.power_db for one in found.readings] == [-60.0 - i for i in range(6)]
    assert [one.level.heard for one in found.readings] == [True, True, True, False, True, True]
    assert found.readings[5].heading_deg == 5.0
    assert found.readings[0].level.snr_db == 20.0


def test_a_battery_level_or_the_power_sent_is_no_reading(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="power"):
        log(tmp_path, table(head="lat,lon,battery_level"))
    with pytest.raises(BadFile, match="--columns power=NAME"):
        log(tmp_path, table(head="lat,lon,tx_power"))


def test_columns_by_name_and_by_number(tmp_path: Path) -> None:
    by_name = log(tmp_path, table(head="a,b,c d"), columns={"lat": "A", "lon": "b", "power": "c d"})
    headless = table().partition("\n")[2]
    by_number = log(tmp_path, headless, columns={"lat": "1", "lon": "2", "power": "3"})
    assert len(by_name.readings) == len(by_number.readings) == 10
    with pytest.raises(BadFile, match="no column 'x'; there are: lat, lon, rssi"):
        log(tmp_path, table(), columns={"lat": "x"})
    with pytest.raises(BadFile, match="no field latt"):
        log(tmp_path, table(), columns={"latt": "lat"})


def test_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    found = log(tmp_path, "Lat;Lon;RSSI\n47,5;8,25;-60,5 dBm\n47,6;8,25;\N{MINUS SIGN}61")
    assert [(one.lat_deg, one.lon_deg, one.level.power_db) for one in found.readings] == [
        (47.5, 8.25, -60.5),
        (47.6, 8.25, -61.0),
    ]


def test_each_row_that_cannot_be_used_is_told_with_its_reason(tmp_path: Path) -> None:
    bad = ["47,8,nan", "47,8,", "47,8,-101", "47,8,-999", "0,0,-60", "-1,-1,-60", "x,8,-60", "91,8,-60", "89.5,8,-60",
           "47,8,-1e300", "47", "-47,-172,-60", "47,9,-60"]  # fmt: skip
    found = log(tmp_path, table(*bad))
    assert len(found.readings) == 10
    assert reasons(found) == {
        "no power": (12, 13),
        "nothing heard (-101)": (14,),
        "nothing heard (-999)": (15,),
        "no position": (16, 17, 18, 22),
        "no position on earth (degrees are needed)": (19,),
        "beyond 89 degrees of latitude": (20,),
        "a power outside -200 ... 100 dB": (21,),
        "more than 20 km from most rows": (23, 24),
    }


def test_a_reading_of_101_db_is_one_where_weaker_ones_are(tmp_path: Path) -> None:
    assert not log(tmp_path, table("47,8,-101", "47,8,-110")).left_out
    assert reasons(log(tmp_path, table("47,8,-101", "47,8,-110"), none_db=[-110.0])) == {"nothing heard (-110)": (13,)}


def test_places_far_from_each_other_are_no_one_search(tmp_path: Path) -> None:
    found = log(tmp_path, table(rows=[(10.0 * i, 20.0 * i, -60.0) for i in range(1, 8)]))
    assert not found.readings
    assert "split the file" in found.left_out[0].why


def test_the_antimeridian_is_no_seam(tmp_path: Path) -> None:
    rows = [(-17.0, 179.9995 + 1e-4 * i if i < 6 else -180.0 + 1e-4 * i, -60.0) for i in range(12)]
    assert len(log(tmp_path, table(rows=rows)).readings) == 12


def test_a_clock_that_jumps_once_is_an_outlier_and_one_that_was_set_is_not(tmp_path: Path) -> None:
    times = [*range(100, 106), 10**9, *range(106, 120), *range(50_000, 50_010)]
    text = "\n".join(["t,lat,lon,rssi", *(f"{t},47,8,-60" for t in times)])
    found = log(tmp_path, text)
    assert reasons(found) == {"an outlier in time": (8,)}
    assert any("jumps 1 times" in note for note in found.notes)


def test_newest_first_is_no_jump_of_each_row(tmp_path: Path) -> None:
    text = "\n".join(["t,lat,lon,rssi", *(f"{10_000 - 10 * i},47,8,-60" for i in range(20))])
    assert len(log(tmp_path, text).readings) == 20


@pytest.mark.parametrize(("text", "seconds"), [("2026-03-01T10:00:00Z", 1772359200.0), ("1772359200000", 1772359200.0)])
def test_times_as_text_and_in_milliseconds(tmp_path: Path, text: str, seconds: float) -> None:
    assert log(tmp_path, f"time,lat,lon,rssi\n{text},47,8,-60").readings[0].level.time_s == seconds


def test_times_that_mean_nothing_are_done_without(tmp_path: Path) -> None:
    found = log(tmp_path, "time,lat,lon,rssi\nsoon,47,8,-60\nlater,47,8,-61")
    assert len(found.readings) == 2
    assert any("cannot be read" in note for note in found.notes)


def test_heights_above_sea_count_from_the_lowest_row(tmp_path: Path) -> None:
    text = "lat,lon,rssi,altitude\n47,8,-60,500\n47,8,-60,530"
    assert [one.height_m for one in log(tmp_path, text).readings] == [0.0, 30.0]
    assert [one.height_m for one in log(tmp_path, text, heights_as_given=True).readings] == [500.0, 530.0]


def test_one_of_several_beacons_must_be_named(tmp_path: Path) -> None:
    text = "tag,lat,lon,rssi\na,47,8,-60\nb,47,8,-61\na,47,8,-62"
    with pytest.raises(BadFile, match=r"2 beacons .* a \(2 rows\), b \(1 rows\)"):
        log(tmp_path, text)
    assert [one.level.power_db for one in log(tmp_path, text, target="a").readings] == [-60.0, -62.0]
    with pytest.raises(BadFile, match="nothing of 'c'"):
        log(tmp_path, text, target="c")


@pytest.mark.parametrize("text", ["", "\n\n", "one column\n1", "a,b,c\n1,2,3", "lat,lon,rssi\n" + "x" * 200_000])
def test_what_is_no_log_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadFile):
        log(tmp_path, text)


def _read(data: bytes) -> ReadingLog | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        path.write_bytes(data)
        try:
            return read_readings(path, {})
        except AppError:
            return None


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    _read(data)
    _read(b"\xff\xfe" + data)


@given(st.binary(max_size=400))
def test_any_bytes_after_a_good_header_give_sane_readings(data: bytes) -> None:
    found = _read(b"lat,lon,rssi,time,alt,heard\n" + data)
    for one in found.readings if found else ():
        assert abs(one.lat_deg) <= 89.0
        assert all(map(math.isfinite, (one.level.power_db, one.level.time_s, one.height_m)))


ANY = st.one_of(st.floats(), st.sampled_from(["", "-101", "47", "8", "-60", "1e400", "nan", "0x10", "٣", "1_0"]))


@given(st.lists(st.tuples(ANY, ANY, ANY, ANY, ANY), max_size=12))
def test_any_numbers_give_sane_readings(rows: list[tuple[object, ...]]) -> None:
    text = "\n".join(["lat,lon,rssi,time,altitude", *(",".join(map(str, row)) for row in rows)])
    found = _read(text.encode())
    for one in found.readings if found else ():
        assert all(map(math.isfinite, (one.lat_deg, one.lon_deg, one.level.power_db, one.height_m)))
    if found:
        assert len(found.readings) + sum(len(one.lines) for one in found.left_out) == sum(bool(row) for row in rows)
