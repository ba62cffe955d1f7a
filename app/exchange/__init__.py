"""Formats in and out; pure, any thread."""

from app.exchange.cot import cot
from app.exchange.csv_zip import csv_zip
from app.exchange.geojson import geojson
from app.exchange.gpx import gpx
from app.exchange.kml import kml, kmz
from app.exchange.parquet import parquet_zip
from app.exchange.record import FlightRecord

__all__ = ["FlightRecord", "cot", "csv_zip", "geojson", "gpx", "kml", "kmz", "parquet_zip"]
