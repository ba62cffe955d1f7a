"""Formats in and out; pure, any thread."""

from app.exchange.csv_zip import csv_zip
from app.exchange.geojson import geojson
from app.exchange.kml import kml
from app.exchange.record import FlightRecord

__all__ = ["FlightRecord", "csv_zip", "geojson", "kml"]
