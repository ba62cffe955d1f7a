"""A flight as GPX 1.1 (topografix.com): tracks, and detections and estimates as waypoints; pure, any thread."""

from xml.etree import ElementTree as ET

from app.domain.geometry import LatLon
from app.exchange.kml import add
from app.exchange.record import FlightRecord, iso_time

NAMESPACE = "http://www.topografix.com/GPX/1/1"


def gpx(record: FlightRecord) -> bytes:
    """Waypoints first, as the schema wants; heights of the track are above mean sea level."""
    root = ET.Element("gpx", xmlns=NAMESPACE, version="1.1", creator="Kestrel")
    about = add(root, "metadata")
    simulated = " (simulated)" if record.flight.simulated else ""
    add(about, "name", f"{record.project.name}: {record.flight.name}{simulated}")
    add(about, "time", iso_time(record.flight.started_s))
    for row, place in record.detections():
        if place is not None:
            name = f"{row['kind']} {(row['frequency_hz'] or 0.0) / 1e6:.4f} MHz"
            _waypoint(root, place, row["time_s"], name, row["text"])
    for row in record.last_estimates():
        place = LatLon(row["mode_lat_deg"], row["mode_lon_deg"])
        _waypoint(root, place, row["time_s"], record.target_name(row["target_id"]), row["text"])
    for vehicle_id, track in record.tracks().items():
        line = add(root, "trk")
        add(line, "name", f"Vehicle {vehicle_id}")
        segment = add(line, "trkseg")
        for row in track:
            point = _place(segment, "trkpt", LatLon(row["lat_deg"], row["lon_deg"]))
            if row["altitude_m"] is not None:
                add(point, "ele", f"{row['altitude_m']:.2f}")
            add(point, "time", iso_time(row["time_s"]))
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _waypoint(root: ET.Element, place: LatLon, time_s: float, name: str, text: str) -> None:
    point = _place(root, "wpt", place)
    add(point, "time", iso_time(time_s))
    add(point, "name", name)
    add(point, "desc", text)


def _place(parent: ET.Element, name: str, place: LatLon) -> ET.Element:
    point = add(parent, name)
    point.set("lat", f"{place.lat_deg:.8f}")
    point.set("lon", f"{place.lon_deg:.8f}")
    return point
