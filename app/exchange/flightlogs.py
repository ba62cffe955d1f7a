"""Flights recorded by others: .tlog of ground stations, .bin of ArduPilot's own memory; any thread."""

import math
import struct
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymavlink.DFReader import DFReader_binary

from app.domain.vehicle import Telemetry, VehicleMessage
from app.errors import BadFile
from app.vehicle.frames import FrameReader
from app.vehicle.tlog import entries
from app.vehicle.tracks import Tracks

_DATAFLASH = b"\xa3\x95"  # begins each record
_INFO = 6  # MAV_SEVERITY: a .bin tells none
_WRONG = (ValueError, KeyError, TypeError, IndexError, AttributeError, struct.error, OSError)  # of pymavlink's reader

Facts = tuple[Telemetry | VehicleMessage, ...]


@dataclass(frozen=True, slots=True)
class FlightLog:
    """What a recording says, with its own times (UTC, seconds)."""

    started_s: float
    ended_s: float
    simulated: bool
    facts: Facts
    frames: int  # messages in it, of whatever kind
    damaged: int  # places that could not be read


def read_log(path: Path) -> FlightLog:
    """The flight in a .tlog or a .bin, told by its contents. Raises ``BadFile``."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from error
    log = _dataflash(path) if data.startswith(_DATAFLASH) else _tlog(path, data)
    if not any(isinstance(fact, Telemetry) for fact in log.facts):
        raise BadFile(f"{path.name} holds no position of a vehicle: there is no flight to import.")
    return log


def _tlog(path: Path, data: bytes) -> FlightLog:
    reader, tracks = FrameReader(), Tracks()
    first_s = last_s = 0.0
    for time_s, raw in entries(data):
        for frame in reader.feed(raw):
            tracks.hear(frame, time_s)
        first_s, last_s = first_s or time_s, time_s
    if not reader.frames:
        raise BadFile(f"{path.name} is neither a .tlog nor a .bin: there is no MAVLink frame with its time in it.")
    return FlightLog(first_s, last_s, tracks.simulated, tuple(tracks.facts), reader.frames, reader.bad)


def _dataflash(path: Path) -> FlightLog:
    try:
        with closing(DFReader_binary(str(path))) as reader:
            return _flight(reader)
    except _WRONG as error:
        raise BadFile(f"{path.name} is a damaged .bin: {error}. Download it from the vehicle again.") from error


def _flight(reader: Any) -> FlightLog:
    """POS or GPS gives the place, ATT the attitude, GPS the velocity; a place before those is left out."""
    facts: list[Telemetry | VehicleMessage] = []
    latest: dict[str, Any] = {}
    count, first_s, last_s, ground_m = 0, 0.0, 0.0, math.nan
    own_places = "POS" in reader.name_to_id
    while (record := reader.recv_msg()) is not None:
        kind, time_s = record.get_type(), float(record._timestamp)  # noqa: SLF001 - where the library keeps it
        count, first_s, last_s = count + 1, first_s or time_s, time_s
        latest[kind] = record
        if kind == "MSG":
            facts.append(VehicleMessage(time_s, 1, _INFO, str(record.Message)))
        if kind == ("POS" if own_places else "GPS") and {"ATT", "GPS"} <= latest.keys() and record.Lat:
            ground_m = record.Alt if math.isnan(ground_m) else ground_m
            height_m = getattr(record, "RelHomeAlt", record.Alt - ground_m)
            facts.append(_pose(time_s, record, height_m, latest["ATT"], latest["GPS"]))
    return FlightLog(first_s, last_s, False, tuple(facts), count, 0)


def _pose(time_s: float, place: Any, height_m: float, attitude: Any, gps: Any) -> Telemetry:
    course = math.radians(gps.GCrs)
    motion = (gps.Spd * math.cos(course), gps.Spd * math.sin(course), float(getattr(gps, "VZ", 0.0)))
    turn = (attitude.Roll, attitude.Pitch, attitude.Yaw % 360.0)
    return Telemetry(time_s, 1, place.Lat, place.Lng, place.Alt, height_m, *turn, *motion)
