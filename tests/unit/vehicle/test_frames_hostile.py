"""Whatever comes from the link: it is dropped and counted, or heard; nothing stops the worker and nothing hangs."""

import random
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.vehicle.frames import FrameReader
from tests.unit.fuzzing import fuzz, needs_atheris
from tests.unit.vehicle.receiving import Station, framed

NUMBERS = sorted(mavlink.mavlink_map)
BEAT = framed(0, struct.pack("<IBBBBB", 4, 2, 3, 81, 4, 3), 1, 2)

frames = st.builds(
    framed, st.sampled_from(NUMBERS), st.binary(max_size=255), st.sampled_from([0, 1, 2, 255]), st.sampled_from([1, 2])
)


@given(payload=st.binary(max_size=255), number=st.sampled_from(NUMBERS), system=st.integers(0, 255))
def test_any_contents_of_any_message_are_heard(payload: bytes, number: int, system: int) -> None:
    station, reader = Station("ArduPilot"), FrameReader()
    for frame in reader.feed(BEAT + framed(number, payload, system, 2) + BEAT):
        station.hear(frame)
    assert (reader.frames, reader.bad) == (3, 0)


@settings(max_examples=60)
@given(parts=st.lists(frames | st.binary(max_size=40), max_size=12), cut=st.integers(1, 60), autopilot=st.booleans())
def test_what_is_heard_does_not_depend_on_how_the_bytes_are_cut(parts: list[bytes], cut: int, autopilot: bool) -> None:
    whole = BEAT + b"".join(parts)
    heard = []
    for step in (len(whole), cut):
        station, reader, raw = Station("ArduPilot" if autopilot else "PX4"), FrameReader(), []
        for at in range(0, len(whole), step):
            for frame in reader.feed(whole[at : at + step]):
                station.hear(frame)
                raw.append(frame.raw)
        heard.append((raw, station.said, reader.bad))
    assert heard[0] == heard[1]


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000), share=st.floats(0.0, 0.3))
def test_right_frames_are_found_again_behind_damaged_ones(seed: int, share: float) -> None:
    chance = random.Random(seed)
    sent = [framed(30, struct.pack("<I6f", n, *(0.1,) * 6), 1, 2) for n in range(40)]
    damaged = [bytearray(one) for one in sent]
    whole = 0
    for one in damaged:
        if chance.random() < share:
            one[chance.randrange(len(one))] ^= chance.randrange(1, 256)
        else:
            whole += 1
    found = FrameReader().feed(b"".join(bytes(one) for one in damaged) + BEAT * 14)
    attitudes = [frame for frame in found if frame.number == 30]
    assert set(sent) >= {frame.raw for frame in attitudes}
    assert len(attitudes) >= whole - sum(one[1] > 28 for one in damaged) * 8  # a damaged length may swallow a few


def test_a_recording_played_twice_makes_the_vehicle_reboot_and_nothing_else() -> None:
    station, reader = Station("ArduPilot"), FrameReader()
    attitudes = b"".join(framed(30, struct.pack("<I6f", 1000 * n, *(0.1,) * 6), 1, 2) for n in range(1, 60))
    for frame in reader.feed((BEAT + attitudes) * 3):
        station.hear(frame)
    assert station.fleet.active is not None
    assert [state.vehicle_id for state in station.fleet.states] == [1]


@pytest.mark.slow
@needs_atheris
def test_a_fuzzer_finds_nothing_in_the_receive_path(tmp_path: Path) -> None:
    chance = random.Random(1)
    seeds = [chance.randbytes(60 + 60 * number) for number in range(10)]
    fuzz(Path(__file__).with_name("fuzz_receiving.py"), tmp_path, seeds, 600, 1000)
