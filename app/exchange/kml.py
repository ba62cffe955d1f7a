"""A flight as KML 2.2 (OGC 07-147r2): track, readings, detections, estimate and its regions; pure, any thread."""

import io
import math
import re
import zipfile
from xml.etree import ElementTree as ET

from app.domain.geometry import LatLon
from app.exchange.record import FlightRecord, Outline, iso_time, polygons

NAMESPACE = "http://www.opengis.net/kml/2.2"
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# colours are aabbggrr; weak to strong from a scale that colour-blind eyes can tell apart (viridis)
LEVELS = ((6.0, "weak", "ff540144"), (12.0, "fair", "ff8c9121"), (math.inf, "strong", "ff25e7fd"))
LINES = {"track": ("ffffaa00", 2), "region_50": ("ff0055ff", 2), "region_90": ("ff0055ff", 1)}


def kml(record: FlightRecord) -> bytes:
    """A document with a folder for each kind of thing. Heights of the track are above mean sea level, as KML wants."""
    root = ET.Element("kml", xmlns=NAMESPACE)
    document = add(root, "Document")
    simulated = " (simulated)" if record.flight.simulated else ""
    add(document, "name", f"{record.project.name}: {record.flight.name}{simulated}")
    _styles(document)
    _tracks(_folder(document, "Track"), record)
    _estimates(_folder(document, "Estimate"), record)
    _readings(_folder(document, "Readings"), record)
    _detections(_folder(document, "Detections"), record)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def kmz(record: FlightRecord) -> bytes:
    """The same packed, as Google Earth opens it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", kml(record))
    return packed.getvalue()


def add(parent: ET.Element, name: str, text: object = None) -> ET.Element:
    """A child, with a text in which what XML cannot hold is marked."""
    child = ET.SubElement(parent, name)
    if text is not None:
        child.text = NOT_IN_XML.sub("\ufffd", str(text))
    return child


def _folder(document: ET.Element, name: str) -> ET.Element:
    folder = add(document, "Folder")
    add(folder, "name", name)
    return folder


def _styles(document: ET.Element) -> None:
    for name, (colour, width) in LINES.items():
        style = ET.SubElement(document, "Style", id=name)
        line = add(style, "LineStyle")
        add(line, "color", colour)
        add(line, "width", width)
        add(add(style, "PolyStyle"), "color", f"30{colour[2:]}")
    for _, name, colour in LEVELS:
        icon = add(ET.SubElement(document, "Style", id=name), "IconStyle")
        add(icon, "color", colour)
        add(icon, "scale", 0.5)


def _placemark(folder: ET.Element, name: str, text: str, style: str, time_s: float | None = None) -> ET.Element:
    mark = add(folder, "Placemark")
    add(mark, "name", name)
    add(mark, "description", text)
    if time_s is not None:
        add(add(mark, "TimeStamp"), "when", iso_time(time_s))
    if style:
        add(mark, "styleUrl", f"#{style}")
    return mark


def _point(mark: ET.Element, place: LatLon) -> None:
    add(add(mark, "Point"), "coordinates", f"{place.lon_deg:.8f},{place.lat_deg:.8f}")


def _tracks(folder: ET.Element, record: FlightRecord) -> None:
    for vehicle_id, track in record.tracks().items():
        if len(track) < 2:
            continue
        line = add(_placemark(folder, f"Vehicle {vehicle_id}", "", "track"), "LineString")
        add(line, "tessellate", 1)
        known = all(row["altitude_m"] is not None for row in track)
        add(line, "altitudeMode", "absolute" if known else "clampToGround")
        heights = [f",{row['altitude_m']:.2f}" if known else "" for row in track]
        places = [f"{row['lon_deg']:.8f},{row['lat_deg']:.8f}" for row in track]
        add(line, "coordinates", " ".join(place + height for place, height in zip(places, heights, strict=True)))


def _readings(folder: ET.Element, record: FlightRecord) -> None:
    for row in record.rows("reading"):
        if row["lat_deg"] is None or row["lon_deg"] is None or row["snr_db"] is None:
            continue
        snr_db = row["snr_db"]
        style = next(name for limit_db, name, _ in LEVELS if not row["heard"] or snr_db < limit_db)
        said = f"SNR {snr_db:.1f} dB" if row["heard"] else "not heard"
        mark = _placemark(folder, said, record.target_name(row["target_id"]), style, row["time_s"])
        _point(mark, LatLon(row["lat_deg"], row["lon_deg"]))


def _detections(folder: ET.Element, record: FlightRecord) -> None:
    for row, place in record.detections():
        if place is not None:
            name = f"{row['kind']} {(row['frequency_hz'] or 0.0) / 1e6:.4f} MHz"
            _point(_placemark(folder, name, row["text"], "", row["time_s"]), place)


def _estimates(folder: ET.Element, record: FlightRecord) -> None:
    for row in record.last_estimates():
        name = record.target_name(row["target_id"])
        radius_m = row["radius_90_m"]
        known = radius_m is not None and math.isfinite(radius_m)
        text = row["text"] if not known else f"{row['text']}; 90 % within {radius_m:.0f} m"
        place = LatLon(row["mode_lat_deg"], row["mode_lon_deg"])
        _point(_placemark(folder, name, text, "", row["time_s"]), place)
        for share in (90, 50):
            if not (regions := polygons(row[f"region_{share}"])):
                continue
            mark = _placemark(folder, f"{name}: {share} %", "", f"region_{share}")
            shapes = add(mark, "MultiGeometry")
            for outer, *holes in regions:
                shape = add(shapes, "Polygon")
                _ring(shape, "outerBoundaryIs", outer)
                for hole in holes:
                    _ring(shape, "innerBoundaryIs", hole)


def _ring(shape: ET.Element, side: str, outline: Outline) -> None:
    ring = add(add(shape, side), "LinearRing")
    add(ring, "coordinates", " ".join(f"{at.lon_deg:.8f},{at.lat_deg:.8f}" for at in outline))
