"""Signing against pymavlink's own, both ways; replays, other keys and unsigned frames are refused with a reason."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.vehicle.frames import Frame, FrameReader, FrameWriter
from app.vehicle.signing import EPOCH_S, FOREIGN, OLD, TICKS, UNSIGNED, Signing, key_of
from tests.unit.vehicle.play import beat, framed

KEY, NOW_S = key_of("lost and found"), 1.7e9


def theirs(key: bytes = KEY, now_s: float = NOW_S) -> Any:
    """pymavlink's end of a signed link."""
    codec = mavlink.MAVLink(None, srcSystem=1, srcComponent=1)
    codec.signing.secret_key, codec.signing.sign_outgoing = key, True
    codec.signing.timestamp = int((now_s - EPOCH_S) * TICKS)
    return codec


def ours(now_s: float = NOW_S, **options: bool) -> Signing:
    return Signing(KEY, lambda: now_s, **options)


def said(codec: Any, mode: int = 4) -> Frame:
    return FrameReader().feed(bytes(beat(mode).pack(codec)))[0]


def test_what_we_sign_pymavlink_believes_and_the_other_way_round() -> None:
    signing, codec, writer = ours(), theirs(), FrameWriter(255)
    for mode in range(5):
        raw = signing.signed(writer.pack(beat(mode)))
        (message,) = codec.parse_buffer(raw)
        assert (message.get_type(), message.custom_mode) == ("HEARTBEAT", mode)
        assert signing.takes(said(codec, mode))
    assert (signing.refused, signing.why) == (0, "")


def test_a_frame_recorded_and_sent_again_is_refused() -> None:
    signing, codec = ours(), theirs()
    first, second = said(codec), said(codec)
    assert signing.takes(second)
    assert not signing.takes(second)
    assert not signing.takes(first)
    assert (signing.refused, signing.why) == (2, OLD)
    assert signing.takes(said(codec))
    assert signing.why == ""


def test_a_sender_heard_first_may_be_a_minute_behind_and_no_more() -> None:
    assert ours().takes(said(theirs(now_s=NOW_S - 59.0)))
    assert not ours().takes(said(theirs(now_s=NOW_S - 61.0)))
    ahead = ours()
    assert ahead.takes(said(theirs(now_s=NOW_S + 1000.0)))
    raw = ahead.signed(FrameWriter(255).pack(beat(4)))
    assert int.from_bytes(raw[-12:-6], "little") > (NOW_S + 999.0 - EPOCH_S) * TICKS  # we follow the later clock


def test_unsigned_frames_are_refused_but_for_the_radios_or_where_they_are_allowed() -> None:
    signing = ours()
    assert not signing.takes(framed(beat(4)))
    assert signing.why == UNSIGNED
    assert signing.takes(framed(mavlink.MAVLink_radio_status_message(1, 1, 1, 1, 1, 1, 1), 51, 68))
    assert signing.why == UNSIGNED  # the radio's word mends nothing
    assert ours(allow_unsigned=True).takes(framed(beat(4)))
    assert not ours(allow_unsigned=True).takes(said(theirs(key_of("another"))))


def test_another_key_is_told() -> None:
    signing = ours()
    assert not signing.takes(said(theirs(key_of("another"))))
    assert signing.why == FOREIGN


@given(place=st.integers(0, 40), flip=st.integers(1, 255))
def test_a_changed_byte_never_passes(place: int, flip: int) -> None:
    raw = bytearray(said(theirs()).raw)
    raw[place % len(raw)] ^= flip
    signing = ours()
    assert not any(signing.takes(frame) for frame in FrameReader().feed(bytes(raw)))


def test_version_1_and_frames_signed_by_others_are_passed_on_as_they_are() -> None:
    old = bytes(beat(7).pack(mavlink.MAVLink(None, srcSystem=9, srcComponent=1), force_mavlink1=True))
    assert ours().signed(old) == old
    foreign = said(theirs(key_of("another"))).raw
    assert ours().signed(foreign) == foreign


@pytest.mark.parametrize("secret", ["00ff" * 16, "00FF" * 16])
def test_64_hex_digits_are_the_key_itself(secret: str) -> None:
    assert key_of(secret) == bytes.fromhex(secret)
    assert key_of(secret[:-1]) != key_of(secret)
    assert len(key_of("a passphrase")) == 32
