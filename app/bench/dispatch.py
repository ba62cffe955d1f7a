"""Figures of received frames: how many a second are parsed and dispatched; the caller's thread."""

import time
from collections.abc import Callable

import numpy as np
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.bench.figures import Figure
from app.bus import Bus
from app.vehicle.frames import FrameReader
from app.vehicle.quality import LinkQuality
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
