"""Bearings told by KrakenSDR: the "Kraken App" CSV and the JSON its middleware sends; pure, any thread.

CSV fields by krakenrf's documentation: UNIX time in ms, bearing (compass convention), confidence 0-99, power dB,
frequency Hz, arrangement (UCA, ULA), latency ms, station, latitude, longitude, GPS heading, compass heading, which of
them is used (GPS or Compass), four reserved, then 360 values of the whole circle. JSON: tStamp, radioBearing, conf,
power, freq, latitude, longitude, gpsBearing, station_id. The bearing is relative to the array: its heading is added.
"""

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.domain.geometry import LatLon, on_earth
from app.errors import BadFile

LARGEST_CHARACTERS = 4_000_000
MOST_ROWS = 1000
FIRST_SPECTRUM = 17  # column of the first of the 360 values
LEAST_SIGMA_DEG, WIDEST_SIGMA_DEG = 2.0, 40.0
USUAL_SIGMA_DEG = 6.0  # of a five-element circle with a clear signal, where no spectrum tells


@dataclass(frozen=True, slots=True)
class KrakenBearing:
    """One line or object: ``bearing_deg`` is true north's when the heading is."""

    time_s: float
    position: LatLon
    bearing_deg: float
    heading_deg: float  # of the array, added already
    magnetic: bool  # the heading was a compass's
    sigma_deg: float
    confidence: float  # 0 ... 1
    frequency_hz: float
    station: str
    mirrored: bool  # a straight array cannot tell its two sides apart

    @property
    def other_deg(self) -> float | None:
        """Its mirror image, where there is one: on the other side of a straight array."""
        return (2.0 * self.heading_deg - self.bearing_deg) % 360.0 if self.mirrored else None


def read_kraken(text: str) -> list[KrakenBearing]:
    """What KrakenSDR sent, JSON (an object or a list of them) or CSV lines. Raises ``BadFile``."""
    if len(text) > LARGEST_CHARACTERS:
        raise BadFile("This is longer than anything KrakenSDR sends.")
    stripped = text.strip()
    rows = _json(stripped) if stripped.startswith(("{", "[")) else _csv(stripped)
    if not 0 < len(rows) <= MOST_ROWS:
        raise BadFile(f"{len(rows)} bearings: one to {MOST_ROWS} can be taken at a time.")
    return rows


def _json(text: str) -> list[KrakenBearing]:
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadFile(f"This is no JSON: {error}.") from error
    objects = content if isinstance(content, list) else [content]
    if not all(isinstance(one, dict) for one in objects):
        raise BadFile("KrakenSDR's JSON is an object, or a list of objects.")
    return [_object(one) for one in objects]


def _object(one: Mapping[str, Any]) -> KrakenBearing:
    values = one.get("doaArray", one.get("doaarray", ()))
    spectrum = values.strip(" ,").split(",") if isinstance(values, str) else values
    return _bearing(
        time_ms=_number(one.get("tStamp", one.get("time"))),
        bearing=_number(one.get("radioBearing", one.get("radiobearing"))),
        confidence=_number(one.get("conf", 0.0)),
        frequency_hz=_number(one.get("freq", 0.0)),
        arrangement=str(one.get("antType", one.get("anttype", ""))),
        station=str(one.get("station_id", one.get("id", ""))),
        position=LatLon(_number(one.get("latitude", one.get("lat"))), _number(one.get("longitude", one.get("lng")))),
        heading=_number(one.get("gpsBearing", one.get("gpsheading", 0.0))),
        magnetic=False,
        spectrum=[_number(value) for value in spectrum] if isinstance(spectrum, list) else [],
    )


def _csv(text: str) -> list[KrakenBearing]:
    lines = [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(text)) if line]
    found = []
    for number, cells in enumerate(lines, 1):
        if number == 1 and math.isnan(_number(cells[0])):
            continue  # a header
        if len(cells) < 11:
            raise BadFile(f"Line {number} has {len(cells)} fields; KrakenSDR's CSV has 11 or more.")
        compass = len(cells) > 12 and cells[12].lower().startswith("comp")
        found.append(
            _bearing(
                time_ms=_number(cells[0]),
                bearing=_number(cells[1]),
                confidence=_number(cells[2]),
                frequency_hz=_number(cells[4]),
                arrangement=cells[5],
                station=cells[7],
                position=LatLon(_number(cells[8]), _number(cells[9])),
                heading=_number(cells[11] if compass else cells[10]),
                magnetic=compass,
                spectrum=[_number(cell) for cell in cells[FIRST_SPECTRUM : FIRST_SPECTRUM + 360]],
            )
        )
    return found


def _bearing(
    *, time_ms: float, bearing: float, confidence: float, frequency_hz: float, arrangement: str, station: str,
    position: LatLon, heading: float, magnetic: bool, spectrum: list[float],
) -> KrakenBearing:  # fmt: skip
    if not on_earth(position) or not math.isfinite(bearing):
        raise BadFile("A bearing of KrakenSDR needs its latitude, longitude and angle; set its location source there.")
    if not math.isfinite(time_ms) or time_ms <= 0.0:
        raise BadFile("A bearing of KrakenSDR needs its time in ms since 1970.")
    turn = heading if math.isfinite(heading) else 0.0
    return KrakenBearing(
        time_s=time_ms / 1e3,
        position=position,
        bearing_deg=(bearing + turn) % 360.0,
        heading_deg=turn % 360.0,
        magnetic=magnetic,
        sigma_deg=_width_deg(spectrum),
        confidence=min(max(confidence / 99.0, 0.0), 1.0) if math.isfinite(confidence) else 0.0,
        frequency_hz=frequency_hz if math.isfinite(frequency_hz) else 0.0,
        station=station[:80],
        mirrored=arrangement.strip().upper() == "ULA",
    )


def _width_deg(spectrum: list[float]) -> float:
    """Half the width of the peak where it has fallen by half; the usual where there is none to see."""
    if len(spectrum) != 360 or not all(math.isfinite(value) for value in spectrum):
        return USUAL_SIGMA_DEG
    low, high = min(spectrum), max(spectrum)
    if high <= low:
        return WIDEST_SIGMA_DEG
    above = sum(value >= 0.5 * (low + high) for value in spectrum)
    return min(max(above / 2.355, LEAST_SIGMA_DEG), WIDEST_SIGMA_DEG)


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan
