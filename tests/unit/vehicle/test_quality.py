"""The link in figures: loss, rates, the radio's own words; no figure where nothing was told."""

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.vehicle.frames import Frame, FrameReader
from app.vehicle.quality import LinkQuality
from tests.unit.vehicle.play import beat, framed


def numbered(*numbers: int, system: int = 1) -> list[Frame]:
    """Heartbeats of one sender with these sequence numbers."""
    found = []
    for number in numbers:
        codec = mavlink.MAVLink(None, srcSystem=system, srcComponent=1)
        codec.seq = number
        found += FrameReader().feed(beat(4).pack(codec))
    return found


def test_loss_from_sequence_numbers() -> None:
    assert LinkQuality().add(10.0, numbered(250, 251, 255, 0, 0, 254, 3)) == 5
    quality = LinkQuality()
    assert [quality.add(10.0, numbered(number)) for number in (250, 251, 255, 0, 0, 254, 3)] == [0, 0, 3, 0, 0, 0, 2]
    quality.add(10.0, numbered(*range(4, 12)))
    assert (quality.lost_percent(10.0), quality.received_per_s(10.0)) == (25.0, 3.0)
    assert (quality.lost_percent(16.0), quality.received_per_s(16.0)) == (0.0, 0.0)


def test_each_sender_counts_for_itself() -> None:
    quality = LinkQuality()
    assert quality.add(10.0, [*numbered(7), *numbered(90, system=2), *numbered(8), *numbered(93, system=2)]) == 2


def test_rates_by_name_and_bytes() -> None:
    quality, frame = LinkQuality(), framed(beat(4))
    quality.add(10.0, [frame] * 10)
    quality.add(11.0, [framed(mavlink.MAVLink_system_time_message(0, 0))] * 5)
    assert quality.rates_hz(11.0) == {"HEARTBEAT": 2.0, "SYSTEM_TIME": 1.0}
    assert quality.bytes_per_s(10.0) > 10 * len(frame.raw) / 5.0
    assert quality.rates_hz(20.0) == {}


def test_the_radios_level_only_while_it_tells_it() -> None:
    quality = LinkQuality()
    assert quality.radio_dbm(10.0) == (None, None)
    quality.add(10.0, [framed(mavlink.MAVLink_radio_status_message(190, 255, 100, 40, 40, 0, 0), 51, 68)])
    here, there = quality.radio_dbm(10.0)
    assert here == pytest.approx(-27.0)
    assert there is None
    assert quality.radio_dbm(16.0) == (None, None)
