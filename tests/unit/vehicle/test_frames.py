"""Frames out of bytes: whole, cut, damaged, mixed with noise; any bytes at all."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.vehicle.frames import FrameReader, FrameWriter

LONGEST = 280 + 1


def beat(number: int = 0) -> Any:
    return mavlink.MAVLink_heartbeat_message(2, 3, 1, number, 4, 3)


def packed(count: int, first: int = 0) -> list[bytes]:
    writer = FrameWriter(1, 1)
    return [writer.pack(beat(first + number)) for number in range(count)]


def modes(reader: FrameReader, data: bytes) -> list[int]:
    return [frame.message.custom_mode for frame in reader.feed(data)]


def test_frames_come_back_as_they_were_packed_in_both_versions() -> None:
    old = bytes(beat(7).pack(mavlink.MAVLink(None, srcSystem=1, srcComponent=1), force_mavlink1=True))
    reader = FrameReader()
    assert modes(reader, packed(1)[0] + old) == [0, 7]
    assert (reader.frames, reader.bad) == (2, 0)


def test_the_writer_counts_its_sequence_and_says_who_it_is() -> None:
    writer = FrameWriter(255)
    numbers = [FrameReader().feed(writer.pack(beat()))[0].message.get_header().seq for _ in range(300)]
    assert all((after - before) % 256 == 1 for before, after in pairwise(numbers))
    assert FrameReader().feed(writer.pack(beat()))[0].message.get_srcSystem() == 255


@given(cuts=st.lists(st.integers(0, 200), max_size=10))
@settings(deadline=None)
def test_it_does_not_matter_how_bytes_are_cut(cuts: list[int]) -> None:
    stream = b"".join(packed(8))
    reader, found = FrameReader(), []
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    for start, end in pairwise(edges):
        found += modes(reader, stream[start:end])
    assert found == list(range(8))
    assert reader.bad == 0


@given(noise=st.binary(max_size=600))
@settings(deadline=None)
def test_after_any_noise_frames_are_found_again(noise: bytes) -> None:
    reader = FrameReader()
    reader.feed(noise)
    after = packed(LONGEST // len(packed(1)[0]) + 3)
    assert modes(reader, b"".join(after))[-1] == len(after) - 1


@given(data=st.lists(st.binary(max_size=300), max_size=5))
@settings(deadline=None)
def test_no_bytes_break_it(data: list[bytes]) -> None:
    reader = FrameReader()
    for part in data:
        reader.feed(part)
    assert len(reader._buffer) <= LONGEST


@given(place=st.integers(0, 20), flip=st.integers(1, 255))
@settings(deadline=None)
def test_a_damaged_frame_is_dropped_counted_and_costs_no_other(place: int, flip: int) -> None:
    frames = packed(30)
    damaged = bytearray(frames[1])
    damaged[place % len(damaged)] ^= flip
    reader = FrameReader()
    found = modes(reader, frames[0] + bytes(damaged) + b"".join(frames[2:]))
    assert [number for number in found if number != 1] == [0, *range(2, 30)]
    assert reader.bad == (1 not in found)


@pytest.mark.parametrize(
    "foreign",
    [
        b"\xfd\x01\x00\x00\x00\x01\x01\xff\xff\xff\x00\x00\x00",  # a message of no known number
        b"\xfd\x09\x02\x00\x00\x01\x01\x00\x00\x00" + bytes(11),  # an incompatible flag we do not know
        b"ArduCopter V4.6.0-dev\r\n",
    ],
)
def test_foreign_bytes_are_counted_once(foreign: bytes) -> None:
    reader = FrameReader()
    assert modes(reader, foreign + packed(1)[0]) == [0]
    assert reader.bad == 1


def test_a_signed_frame_is_read_with_its_signature() -> None:
    codec = mavlink.MAVLink(None, srcSystem=1, srcComponent=1)
    codec.signing.secret_key = b"k" * 32
    codec.signing.sign_outgoing = True
    raw = bytes(beat(3).pack(codec))
    frames = FrameReader().feed(raw + packed(1, 4)[0])
    assert [frame.message.custom_mode for frame in frames] == [3, 4]
    assert frames[0].raw == raw


def test_every_kind_of_message_is_decoded_as_pymavlink_does() -> None:
    theirs, random = mavlink.MAVLink(None, srcSystem=9, srcComponent=8), Random(1)
    for number, kind in mavlink.mavlink_map.items():
        payload = random.randbytes(max(kind.unpacker.size - random.randrange(3), 1))
        holder = beat()
        holder._header = mavlink.MAVLink_header(number)
        raw = bytes(holder._pack(theirs, kind.crc_extra, payload))
        ours, expected = FrameReader().feed(raw)[0].message, theirs.decode(bytearray(raw))
        assert str(ours) == str(expected)
        assert vars(ours.get_header()) == vars(expected.get_header())
