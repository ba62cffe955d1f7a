"""GPX, KMZ, Parquet and Cursor on Target, each read back by a reader that is not ours."""

import io
import math
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import fastkml
import gpxpy
import pyarrow.parquet as pq
import pytest
import takproto

from app.exchange import FlightRecord, cot, gpx, kml, kmz, parquet_zip
from app.store import Fact
from tests.unit.exchange.test_exchange import record_of
from tests.unit.store import samples

START_S = 1_700_000_000.0


@pytest.fixture
def record(tmp_path: Path) -> FlightRecord:
    facts: list[Fact] = [samples.telemetry(START_S + n * 0.25, 47.0 + n * 1e-4, 8.0) for n in range(9)]
    facts += [replace(samples.telemetry(START_S + 3.0, vehicle_id=2), altitude_m=math.nan, north_mps=math.nan)]
    facts += [samples.detection(START_S + 0.2), samples.detection(START_S + 500.0), samples.reading(START_S)]
    facts += [replace(samples.estimate(START_S + 2.0), radius_90_m=21.46, text='on <120> & "more"\x07')]
    return record_of([*facts, samples.gate(START_S)], tmp_path)


@pytest.fixture
def empty(tmp_path: Path) -> FlightRecord:
    return record_of([], tmp_path)


def test_gpx_by_gpxpy(record: FlightRecord, empty: FlightRecord) -> None:
    read: Any = gpxpy.parse(gpx(record).decode())
    assert "(simulated)" in read.name
    first, second = read.tracks
    points = first.segments[0].points
    assert [(point.latitude, point.elevation) for point in points][::8] == [(47.0, 500.0), (47.0008, 500.0)]
    assert points[1].time.timestamp() == START_S + 0.25
    assert second.segments[0].points[0].elevation is None
    assert [point.name for point in read.waypoints] == ["carrier 433.9200 MHz", 'Fox "A", <red>']
    assert (read.waypoints[1].latitude, read.waypoints[1].description) == (47.0011, 'on <120> & "more"\ufffd')
    assert gpxpy.parse(gpx(empty).decode()).tracks == []


def test_kmz_by_fastkml(record: FlightRecord) -> None:
    with zipfile.ZipFile(io.BytesIO(kmz(record))) as archive:
        assert archive.namelist() == ["doc.kml"]
        content = archive.read("doc.kml")
    assert content == kml(record)
    reader: Any = fastkml.KML  # takes bytes, which alone may name their encoding, but its types say str
    read = reader.from_string(content)
    (document,) = read.features
    assert [folder.name for folder in document.features] == ["Track", "Estimate", "Readings", "Detections"]
    line = document.features[0].features[0].geometry
    assert len(line.coords) == 9


def test_parquet_by_pyarrow(record: FlightRecord, empty: FlightRecord) -> None:
    with zipfile.ZipFile(io.BytesIO(parquet_zip(record))) as archive:
        tables = {name[:-8]: pq.read_table(io.BytesIO(archive.read(name))) for name in archive.namelist()}
    assert tables.keys() == record.tables.keys()
    for name, rows in record.tables.items():
        assert tables[name].column_names == list(rows.columns)
        assert tables[name].num_rows == len(rows.values)
        assert tables[name].schema.metadata[b"simulated"] == b"true"
    assert [tuple(row.values()) for row in tables["telemetry"].to_pylist()] == record.tables["telemetry"].values
    with zipfile.ZipFile(io.BytesIO(parquet_zip(empty))) as archive:
        assert pq.read_table(io.BytesIO(archive.read("gate.parquet"))).num_rows == 0


def test_cursor_on_target_by_takproto(record: FlightRecord, empty: FlightRecord) -> None:
    events = [ET.tostring(event, encoding="unicode") for event in ET.fromstring(cot(record))]
    read = [takproto.parse_proto(takproto.xml2proto(event)).cotEvent for event in events]
    by_type: dict[str, list[Any]] = {}
    for event in read:
        by_type.setdefault(event.type, []).append(event)
    assert {kind: len(some) for kind, some in by_type.items()} == {
        "a-f-A-M-H-Q": 4,  # the first vehicle each second, the second once
        "b-m-p-s-p-op": 1,
        "b-m-p-s-m": 1,
    }
    aircraft, beacon = by_type["a-f-A-M-H-Q"][0], by_type["b-m-p-s-m"][0]
    assert (aircraft.lat, aircraft.lon, aircraft.hae) == (47.0, 8.0, 9_999_999.0)
    assert aircraft.sendTime == START_S * 1000
    assert aircraft.staleTime - aircraft.startTime == 60_000
    assert aircraft.detail.track.speed == pytest.approx(math.hypot(0.5, 4.5), abs=0.01)
    assert aircraft.detail.contact.callsign == "Vehicle 1"
    assert beacon.ce == pytest.approx(10.0)
    assert beacon.detail.contact.callsign == 'Fox "A", <red>'
    assert all("SIMULATED" in event for event in events)
    assert len({event.uid for event in read}) == 4
    assert len(ET.fromstring(cot(empty))) == 0
