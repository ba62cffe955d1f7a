"""The exports, read back by readers that are not ours: zipfile and csv, json and shapely, xml.etree."""

import csv
import io
import json
import math
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from app.domain.geometry import LatLon
from app.domain.project import Flight, Project
from app.domain.radio import BeaconKind, Target, Targets
from app.domain.rows import Rows
from app.exchange import FlightRecord, csv_zip, geojson, kml
from app.exchange.record import polygons
from app.services.flights import TABLES
from app.store import Fact, Store
from tests.unit.store import samples

KML = {"k": "http://www.opengis.net/kml/2.2"}
TARGETS = Targets((Target("t1", 'Fox "A", <red>', BeaconKind.CARRIER, 433.92e6),), "t1")


def square(side_deg: float) -> tuple[LatLon, ...]:
    """Clockwise on purpose."""
    corners = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))
    return tuple(LatLon(47.0 + side_deg * north, 8.0 + side_deg * east) for north, east in corners)


def record_of(facts: list[Fact], directory: Path) -> FlightRecord:
    """Through a real store, as the service does it."""
    store = Store(directory)
    store.open()
    project = store.current()
    flight = store.writer.begin_flight(project.id, "Ridge, north", True, 1_700_000_000.0)
    assert store.writer.write(flight.id, facts) == 0
    tables = {table: store.of(project.id).rows(table, flight.id) for table in TABLES}
    store.close()
    return FlightRecord(project, flight, TARGETS, tables)


@pytest.fixture
def record(tmp_path: Path) -> FlightRecord:
    start_s = 1_700_000_000.0
    facts: list[Fact] = [samples.telemetry(start_s + n, 47.0 + n * 1e-4, 8.0) for n in range(5)]
    facts += [samples.reading(start_s + 1.5), samples.reading(start_s + 2.5, heard=False)]
    facts += [samples.detection(start_s + 2.2), samples.detection(start_s + 500.0)]
    facts += [samples.estimate(start_s + 2.0), samples.estimate(start_s + 4.0, enough=False)]
    ringed = replace(
        samples.estimate(start_s + 3.0), region_90=(square(0.01), square(0.005)), region_50=(square(0.001),)
    )
    facts += [ringed, samples.transition(start_s), samples.gate(start_s), samples.fault(start_s)]
    facts += [replace(samples.message(start_s), text='PreArm: "GPS", \x07bad\nline'), samples.command(start_s)]
    return record_of(facts, tmp_path)


@pytest.fixture
def empty(tmp_path: Path) -> FlightRecord:
    return record_of([], tmp_path)


def test_csv_reads_back_the_same(record: FlightRecord) -> None:
    with zipfile.ZipFile(io.BytesIO(csv_zip(record))) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == sorted(f"{name}.csv" for name in ("project", "flight", "targets", *TABLES))
        read = {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8"), newline="")))
            for name in archive.namelist()
        }
    for row, telemetry in zip(read["telemetry.csv"], record.rows("telemetry"), strict=True):
        assert {name: float(value) for name, value in row.items()} == telemetry
    assert read["message.csv"][0]["text"] == 'PreArm: "GPS", \x07bad\nline'
    assert [row["heard"] for row in read["reading.csv"]] == ["true", "false"]
    assert json.loads(read["estimate.csv"][0]["region_90"]) == record.rows("estimate")[0]["region_90"]
    assert (read["flight.csv"][0]["name"], read["flight.csv"][0]["ended_s"]) == ("Ridge, north", "")
    assert read["targets.csv"][0]["name"] == 'Fox "A", <red>'


def test_csv_of_an_empty_flight_has_every_column(empty: FlightRecord) -> None:
    with zipfile.ZipFile(io.BytesIO(csv_zip(empty))) as archive:
        lines = archive.read("reading.csv").decode().splitlines()
    assert lines == [",".join(empty.tables["reading"].columns)]


def features(record: FlightRecord, kind: str) -> list[dict[str, Any]]:
    collection = json.loads(geojson(record))
    assert collection["type"] == "FeatureCollection"
    return [feature for feature in collection["features"] if feature["properties"]["kind"] == kind]


def test_geojson_has_the_flight(record: FlightRecord) -> None:
    (track,) = features(record, "track")
    assert track["geometry"]["type"] == "LineString"
    assert track["geometry"]["coordinates"][0] == [8.0, 47.0]
    assert len(track["geometry"]["coordinates"]) == 5
    assert track["properties"]["started"] == "2023-11-14T22:13:20.000Z"
    assert [one["geometry"]["coordinates"] for one in features(record, "reading")] == [[8.001, 47.001]] * 2
    near, far = features(record, "detection")
    assert near["geometry"]["coordinates"] == [8.0, 47.0002]
    assert far["geometry"] is None
    assert (near["properties"]["beacon"], near["properties"]["confirmed"]) == ("carrier", True)
    (estimate,) = features(record, "estimate")
    assert estimate["geometry"]["coordinates"] == [8.0011, 47.0011]
    assert estimate["properties"]["time"] == "2023-11-14T22:13:23.000Z"
    assert json.loads(geojson(record))["simulated"] is True


