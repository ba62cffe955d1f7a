"""Levels from a receiver on the drone."""

import math
import struct
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.radio import BeaconKind, Target, Targets
from app.vehicle.companion import PAYLOAD, Companion
from tests.unit.vehicle.play import framed

ONE = Target("a", "A", BeaconKind.CARRIER, 433.9e6)
TWO = Target("b", "B", BeaconKind.CARRIER, 433.8e6)
BOTH = Targets((ONE, TWO), "a")
COMPUTER = 191


def named(name: str, value: float, boot_ms: int = 1000) -> Any:
    return framed(mavlink.MAVLink_named_value_float_message(boot_ms, name.encode(), value), 1, COMPUTER)


def tunnel(*targets: tuple[int, float, float], boot_ms: int = 1000, kind: int = PAYLOAD, cut: int = 0) -> Any:
    body = struct.pack("<I", boot_ms) + b"".join(struct.pack("<Iff", *one) for one in targets)
    body = body[: len(body) - cut]
    padded = list(body.ljust(128, b"\0"))
    return framed(mavlink.MAVLink_tunnel_message(255, 190, kind, len(body), padded), 1, COMPUTER)


def test_rssi_and_noise_make_a_level_of_the_selected_target() -> None:
    heard = Companion()
    assert heard.hear(named("NOISE", -90.0), 10.0, BOTH) == []
    (level,) = heard.hear(named("RSSI", -70.0), 10.1, BOTH)
    assert (level.target_id, level.power_db, level.noise_dbfs, level.snr_db) == ("a", -70.0, -90.0, 20.0)
    assert level.heard
    assert level.time_s == pytest.approx(10.1)


def test_snr_does_instead_of_noise_and_a_weak_one_is_a_bound_not_a_measurement() -> None:
    heard = Companion()
    heard.hear(named("SNR", 1.0), 10.0, BOTH)
    (level,) = heard.hear(named("RSSI", -80.0), 10.0, BOTH)
    assert not level.heard
    assert (level.noise_dbfs, level.power_db) == (-81.0, -78.0)


def test_an_old_noise_is_none_and_without_a_target_nothing_is_heard() -> None:
    heard = Companion()
    heard.hear(named("NOISE", -90.0), 10.0, BOTH)
    assert heard.hear(named("RSSI", -70.0), 13.0, BOTH) == []
    heard.hear(named("NOISE", -90.0), 13.0, BOTH)
    assert heard.hear(named("RSSI", -70.0, 4000), 13.0, Targets((), "")) == []


def test_a_tunnel_holds_several_targets_by_their_frequencies() -> None:
    found = Companion().hear(
        tunnel((433_900_500, -60.0, -90.0), (433_800_000, -95.0, -90.0), (150_000_000, -50.0, -90.0)), 5.0, BOTH
    )
    assert [(level.target_id, level.heard) for level in found] == [("a", True), ("b", False)]
    assert found[0].frequency_hz == 433_900_500.0


def test_repeated_and_late_ones_are_left_out_and_stamps_follow_the_computers_own_clock() -> None:
    heard = Companion()
    assert len(heard.hear(tunnel((433_900_000, -60.0, -90.0), boot_ms=1000), 5.0, BOTH)) == 1
    assert heard.hear(tunnel((433_900_000, -60.0, -90.0), boot_ms=1000), 5.2, BOTH) == []
    (late,) = heard.hear(tunnel((433_900_000, -60.0, -90.0), boot_ms=2000), 6.3, BOTH)
    assert late.time_s == pytest.approx(6.0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -1e9])
def test_what_cannot_be_is_dropped_and_counted(value: float) -> None:
    heard = Companion()
    heard.hear(named("NOISE", -90.0), 1.0, BOTH)
    assert heard.hear(named("RSSI", value), 1.0, BOTH) == []
    assert heard.hear(tunnel((433_900_000, value, -90.0)), 1.0, BOTH) == []
    assert heard.hear(tunnel((433_900_000, -60.0, -90.0), cut=3), 1.0, BOTH) == []
    assert heard.absurd == 3


def test_other_values_and_other_tunnels_are_not_a_receivers() -> None:
    heard = Companion()
    assert heard.hear(named("TEMP", 20.0), 1.0, BOTH) == []
    assert heard.hear(tunnel((433_900_000, -60.0, -90.0), kind=0), 1.0, BOTH) == []
    assert heard.hear(framed(mavlink.MAVLink_heartbeat_message(2, 3, 0, 0, 0, 3)), 1.0, BOTH) == []
    assert heard.absurd == 0
