"""The rtl_tcp client against any bytes: greetings that are none, streams cut and taken anyhow."""

import socket
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import NotConnected
from app.settings import RadioSettings
from hardware.bytering import ByteRing
from hardware.rtl_tcp import RtlTcpReceiver
from tests.unit.fuzzing import fuzz, needs_atheris

CAPACITY = 1 << 20


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40) | st.binary(max_size=12).map(lambda tail: b"RTL0" + tail))
def test_any_greeting_is_taken_or_refused_with_a_reason(greeting: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(2.0)
        theirs.sendall(greeting)
        theirs.shutdown(socket.SHUT_WR)
        client = RtlTcpReceiver("nowhere", 1, RadioSettings())
        if len(greeting) < 12 or not greeting.startswith(b"RTL0"):
            with pytest.raises(NotConnected, match="nowhere:1"):
                client._greeting(ours)
        else:
            assert struct.pack(">4sII", b"RTL0", *client._greeting(ours)) == greeting[:12]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 300_000)), max_size=40), st.booleans())
def test_a_stream_cut_and_taken_anyhow_keeps_order_and_counts_what_it_lost(
    steps: list[tuple[bool, int]], ends: bool
) -> None:
    ring = ByteRing(CAPACITY)
    into = np.zeros(CAPACITY, np.uint8)
    sent = taken = 0
    for filling, size in [*steps, *([(False, CAPACITY)] * 8)]:
        if filling:
            sent = _send(ring, sent, size)
            continue
        count = ring.take(into[: size + size % 2], 2, 0.0, 0.0)
        if count:
            taken += ring.lost_before()
            assert count % 2 == 0
            assert taken % 2 == 0
            np.testing.assert_array_equal(into[:count], _bytes(taken, count))
            taken += count
    assert taken <= sent
    if ends:
        ring.end()
        assert ring.take(into, 2, 0.0, 0.0) in {0, 2}


def _bytes(first: int, count: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """The stream's own bytes: place modulo 251, so that a shift shows."""
    return (np.arange(first, first + count) % 251).astype(np.uint8)


def _send(ring: ByteRing, first: int, count: int) -> int:
    while count:
        room = ring.room()
        piece = min(len(room), count)
        room[:piece] = _bytes(first, piece).data
        ring.put(piece)
        first, count = first + piece, count - piece
    return first


@pytest.mark.slow
@needs_atheris
def test_a_fuzzer_makes_the_client_neither_crash_nor_grow(tmp_path: Path) -> None:
    greeting = struct.pack(">4sII", b"RTL0", 5, 29)
    seeds = [greeting, greeting + bytes(range(256)), greeting[:7], b"SSH-2.0-x"]
    fuzz(Path(__file__).with_name("fuzz_rtl_tcp.py"), tmp_path, seeds, runs=1_000, longest=5_000)
