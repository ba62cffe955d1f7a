"""What the link worker does with bytes, without its thread and its wire, for fuzzing."""

import struct
from typing import Any

from fastcrc import crc16
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.bus import Bus
from app.clock import Clock
from app.domain.geometry import LatLon
from app.vehicle.fences import Circle, Fence
from app.vehicle.missions import MissionItem
from app.vehicle.orders import arm, change_mode, takeoff
from app.vehicle.parameters import read_all, write
from app.vehicle.plan import Plan, read_plan, write_plan
from app.vehicle.relaying import Relay, passes
from app.vehicle.streams import introduce
from app.vehicle.talk import Peer
from app.workers.fleet import Fleet
from app.workers.talks import Order, Talks

PLAN = Plan(
    LatLon(47.0, 8.0),
    (MissionItem(16, LatLon(47.0, 8.0), 20.0),) * 3,
    Fence(circles_inside=(Circle(LatLon(47.0, 8.0), 9.0),)),
)


class Station:
    """What the link worker has of one link, without its thread and its wire."""

    def __init__(self, autopilot: str) -> None:
        self.bus, clock = Bus(), Clock()
        for topic in (self.bus.vehicle, self.bus.telemetry, self.bus.message):
            topic.subscribe(lambda _: None)
        self.fleet = Fleet(255, self.bus, lambda *_: None)
        self.talks = Talks(clock, self.send, lambda _: None, lambda _: None)
        self.codec = mavlink.MAVLink(None, srcSystem=255, srcComponent=190)
        self.said = 0
        self.peer = Peer(1, 1, 255, autopilot)
        self.now_s = 0.0

    def send(self, message: Any) -> None:
        self.said += 1
        message.pack(self.codec)

    def begin(self, picture: Any) -> None:
        peer, table = self.peer, picture.table
        mode = next(iter(table.numbers), "GUIDED")
        talks = {
            "up": write_plan(PLAN, peer), "down": read_plan(peer), "all": read_all(peer),
            "set": write(peer, "A", 3.0, 4), "arm": arm(peer, True), "takeoff": takeoff(peer, 20.0),
            "setup": introduce(peer, peer.autopilot, 10.0),
        }  # fmt: skip
        for slot, talk in talks.items():
            self.talks.begin(Order(slot), talk)
        self.talks.begin(Order("mode"), change_mode(peer, table, mode, picture.state.mode))

    def hear(self, frame: Any) -> None:
        self.now_s += 0.02
        before = self.fleet.active
        self.fleet.hear(frame, self.now_s)
        if self.fleet.active is not None and before is None:
            self.begin(self.fleet.active)
        if self.fleet.active is not None:
            self.talks.hear(frame)
        self.fleet.tick(self.now_s)
        for relay in Relay:
            passes(frame.message, relay, steering=True)


def framed(number: int, payload: bytes, system: int, version: int) -> bytes:
    """A frame whose checksum is right, whatever is in it."""
    known = mavlink.mavlink_map[number]
    if version == 1 and number < 256:
        payload = payload.ljust(known.unpacker.size, b"\0")[: known.unpacker.size]
        body = struct.pack("<BBBBB", len(payload), 0, system, 1, number) + payload
        start = b"\xfe"
    else:
        payload = payload[:255] or b"\0"
        body = struct.pack("<BBBBBBHB", len(payload), 0, 0, 0, system, 1, number & 0xFFFF, number >> 16) + payload
        start = b"\xfd"
    return start + body + struct.pack("<H", crc16.mcrf4xx(body + bytes([known.crc_extra])))
