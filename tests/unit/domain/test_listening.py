"""A report each 10 s of what was heard of a target, and of nothing with the level that would have been heard."""

from dataclasses import replace

import pytest

from app.domain.listening import Listening
from app.domain.radio import BeaconKind, Detection, Level, Target, TargetReport

TAG = Target("t", "Fox", BeaconKind.PULSED, 150e6, period_s=2.0)
LEVEL = Level(0.0, 2.0, "t", 150e6, -88.0, -108.0, -100.0, 3.0, heard=False, overload=False)
FOUND = Detection(0.0, 8.0, "t", BeaconKind.PULSED, 150e6, 70.0, -90.0, 9.0, True, "Fox: alive rate")


def reports(listening: Listening, seconds: float, heard: bool = False) -> list[TargetReport]:
    levels = (replace(LEVEL, time_s=1.0 + 2.0 * number, heard=heard) for number in range(round(seconds / 2.0)))
    return [report for level in levels if (report := listening.level(level)) is not None]


def test_nothing_heard_is_told_with_what_would_have_been() -> None:
    told = reports(Listening(TAG), 30.0)
    assert len(told) == 3
    assert all(not one.heard and one.heard_s is None and one.snr_db is None for one in told)
    assert [one.duration_s for one in told] == pytest.approx([10.0] * 3)
    assert told[0].audible_dbfs == -88.0
    assert told[0].text == "Fox: nothing heard; -88 dBFS would have been"


def test_what_was_heard_last_is_remembered() -> None:
    listening = Listening(TAG)
    listening.detection(replace(FOUND, time_s=1.0))
    first, second = reports(listening, 20.0)
    assert (first.heard, first.heard_s, first.snr_db, first.text) == (True, 9.0, 9.0, "Fox: alive rate")
    assert (second.heard, second.heard_s) == (False, 9.0)


def test_what_was_rejected_is_not_heard() -> None:
    listening = Listening(TAG)
    listening.detection(replace(FOUND, confirmed=False, text="Fox: rejected: a comb"))
    (report,) = reports(listening, 10.0)
    assert (report.heard, report.text) == (False, "Fox: rejected: a comb")


def test_energy_is_enough_for_a_carrier() -> None:
    listening = Listening(replace(TAG, kind=BeaconKind.CARRIER))
    listening.detection(replace(FOUND, confirmed=False))
    (report,) = reports(listening, 10.0, heard=True)
    assert report.heard
    assert report.audible_dbfs is None


def test_a_beacon_that_speaks_seldom_is_waited_for() -> None:
    (report,) = reports(Listening(replace(TAG, kind=BeaconKind.SARSAT1, period_s=50.0)), 100.0)
    assert report.duration_s == pytest.approx(100.0)
