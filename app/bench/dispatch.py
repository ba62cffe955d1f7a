"""Figures of frames received and read from recordings: how many a second; the caller's thread."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pymavlink import mavutil
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.bench.figures import Figure
from app.bench.flightmix import asked, stream
from app.bus import Bus
from app.clock import Clock
from app.domain.safety import SafetyLimits
from app.domain.vehicle import Telemetry
from app.errors import DeviceError
from app.exchange.flightlogs import read_log
from app.ports import WireBytes
from app.safety import SafetyGate
from app.settings import VehicleSettings
from app.vehicle.frames import FrameReader
from app.vehicle.tlog import stamped
from app.workers.link import LinkWorker

CHUNK = 4096
TURNS = 5
GOAL_PER_S, GOAL_RATIO = 1e5, 0.6


def frames(count: int) -> list[Figure]:
    """Messages parsed and dispatched by the link worker as it flies, beside pymavlink's parser, which only decodes.

    Both are given the same bytes in the same pieces, in turns, and their time on the processor is taken. The mix is
    that of a recorded flight with all streams on (``flightmix``); then that of what the station itself asks for,
    which it uses nearly all, so that little can be left undecoded.
    """
    rate, peer, ratio = _beside(count, stream(count))
    own_rate, own_peer, own_ratio = _beside(count, asked(count))
    name = "messages parsed and dispatched, all of a vehicle's streams"
    own = "the same of only what the station asks for"
    beside = "beside pymavlink's parser alone"
    return [
        Figure(name, rate, "/s", f">= {GOAL_PER_S:g}", rate >= GOAL_PER_S, "pymavlink's parser", peer),
        Figure(f"the same {beside}", ratio, "", f">= {GOAL_RATIO}", ratio >= GOAL_RATIO),
        Figure(own, own_rate, "/s", "", None, "pymavlink's parser", own_peer),
        Figure(f"the same {beside}", own_ratio, "", f">= {GOAL_RATIO}", own_ratio >= GOAL_RATIO),
    ]


def _beside(count: int, data: bytes) -> tuple[float, float, float]:
    """Messages a second of the link worker, of pymavlink, and their ratio; medians."""
    pieces = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
    ours, theirs = [], []
    for _ in range(TURNS):  # in turns: the machine may be shared
        ours.append(count / _dispatched_s(pieces))
        theirs.append(count / _seconds(lambda: _parse(pieces)))
    return float(np.median(ours)), float(np.median(theirs)), float(np.median(np.array(ours) / np.array(theirs)))


def imports(count: int) -> list[Figure]:
    """A .tlog of a flight read to its track, beside mavutil reading its messages alone."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "flight.tlog"
        whole = FrameReader().feed(stream(count))
        path.write_bytes(b"".join(stamped(1.7e9 + 0.01 * at, frame.raw) for at, frame in enumerate(whole)))
        ours, theirs = [], []
        for _ in range(3):
            ours.append(_seconds(lambda: read_log(path)))
            theirs.append(_seconds(lambda: _read_by_mavutil(path)))
    rate, ratio = count / float(np.median(ours)), float(np.median(np.array(theirs) / np.array(ours)))
    peer = count / float(np.median(theirs))
    return [
        Figure("tlog import, messages", rate, "/s", "", None, "mavutil", peer),
        Figure("the same beside mavutil", ratio, "", ">= 2", ratio >= 2.0),
    ]


def _seconds(work: Callable[[], object]) -> float:
    begun_s = time.thread_time()
    work()
    return time.thread_time() - begun_s


def _read_by_mavutil(path: Path) -> None:
    log = mavutil.mavlink_connection(str(path))
    while log.recv_msg() is not None:
        pass
    log.close()


def _parse(pieces: list[bytes]) -> None:
    codec = mavlink.MAVLink(None)
    for piece in pieces:
        codec.parse_buffer(piece)


class _Full:
    """A wire on which everything has come already; what is sent is taken."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = iter(pieces)
        self.empty = False

    def open(self) -> None:
        return

    def read(self, timeout_s: float) -> WireBytes | None:
        del timeout_s
        piece = next(self._pieces, None)
        self.empty = piece is None
        return None if piece is None else WireBytes(piece)

    def write(self, data: bytes) -> None:
        del data

    def close(self) -> None:
        return


def _dispatched_s(pieces: list[bytes]) -> float:
    """Processor seconds of the link worker, stepped here, from the first byte to the last fact on the bus."""
    wire, clock, bus, poses = _Full(pieces), Clock(), Bus(), list[Telemetry]()
    bus.telemetry.subscribe(poses.append)
    worker = LinkWorker(
        VehicleSettings(link="bench"), lambda _: wire, SafetyGate(SafetyLimits(), clock, bus), clock, bus
    )
    begun_s = time.thread_time()
    while not wire.empty:
        worker.step()
    took_s = time.thread_time() - begun_s
    worker.close()
    if len(poses) < _positions(pieces) - 1:  # the first may come before the attitude
        raise DeviceError(f"The link worker lost messages in the bench: {len(poses)} positions arrived")
    return took_s


def _positions(pieces: list[bytes]) -> int:
    reader = FrameReader()
    numbers = [frame.number for piece in pieces for frame in reader.feed(piece)]
    return numbers.count(mavlink.MAVLINK_MSG_ID_GLOBAL_POSITION_INT)
