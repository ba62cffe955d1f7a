"""The simulated receiver, heard by a bare rtl_tcp client."""

import math
import socket
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.radio import BeaconKind
from app.world import Simulation
from hardware.sim.config import SimConfig
from tests.simulated import simulated

RATE_HZ, OFFSET_HZ, BEACON_HZ = 240_000.0, 50e3, 433.92e6


class Listener:
    """A client of the protocol and of nothing else of ours."""

    def __init__(self, url: str) -> None:
        host, port = url.removeprefix("rtl_tcp://").split(":")
        self._socket = socket.create_connection((host, int(port)), timeout=10.0)
        self.header = struct.unpack(">4sII", self._exactly(12))
        self.command(0x01, round(BEACON_HZ - OFFSET_HZ))
        self.command(0x02, round(RATE_HZ))
        self.command(0x03, 1)
        self.command(0x04, 297)

    def command(self, number: int, value: int) -> None:
        self._socket.sendall(struct.pack(">BI", number, value))

    def hear(self, seconds: float) -> NDArray[np.complex64]:
        raw = np.frombuffer(self._exactly(2 * round(seconds * RATE_HZ)), np.uint8).astype(np.float32)
        heard: NDArray[np.complex64] = ((raw - 127.5) / 127.5).view(np.complex64)
        return heard

    def _exactly(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            piece = self._socket.recv(count - len(data))
            if not piece:
                raise ConnectionResetError
            data += piece
        return bytes(data)

    def close(self) -> None:
        self._socket.close()


def start(**changes: Any) -> Simulation:
    return simulated(SimConfig(**{"speed": 8.0, "sigma_db": 0.0, "oscillator_hz": 0.0, "gps_sigma_m": 0.0, **changes}))


@pytest.fixture
def child() -> Iterator[Simulation]:
    child = start()
    yield child
    child.stop()


@pytest.fixture
def listener(child: Simulation) -> Iterator[Listener]:
    listener = Listener(child.ready["rtl_tcp"])
    yield listener
    listener.close()


def level_db(iq: NDArray[np.complex64]) -> float:
    spectrum = np.abs(np.fft.fft(iq)) ** 2 / len(iq) ** 2
    near = np.abs(np.fft.fftfreq(len(iq), 1.0 / RATE_HZ) - OFFSET_HZ) < 2e3
    return float(10.0 * math.log10(spectrum[near].sum()))


def put(child: Simulation, east_m: float, height_m: float) -> None:
    truth = child.ready["truth"]
    place = LocalPlane(LatLon(truth["lat_deg"], truth["lon_deg"])).to_globe(EastNorth(east_m, 0.0))
    child.order(do="place", lat_deg=place.lat_deg, lon_deg=place.lon_deg, height_m=height_m)


def test_header_says_that_it_is_simulated(listener: Listener) -> None:
    assert listener.header == (b"RTL0", 0x53494D, 29)


def test_level_falls_with_the_distance_as_the_exponent_says(child: Simulation, listener: Listener) -> None:
    levels = []
    for distance_m in (30.0, 60.0, 120.0):
        put(child, distance_m, 40.0)
        listener.hear(20.0)  # what was on its way
        levels.append(level_db(listener.hear(0.5)))
    slant = [math.hypot(d, 40.0) for d in (30.0, 60.0, 120.0)]
    fall = [22.0 * math.log10(slant[n + 1] / slant[n]) for n in range(2)]
    assert [levels[0] - levels[1], levels[1] - levels[2]] == pytest.approx(fall, abs=1.0)


def test_a_silenced_beacon_is_gone_and_comes_back(child: Simulation, listener: Listener) -> None:
    put(child, 30.0, 40.0)
    listener.hear(20.0)
    on = level_db(listener.hear(0.5))
    child.order(do="beacon", on=False)
    listener.hear(20.0)
    assert level_db(listener.hear(0.5)) < on - 15.0


def test_unplugged_it_drops_the_client_and_takes_the_next(child: Simulation, listener: Listener) -> None:
    child.order(do="receiver_drop")
    with pytest.raises(ConnectionResetError):
        listener.hear(60.0)
    again = Listener(child.ready["rtl_tcp"])
    assert len(again.hear(0.2)) == round(0.2 * RATE_HZ)
    again.close()


def test_strange_commands_change_nothing(listener: Listener) -> None:
    for number in (0x00, 0x09, 0x0E, 0x42, 0xFF):
        listener.command(number, 0xFFFFFFFF)
    listener.command(0x02, 1)  # a rate no tuner has
    listener.command(0x0D, 99)
    assert len(listener.hear(1.0)) == round(RATE_HZ)


def test_pulses_come_at_their_period() -> None:
    child = start(kind=BeaconKind.PULSED, period_s=1.5)
    listener = Listener(child.ready["rtl_tcp"])
    try:
        put(child, 20.0, 20.0)
        listener.hear(20.0)
        iq = listener.hear(6.0)
        tone = iq * np.exp(-2j * np.pi * OFFSET_HZ * np.arange(len(iq)) / RATE_HZ)
        strength = np.abs(np.add.reduceat(tone, np.arange(0, len(tone), 240)))
        on = np.flatnonzero(strength > 0.5 * strength.max())
        starts = on[np.flatnonzero(np.diff(on, prepend=-1000) > 100)] / 1000.0
        assert np.diff(starts) == pytest.approx([1.5] * (len(starts) - 1), abs=0.003)
        assert len(starts) in {4, 5}
    finally:
        listener.close()
        child.stop()
