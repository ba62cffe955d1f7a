"""A flight as GeoJSON (RFC 7946): track, readings, detections, estimate and its regions; pure, any thread."""

import math
from typing import Any

import orjson

from app.domain.geometry import LatLon
from app.exchange.record import FlightRecord, Outline, iso_time, polygons

Feature = dict[str, Any]


def geojson(record: FlightRecord) -> bytes:
    """A FeatureCollection; each feature's ``kind`` is track, reading, detection, estimate, region_50 or region_90.

    Positions have no third number: RFC 7946 wants the height above the ellipsoid, and ours is above home. A detection
    at a time without a position has no geometry, as the RFC allows.
    """
    features = [*_tracks(record), *_readings(record), *_detections(record), *_estimates(record)]
    flight = record.flight
    collection = {
        "type": "FeatureCollection",
        "features": features,
        "project": record.project.name,
        "flight": flight.name,
        "simulated": flight.simulated,
        "started": iso_time(flight.started_s),
        "ended": None if flight.ended_s is None else iso_time(flight.ended_s),
    }
    return orjson.dumps(collection)


def _feature(kind: str, geometry: dict[str, Any] | None, properties: dict[str, Any]) -> Feature:
    known = {name: value for name, value in properties.items() if not _endless(value)}
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, **known}}


def _endless(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _at(place: LatLon) -> list[float]:
    return [round(place.lon_deg, 8), round(place.lat_deg, 8)]


def _point(place: LatLon | None) -> dict[str, Any] | None:
    return None if place is None else {"type": "Point", "coordinates": _at(place)}


def _tracks(record: FlightRecord) -> list[Feature]:
    features = []
    for vehicle_id, track in record.tracks().items():
        lines = _lines([LatLon(row["lat_deg"], row["lon_deg"]) for row in track])
        if not lines:
            continue
        alone = len(lines) == 1
        geometry = {
            "type": "LineString" if alone else "MultiLineString",
            "coordinates": lines[0] if alone else lines,
        }
        times = {"started": iso_time(track[0]["time_s"]), "ended": iso_time(track[-1]["time_s"])}
        features.append(_feature("track", geometry, {"vehicle_id": vehicle_id, **times}))
    return features


def _lines(places: list[LatLon]) -> list[list[list[float]]]:
    """Cut where the way crosses the antimeridian (RFC 7946, 3.1.9); a part of one position is no line."""
    lines: list[list[list[float]]] = [[]]
    for before, place in zip([None, *places], places, strict=False):
        if before is not None and abs(place.lon_deg - before.lon_deg) > 180.0:
            lines.append([])
        lines[-1].append(_at(place))
    return [line for line in lines if len(line) >= 2]


def _readings(record: FlightRecord) -> list[Feature]:
    return [
        _feature(
            "reading",
            _point(LatLon(row["lat_deg"], row["lon_deg"])),
            {"time": iso_time(row["time_s"])} | {key: row[key] for key in row if key not in {"lat_deg", "lon_deg"}},
        )
        for row in record.rows("reading")
        if row["lat_deg"] is not None and row["lon_deg"] is not None
    ]


def _detections(record: FlightRecord) -> list[Feature]:
    return [
        _feature(
            "detection",
            _point(place),
            {"time": iso_time(row["time_s"]), "beacon": row["kind"]} | {k: v for k, v in row.items() if k != "kind"},
        )
        for row, place in record.detections()
    ]


def _estimates(record: FlightRecord) -> list[Feature]:
    features = []
    for row in record.last_estimates():
        of_target = {"target_id": row["target_id"], "target": record.target_name(row["target_id"])}
        figures = {key: row[key] for key in ("readings", "text", "radius_50_m", "radius_90_m", "entropy_bits")}
        place = LatLon(row["mode_lat_deg"], row["mode_lon_deg"])
        features.append(_feature("estimate", _point(place), of_target | {"time": iso_time(row["time_s"])} | figures))
        for share in (50, 90):
            properties = of_target | {"probability": share / 100.0, "area_m2": row[f"area_{share}_m2"]}
            if shapes := polygons(row[f"region_{share}"]):
                features.append(_feature(f"region_{share}", _multi_polygon(shapes), properties))
    return features


def _multi_polygon(shapes: list[list[Outline]]) -> dict[str, Any]:
    coordinates = [[[_at(corner) for corner in outline] for outline in shape] for shape in shapes]
    return {"type": "MultiPolygon", "coordinates": coordinates}
