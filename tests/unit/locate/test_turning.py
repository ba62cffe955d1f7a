import math
from dataclasses import replace

import numpy as np
import pytest

from app.domain.antenna import AntennaSetup
from app.domain.radio import Reading
from app.locate.antenna import Attitude, antenna_for
from app.locate.bearing import gain_table
from app.locate.turning import bearing_of, slices_of
from tests.unit.locate.levels import heard

YAGI = antenna_for(AntennaSetup("yagi2"))


def read(heading_deg: float, power_db: float = -50.0, *, was_heard: bool = True, lat_deg: float = 47.0) -> Reading:
    level = heard(1e9 + heading_deg, power_db, heard=was_heard)
    return Reading(level, lat_deg, 8.0, 40.0, heading_deg, 0.0, 0.0)


def test_a_part_is_its_mean_across_north_too() -> None:
    (one,) = slices_of([read(357.0, -52.0), read(3.0, -50.0)], 1.0)
    assert one.power_db == -51.0
    assert abs(one.attitude.heading_deg) < 0.01


def test_silence_between_pulses_is_no_miss() -> None:
    pulsed = [read(0.0, -70.0, was_heard=False), read(1.0, -50.0), read(2.0, -70.0, was_heard=False)]
    assert slices_of(pulsed, 1.5)[0].power_db == -50.0
    assert slices_of([read(90.0, -70.0, was_heard=False)] * 2, 1.5) == []
    (missed,) = slices_of([read(90.0, -70.0 + i, was_heard=False) for i in range(8)], 1.5)
    assert (missed.heard, missed.power_db) == (False, -70.0)


def test_overloads_and_missing_headings_are_left_out() -> None:
    loud = read(10.0)
    assert slices_of([replace(loud, level=replace(loud.level, overload=True)), read(math.nan)], 1.0) == []


def test_a_turn_is_a_bearing_from_its_middle() -> None:
    truth_deg = 250.0
    turn = [
        read(float(h), float(gain_table(YAGI, [Attitude(0.0, 0.0, float(h))], np.array([truth_deg]))[0, 0]) - 60.0,
             lat_deg=47.0 + 1e-5 * math.cos(math.radians(h)))
        for h in range(0, 360, 15)
    ]  # fmt: skip
    found, bearing = bearing_of(turn, YAGI, 1.0, "t", "operator")
    assert found.enough
    assert bearing is not None
    assert bearing.bearing_deg == pytest.approx(truth_deg, abs=2.0)
    assert bearing.lat_deg == pytest.approx(47.0, abs=1e-6)
    assert len(bearing.slices) == 24


def test_no_readings_are_not_enough() -> None:
    found, bearing = bearing_of([], YAGI, 1.0, "t", "operator")
    assert bearing is None
    assert found.text.startswith("Not enough to say")
