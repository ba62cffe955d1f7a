"""A flight as Cursor on Target events (MITRE MTR 04B0001, schema 2.0), for TAK programs; pure, any thread."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from app.domain.geometry import LatLon
from app.exchange.kml import add
from app.exchange.record import FlightRecord, iso_time

UNKNOWN = 9_999_999.0  # of heights and errors: CoT's own word
AIRCRAFT = "a-f-A-M-H-Q"  # friend, air, military, rotary wing, drone
BEACON = "b-m-p-s-m"  # a spot on the map
HEARD = "b-m-p-s-p-op"  # a point of observation
EVERY_S = 1.0  # a position of each vehicle
AIRCRAFT_STALE_S = 60.0
SPOT_STALE_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Event:
    uid: str
    type: str
    how: str
    time_s: float
    stale_s: float
    place: LatLon
    error_m: float  # circular, 1 sigma
    callsign: str
    remarks: str
    motion: tuple[float, float] | None = None  # course, deg, and speed, m/s


def cot(record: FlightRecord) -> bytes:
    """One document ``events`` with an ``event`` for each position, detection and last estimate.

    Heights above the ellipsoid are not known here, as telemetry's are above mean sea level: they are told in words.
    """
    root = ET.Element("events")
    for event in (*_aircraft(record), *_detections(record), *_beacons(record)):
        _write(root, event, record.flight.simulated)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _write(root: ET.Element, event: Event, simulated: bool) -> None:
    times = {"time": event.time_s, "start": event.time_s, "stale": event.time_s + event.stale_s}
    element = add(root, "event")
    for name, text in {"version": "2.0", "uid": event.uid, "type": event.type, "how": event.how}.items():
        element.set(name, text)
    for name, time_s in times.items():
        element.set(name, iso_time(time_s))
    error_m = event.error_m if math.isfinite(event.error_m) else UNKNOWN
    values = {"lat": event.place.lat_deg, "lon": event.place.lon_deg, "hae": UNKNOWN, "ce": error_m, "le": UNKNOWN}
    point = add(element, "point")
    for name, value in values.items():
        point.set(name, f"{value:.8f}" if name in {"lat", "lon"} else f"{value:.1f}")
    detail = add(element, "detail")
    add(detail, "contact").set("callsign", event.callsign)
    add(detail, "remarks", f"SIMULATED. {event.remarks}" if simulated else event.remarks)
    if event.motion is not None:
        track = add(detail, "track")
        track.set("course", f"{event.motion[0]:.1f}")
        track.set("speed", f"{event.motion[1]:.2f}")


def _uid(record: FlightRecord, name: object) -> str:
    return f"kestrel-{record.project.id}-{record.flight.id}-{name}"


def _aircraft(record: FlightRecord) -> Iterator[Event]:
    for vehicle_id, track in record.tracks().items():
        due_s = -math.inf
        for row in track:
            if row["time_s"] < due_s:
                continue
            due_s = row["time_s"] + EVERY_S
            height = "" if row["altitude_m"] is None else f"{row['altitude_m']:.0f} m above mean sea level"
            place, name = LatLon(row["lat_deg"], row["lon_deg"]), f"Vehicle {vehicle_id}"
            uid, times = _uid(record, f"vehicle-{vehicle_id}"), (row["time_s"], AIRCRAFT_STALE_S)
            yield Event(uid, AIRCRAFT, "m-g", *times, place, UNKNOWN, name, height, _motion(row))


def _motion(row: dict[str, Any]) -> tuple[float, float] | None:
    north_mps, east_mps = row["north_mps"], row["east_mps"]
    if north_mps is None or east_mps is None:
        return None
    return math.degrees(math.atan2(east_mps, north_mps)) % 360.0, math.hypot(north_mps, east_mps)


def _detections(record: FlightRecord) -> Iterator[Event]:
    for number, (row, place) in enumerate(record.detections()):
        if place is not None:
            name = f"{row['kind']} {(row['frequency_hz'] or 0.0) / 1e6:.4f} MHz"
            told = (place, UNKNOWN, name, f"heard from here: {row['text']}")
            yield Event(_uid(record, f"detection-{number}"), HEARD, "m-g", row["time_s"], SPOT_STALE_S, *told)


def _beacons(record: FlightRecord) -> Iterator[Event]:
    """The estimate's mode; a 90 % radius is 2.146 standard deviations of a circular normal distribution."""
    for row in record.last_estimates():
        place = LatLon(row["mode_lat_deg"], row["mode_lon_deg"])
        error_m = UNKNOWN if row["radius_90_m"] is None else row["radius_90_m"] / 2.146
        told = (place, error_m, record.target_name(row["target_id"]), row["text"])
        uid = _uid(record, f"beacon-{row['target_id']}")
        yield Event(uid, BEACON, "m-f", row["time_s"], SPOT_STALE_S, *told)
