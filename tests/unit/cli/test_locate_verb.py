"""``kestrel locate`` as a user runs it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from app.bench.lawnmower import pings
from app.bench.worlds import PLANE
from app.cli import commands
from app.domain.geometry import EastNorth
from app.errors import AppError, OutOfRange

TAG = EastNorth(120.0, 90.0)


def run(*arguments: object, code: int = 0) -> dict[str, Any]:
    result = CliRunner().invoke(commands, ["locate", *map(str, arguments), "--json"], catch_exceptions=False)
    assert result.exit_code == code
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture
def flight(tmp_path: Path) -> Path:
    random = np.random.default_rng(1)
    lines = ["Breite,Laenge,Pegel,Hoehe"]
    for place in pings():
        at = PLANE.to_globe(place)
        power_db = -22.0 * np.log10(np.hypot((place - TAG).length_m, 30.0)) + 3.0 * random.standard_normal()
        lines.append(f"{at.lat_deg:.7f},{at.lon_deg:.7f},{power_db:.1f},30")
    (tmp_path / "flight.csv").write_text("\n".join([*lines, "0,0,-20,30"]), encoding="utf-8")
    return tmp_path / "flight.csv"


COLUMNS = ("--columns", "lat=Breite,lon=Laenge", "--columns", "power=Pegel,height=Hoehe")


def test_a_log_is_located_and_scored(flight: Path) -> None:
    truth = PLANE.to_globe(TAG)
    found = run(flight, *COLUMNS, "--truth", f"{truth.lat_deg},{truth.lon_deg}")
    assert found["enough"]
    assert found["used"] == len(pings())
    assert found["left_out"] == [{"why": "no position", "rows": 1, "lines": [len(pings()) + 2]}]
    assert found["score"]["error_m"] < 15.0
    assert 0.0 < found["radius_50_m"] <= found["radius_90_m"] < 20.0
    assert found["columns"]["power"] == "Pegel"


def test_words_for_people(flight: Path) -> None:
    result = CliRunner().invoke(commands, ["locate", str(flight), *COLUMNS], catch_exceptions=False)
    assert "90 % within" in result.stdout
    assert "1 rows left out, no position: line" in result.stdout


def test_too_little_ends_with_1_and_no_position(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("lat,lon,rssi\n" + "47,8,-60\n" * 50, encoding="utf-8")
    found = run(tmp_path / "a.csv", "--antenna", "dipole", "--beacon-height", "2", code=1)
    assert not found["enough"]
    assert found["position"] is None
    assert "Fly at least" in found["text"]


@pytest.mark.parametrize("truth", ["here", "1", "91,0", "nan,3", "1,2,3"])
def test_a_truth_that_is_no_place_is_refused(flight: Path, truth: str) -> None:
    with pytest.raises(OutOfRange, match="--truth"):
        run(flight, *COLUMNS, "--truth", truth)


def test_what_cannot_be_read_is_said(tmp_path: Path, flight: Path) -> None:
    for arguments in [(tmp_path / "none.csv",), (tmp_path,), (flight,), (flight, "--columns", "lat")]:
        with pytest.raises(AppError):
            run(*arguments)


def test_bearings_are_triangulated(tmp_path: Path) -> None:
    lines = ["lat,lon,bearing"]
    for place in (EastNorth(-500.0, 0.0), EastNorth(0.0, -300.0), EastNorth(600.0, 0.0), EastNorth(300.0, 700.0)):
        at = PLANE.to_globe(place)
        lines.append(f"{at.lat_deg:.7f},{at.lon_deg:.7f},{(TAG - place).bearing_deg + 0.5 * (-1) ** len(lines):.1f}")
    (tmp_path / "b.csv").write_text("\n".join([*lines, "0,0,5"]), encoding="utf-8")
    truth = PLANE.to_globe(TAG)
    found = run(tmp_path / "b.csv", "--bearings", "--truth", f"{truth.lat_deg},{truth.lon_deg}")
    assert found["score"]["error_m"] < 20.0
    assert found["ellipse_90"]["major_m"] >= found["ellipse_90"]["minor_m"] > 0.0
    assert found["left_out"] == [{"why": "no position", "rows": 1, "lines": [6]}]
    words = CliRunner().invoke(commands, ["locate", str(tmp_path / "b.csv"), "--bearings"], catch_exceptions=False)
    assert "longer half axis" in words.stdout
    (tmp_path / "two.csv").write_text("\n".join(lines[:3]), encoding="utf-8")
    assert "--sigma" in run(tmp_path / "two.csv", "--bearings", code=1)["text"]
    assert run(tmp_path / "two.csv", "--bearings", "--sigma", "3", "--method", "mle")["enough"]
