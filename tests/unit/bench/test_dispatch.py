"""The figures of frames are of the mix they say, and of messages that did arrive."""

from collections import Counter

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.bench import dispatch
from app.bench.flightmix import STREAMED, asked, stream
from app.errors import DeviceError


def kinds(data: bytes) -> Counter[str]:
    return Counter(message.get_type() for message in mavlink.MAVLink(None).parse_buffer(data))


def test_all_streams_come_equally_often_and_a_beat_every_other_round() -> None:
    counted = kinds(stream(47 * 4))
    assert counted.pop("HEARTBEAT") == 4
    assert counted == {kind.msgname: 8 for kind in STREAMED}


def test_what_the_station_asks_for_is_mostly_motion() -> None:
    counted = kinds(asked(90))
    assert counted == {"ATTITUDE": 30, "GLOBAL_POSITION_INT": 30, "HEARTBEAT": 20, "SYS_STATUS": 10}


def test_the_whole_worker_is_measured_and_loses_nothing() -> None:
    figures = dispatch.frames(470)
    assert [figure.unit for figure in figures] == ["/s", "", "/s", ""]
    assert all(figure.value > 0.0 for figure in figures)


def test_lost_messages_are_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_positions", lambda pieces: len(pieces) * 1000)
    with pytest.raises(DeviceError):
        dispatch.frames(94)
