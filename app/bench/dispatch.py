"""Figures of frames received and read from recordings: how many a second; the caller's thread."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pymavlink import mavutil
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.bench.figures import Figure
from app.bus import Bus
from app.exchange.flightlogs import read_log
from app.vehicle.frames import FrameReader
from app.vehicle.quality import LinkQuality
from app.vehicle.tlog import stamped
from app.workers.fleet import Fleet

CHUNK = 4096
Take = Callable[[bytes], object]


def frames(count: int) -> list[Figure]:
    """Messages of a vehicle's usual streams, parsed and dispatched, beside pymavlink's parser alone."""
    data = stream(count)
    ours, theirs = [], []
    for _ in range(5):  # in turns: the machine may be shared
        ours.append(_rate(count, data, _dispatch()))
        theirs.append(_rate(count, data, mavlink.MAVLink(None).parse_buffer))
    rate, ratio = float(np.median(ours)), float(np.median(np.array(ours) / np.array(theirs)))
    peer = float(np.median(theirs))
    return [
        Figure("messages parsed and dispatched", rate, "/s", ">= 100000", rate >= 1e5, "pymavlink's parser", peer),
        Figure("the same beside pymavlink's parser alone", ratio, "", ">= 0.6", ratio >= 0.6),
    ]


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


def _dispatch() -> Take:
    """Bytes to frames, to what is lost, to the facts of one vehicle on a bus of its own, as the link worker does."""
    reader, quality, fleet = FrameReader(), LinkQuality(), Fleet(255, Bus(), lambda *_: None)

    def take(data: bytes) -> None:
        for frame in reader.feed(data):
            quality.count(frame.system, frame.component, frame.sequence)
            fleet.hear(frame, 0.0)

    return take


def _rate(count: int, data: bytes, take: Take) -> float:
    begun_s = time.thread_time()
    for at in range(0, len(data), CHUNK):
        take(data[at : at + CHUNK])
    return count / (time.thread_time() - begun_s)


def stream(count: int, system: int = 1) -> bytes:
    """ArduCopter's streams as the station asks for them, in their proportions, of a vehicle that flies."""
    codec = mavlink.MAVLink(None, srcSystem=system, srcComponent=1)
    beat = mavlink.MAVLink_heartbeat_message(2, 3, 217, 4, 4, 3)
    parts = []
    for i in range(count):
        boot_ms, turn = 10 * i, i % 9
        if turn == 8:
            charge = 100 - i * 90 // count
            message = mavlink.MAVLink_sys_status_message(*(0x2FFFF,) * 3, 300, 15800, 1200, charge, 0, 0, 0, 0, 0, 0)
        elif turn % 3 == 0:
            message = mavlink.MAVLink_attitude_message(boot_ms, 0.1, -0.05, 1.2 + 1e-3 * turn, 0.01, 0.02, 0.03)
        elif turn % 3 == 1:
            place = (473977419 + i, 85455938 - i)
            message = mavlink.MAVLink_global_position_int_message(boot_ms, *place, 528000, 40000, 120, -80, 5, 6800)
        else:
            message = beat
        parts.append(message.pack(codec))
        codec.seq = (codec.seq + 1) % 256
    return b"".join(parts)