def test_geojson_regions_are_polygons_with_their_holes(record: FlightRecord) -> None:
    shapely = pytest.importorskip("shapely")
    (region,) = features(record, "region_90")
    area = shapely.geometry.shape(region["geometry"])
    assert area.is_valid
    assert area.contains(shapely.Point(8.007, 47.0))
    assert not area.contains(shapely.Point(8.0, 47.0))
    (polygon,) = area.geoms
    assert polygon.exterior.is_ccw  # right-hand rule: RFC 7946, 3.1.6
    assert not polygon.interiors[0].is_ccw
    for ring in region["geometry"]["coordinates"][0]:
        assert ring[0] == ring[-1]


def test_an_island_in_a_hole_is_a_polygon_of_its_own() -> None:
    rings = [[[at.lat_deg, at.lon_deg] for at in square(side_deg)] for side_deg in (0.001, 0.03, 0.01)]
    assert [len(shape) for shape in polygons(rings)] == [2, 1]


def test_geojson_cuts_the_track_at_the_antimeridian(tmp_path: Path) -> None:
    longitudes = (179.9998, 179.9999, -179.9999, -179.9998)
    facts: list[Fact] = [samples.telemetry(float(n), 0.0, lon_deg) for n, lon_deg in enumerate(longitudes)]
    (track,) = features(record_of(facts, tmp_path), "track")
    assert track["geometry"]["type"] == "MultiLineString"
    for line in track["geometry"]["coordinates"]:
        assert all(abs(after[0] - before[0]) < 1.0 for before, after in pairwise(line))


def test_geojson_holds_no_number_that_json_has_not(tmp_path: Path) -> None:
    endless = replace(samples.estimate(1.0), radius_90_m=math.inf, entropy_bits=math.nan)
    nowhere = replace(samples.reading(1.0), lat_deg=math.nan)
    record = record_of([endless, nowhere, samples.reading(2.0, snr_db=math.nan)], tmp_path)
    (estimate,) = features(record, "estimate")
    assert "radius_90_m" not in estimate["properties"]
    assert len(features(record, "reading")) == 1
    assert b"inf" not in kml(record).lower()


def test_kml_has_the_flight(record: FlightRecord) -> None:
    root = ET.fromstring(kml(record))
    name = root.find("k:Document/k:name", KML)
    assert name is not None
    assert name.text == "First project: Ridge, north (simulated)"
    folders = {folder.findtext("k:name", "", KML): folder for folder in root.iterfind(".//k:Folder", KML)}
    line = folders["Track"].findtext(".//k:LineString/k:coordinates", "", KML).split()
    assert (len(line), line[0]) == (5, "8.00000000,47.00000000,500.00")
    assert len(folders["Readings"].findall("k:Placemark", KML)) == 2
    styles = [mark.findtext("k:styleUrl", "", KML) for mark in folders["Readings"].iterfind("k:Placemark", KML)]
    assert styles == ["#strong", "#weak"]
    assert len(folders["Detections"].findall("k:Placemark", KML)) == 1
    marks = [mark.findtext("k:name", "", KML) for mark in folders["Estimate"].iterfind("k:Placemark", KML)]
    assert marks == ['Fox "A", <red>', 'Fox "A", <red>: 90 %', 'Fox "A", <red>: 50 %']
    polygon = folders["Estimate"].find(".//k:Polygon", KML)
    assert polygon is not None
    assert len(polygon.findall("k:innerBoundaryIs", KML)) == 1
    defined = {f"#{style.get('id')}" for style in root.iterfind(".//k:Style", KML)}
    assert {url.text for url in root.iterfind(".//k:styleUrl", KML)} <= defined


def test_empty_flights_are_files_too(empty: FlightRecord) -> None:
    assert json.loads(geojson(empty))["features"] == []
    assert ET.fromstring(kml(empty)).findall(".//k:Placemark", KML) == []


def test_words_that_xml_cannot_hold_are_marked() -> None:
    tables = {table: Rows((), []) for table in TABLES}
    flight = Flight(1, 1, "bad \x00\ud800 name", "", False, 0.0, None, True)
    root = ET.fromstring(kml(FlightRecord(Project(1, "P", "", 0.0), flight, TARGETS, tables)))
    assert root.findtext("k:Document/k:name", "", KML) == "P: bad \ufffd\ufffd name"
