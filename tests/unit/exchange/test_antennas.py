from pathlib import Path

import numpy as np
import pytest

from app.errors import BadFile, OutOfRange
from app.exchange.antennas import antenna_named, read_antenna
from app.locate.antenna import MeasuredPattern

COSINE = [(angle, -0.01 * (180 - abs(angle - 180)) ** 2 / 10.0) for angle in range(360)]


def _gain(horizontal: object, vertical: object, azimuth_deg: float, up_deg: float = 0.0) -> float:
    azimuth, up = np.radians(azimuth_deg), np.radians(up_deg)
    pattern = MeasuredPattern(horizontal, vertical)  # type: ignore[arg-type]
    direction = np.cos(azimuth) * np.cos(up), np.sin(azimuth) * np.cos(up), np.sin(up)
    return float(pattern(*(np.array([value], np.float32) for value in direction))[0])


def test_a_csv_of_half_the_circle_holds_for_both_sides(tmp_path: Path) -> None:
    file = tmp_path / "cut.csv"
    file.write_text("angle_deg,gain_db\n0,7\n45,3\n90,-12\n135,-6\n180,-5\n")
    setup = read_antenna(file, heading_deg=20.0, tilt_deg=-5.0)
    assert (setup.kind, setup.heading_deg, setup.tilt_deg, setup.name) == ("table", 20.0, -5.0, "cut.csv")
    assert _gain(setup.horizontal_db, (), 45.0) == pytest.approx(3.0, abs=0.01)
    assert _gain(setup.horizontal_db, (), -67.5) == pytest.approx(-4.5, abs=0.01)
    assert _gain(setup.horizontal_db, (), 0.0, up_deg=-90.0) == pytest.approx(-12.0, abs=0.01)


def test_a_csv_of_the_whole_circle_may_be_lopsided(tmp_path: Path) -> None:
    file = tmp_path / "cut.csv"
    file.write_text("Azimuth;Gain\n" + "".join(f"{a};{a // 100},5\n" for a in range(0, 360, 30)))
    setup = read_antenna(file)
    assert _gain(setup.horizontal_db, (), 90.0) != _gain(setup.horizontal_db, (), -90.0)


def test_msi_tells_attenuation_and_both_cuts(tmp_path: Path) -> None:
    file = tmp_path / "roof.msi"
    cuts = "".join(
        f"{name} 360\n" + "".join(f"{a} {-g:.2f}\n" for a, g in COSINE) for name in ("HORIZONTAL", "VERTICAL")
    )
    file.write_text("NAME roof\nFREQUENCY 434\nGAIN 7.0 dBd\n" + cuts)
    setup = read_antenna(file)
    assert len(setup.horizontal_db) == len(setup.vertical_db) == 360
    assert _gain(setup.horizontal_db, setup.vertical_db, 30.0) == pytest.approx(-0.9, abs=0.05)
    assert _gain(setup.horizontal_db, setup.vertical_db, 30.0, up_deg=-40.0) == pytest.approx(-0.9 - 1.6, abs=0.05)


def test_ant_is_a_gain_for_each_degree(tmp_path: Path) -> None:
    file = tmp_path / "whip.ant"
    file.write_text("\n".join(f"{gain:.2f}" for _, gain in COSINE))
    assert _gain(read_antenna(file).horizontal_db, (), -100.0) == pytest.approx(-10.0, abs=0.05)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "angle,gain\n0,1\n"),
        ("b.csv", "lat,lon\n1,2\n"),
        ("c.ant", "1\n2\n"),
        ("d.msi", "NAME nothing\n"),
        ("e.msi", "HORIZONTAL 360\nx y\n"),
        ("f.csv", "angle,gain\n0,nan\n90,1\n180,2\n270,1\n"),
    ],
)
def test_what_is_no_pattern_is_said(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(BadFile):
        read_antenna(tmp_path / name)


def test_a_name_is_a_kind_or_a_file(tmp_path: Path) -> None:
    assert antenna_named("yagi2", 90.0).heading_deg == 90.0
    with pytest.raises(BadFile):
        antenna_named(str(tmp_path / "missing.csv"))
    with pytest.raises(OutOfRange):
        antenna_named("yagi2", tilt_deg=200.0)
