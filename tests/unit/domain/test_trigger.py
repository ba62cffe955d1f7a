"""Debounce, drop and loss, on levels as the receiver sends them."""

import pytest

from app.domain.radio import BeaconKind, Detection, Level, Target
from app.domain.trigger import Trigger, silence_s

CARRIER = Target("a", "A", BeaconKind.CARRIER, 433.9e6)
TAG = Target("a", "Tag", BeaconKind.PULSED, 150.0e6, period_s=2.0)
SARSAT = Target("a", "PLB", BeaconKind.SARSAT1, 406.025e6, period_s=50.0)


def level(time_s: float, snr_db: float, duration_s: float = 0.1, target_id: str = "a", heard: bool = True) -> Level:
    return Level(time_s, duration_s, target_id, 433.9e6, -50.0, -70.0, -80.0, snr_db, heard=heard, overload=False)


def detection(time_s: float, kind: BeaconKind = BeaconKind.PULSED, confirmed: bool = True) -> Detection:
    return Detection(time_s, 0.02, "a", kind, 150e6, 100.0, -60.0, 5.0, confirmed=confirmed, text="5 pulses, 2.00 s")


def watching(target: Target = CARRIER) -> Trigger:
    trigger = Trigger(12.0, 6.0, 0.3, 10.0)
    trigger.watch(target)
    return trigger


def test_a_steady_signal_triggers_after_the_debounce() -> None:
    trigger = watching()
    trigger.level(level(0.05, 20.0))
    trigger.level(level(0.15, 20.0))
    assert trigger.reason() == ""
    trigger.level(level(0.25, 20.0))
    assert "20 dB SNR" in trigger.reason()


def test_one_level_below_begins_the_debounce_anew() -> None:
    trigger = watching()
    for at_s, snr_db in ((0.05, 20.0), (0.15, 20.0), (0.25, 11.0), (0.35, 20.0), (0.45, 20.0)):
        trigger.level(level(at_s, snr_db))
    assert trigger.reason() == ""
    trigger.level(level(0.55, 20.0))
    assert trigger.reason()


def test_pulses_trigger_though_there_is_one_level_a_period() -> None:
    trigger = watching(TAG)
    trigger.level(level(0.0, 20.0, 0.015))
    assert trigger.reason() == ""
    trigger.level(level(2.0, 20.0, 0.015))
    assert trigger.reason()


def test_a_gap_in_a_steady_signal_is_not_held() -> None:
    trigger = watching()
    trigger.level(level(0.0, 20.0))
    trigger.level(level(5.0, 20.0))
    assert trigger.reason() == ""


def test_a_confirmed_burst_triggers_at_any_snr_but_energy_alone_does_not() -> None:
    trigger = watching(TAG)
    trigger.detection(detection(1.0, confirmed=False))
    trigger.detection(detection(1.0, BeaconKind.CARRIER))
    assert trigger.reason() == ""
    trigger.detection(detection(1.0))
    assert trigger.reason() == "5 pulses, 2.00 s"


def test_other_targets_do_not_count() -> None:
    trigger = watching()
    for at_s in (0.0, 0.2, 0.4):
        trigger.level(level(at_s, 30.0, target_id="b"))
    assert trigger.reason() == ""
    assert trigger.lost_for_s(100.0) is None


def test_a_signal_is_lost_after_the_loss_time_below_the_drop_level() -> None:
    trigger = watching()
    trigger.level(level(0.0, 7.0))
    trigger.level(level(5.0, 5.0))
    trigger.level(level(6.0, 30.0, heard=False))
    assert trigger.lost_for_s(10.0) is None
    assert trigger.lost_for_s(10.2) == pytest.approx(10.15)


def test_the_drop_level_is_at_least_three_decibels_under_the_trigger() -> None:
    trigger = Trigger(12.0, 12.0, 0.3, 10.0)
    trigger.watch(CARRIER)
    trigger.level(level(0.0, 9.5))
    assert trigger.lost_for_s(9.0) is None
    assert trigger.lost_for_s(11.0)


def test_a_distress_beacon_may_be_silent_between_its_bursts() -> None:
    assert silence_s(SARSAT) == 125.0
    assert silence_s(CARRIER) == silence_s(None) == 0.0
    trigger = watching(SARSAT)
    trigger.level(level(0.0, 30.0, 0.5))
    assert trigger.lost_for_s(120.0) is None
    assert trigger.lost_for_s(126.0)


def test_an_ignored_signal_triggers_again_only_after_it_was_lost() -> None:
    trigger = watching()
    for at_s in (0.1, 0.3, 0.5):
        trigger.level(level(at_s, 20.0))
    trigger.ignore()
    for at_s in (0.7, 0.9, 1.1, 1.3):
        trigger.level(level(at_s, 20.0))
    assert trigger.reason() == ""
    for at_s in (20.0, 20.2, 20.4):
        trigger.level(level(at_s, 20.0))
    assert trigger.reason()
