"""Bearings from elsewhere: columns, errors, what cannot be used, and any bytes at all."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import AppError, BadFile
from app.exchange.bearings import BearingLog, read_bearings


def log(tmp_path: Path, text: str, sigma_deg: float | None = None) -> BearingLog:
    path = tmp_path / "bearings.csv"
    path.write_text(text, encoding="utf-8")
    return read_bearings(path, {}, sigma_deg=sigma_deg)


def test_bearings_with_and_without_their_errors(tmp_path: Path) -> None:
    text = "Latitude,Longitude,Bearing (deg),Sigma\n47,8,10,2\n47,8.01,350,"
    assert [one.sigma_deg for one in log(tmp_path, text).bearings] == [2.0, None]
    assert [one.sigma_deg for one in log(tmp_path, text, 5.0).bearings] == [2.0, 5.0]
    assert [one.bearing_deg for one in log(tmp_path, text).bearings] == [10.0, 350.0]


def test_rows_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    rows = "47,8,10,1\n47,8,11,1\n47,8,,1\n0,0,5,1\n47,8,9999,1\n47,8,5,0\n-47,8,5,1"
    found = log(tmp_path, f"lat,lon,bearing,sigma\n{rows}")
    assert len(found.bearings) == 2
    assert {one.why: one.lines for one in found.left_out} == {
        "no bearing": (4,),
        "no position": (5,),
        "a bearing that is no angle in degrees": (6,),
        "an error that is not between 0 and 90 degrees": (7,),
        "more than 20 km from most rows": (8,),
    }


def test_a_missing_column_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="--columns bearing=NAME"):
        log(tmp_path, "lat,lon,x\n1,2,3")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "b.csv"
        path.write_bytes(b"lat,lon,bearing\n" + data)
        try:
            found = read_bearings(path, {})
        except AppError:
            return
        assert all(abs(one.lat_deg) <= 89.0 for one in found.bearings)
