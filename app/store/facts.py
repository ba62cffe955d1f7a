"""How each fact becomes a row of its table; pure, any thread."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from operator import attrgetter
from typing import Any

from sqlalchemy import Table

from app.domain.bearing import Bearing
from app.domain.estimate import Estimate, Ring
from app.domain.fault import Fault
from app.domain.mission import Transition
from app.domain.radio import Detection, Level, Reading
from app.domain.safety import GateReport
from app.domain.sarsat406.message import Decoded
from app.domain.vehicle import CommandRecord, Telemetry, VehicleMessage
from app.store.models import FACTS

Fact = (
    Telemetry
    | Reading
    | Detection
    | Decoded
    | Estimate
    | Transition
    | Bearing
    | CommandRecord
    | VehicleMessage
    | Fault
    | GateReport
)
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """Where one type of fact goes: ``columns`` are the flight's id and then what ``row`` returns."""

    table: Table
    columns: tuple[str, ...]
    row: Callable[[Any], Row]


def _columns(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.name not in {"id", "flight_id"}]


def _kind(name: str, row: Callable[[Any], Row], columns: Sequence[str] = ()) -> Kind:
    table = FACTS[name]
    return Kind(table, ("flight_id", *(columns or _columns(table))), row)


def _plain(name: str) -> Kind:
    """A fact whose fields are named like the columns."""
    return _kind(name, attrgetter(*_columns(FACTS[name])))


def _reading() -> Kind:
    """The level's columns first: two getters take a third of the time of one that looks into the level for each."""
    of_level = [field.name for field in fields(Level)]
    of_pose = [column for column in _columns(FACTS["reading"]) if column not in of_level]
    level, pose = attrgetter(*of_level), attrgetter(*of_pose)
    return _kind("reading", lambda fact: level(fact.level) + pose(fact), (*of_level, *of_pose))


def _rings(rings: tuple[Ring, ...]) -> str:
    return json.dumps([[[round(at.lat_deg, 8), round(at.lon_deg, 8)] for at in ring] for ring in rings])


def _estimate(fact: Estimate) -> Row:
    return (
        fact.time_s,
        fact.target_id,
        fact.readings,
        fact.enough,
        fact.text,
        fact.mode.lat_deg,
        fact.mode.lon_deg,
        fact.mean.lat_deg,
        fact.mean.lon_deg,
        fact.radius_50_m,
        fact.radius_90_m,
        fact.area_50_m2,
        fact.area_90_m2,
        fact.entropy_bits,
        _rings(fact.region_50),
        _rings(fact.region_90),
    )


_DECODED = attrgetter(*[column for column in _columns(FACTS["decoded"]) if column != "fields"])


def _decoded(fact: Decoded) -> Row:
    return *_DECODED(fact), json.dumps([asdict(field) for field in fact.fields])


_BEARING = attrgetter(*[column for column in _columns(FACTS["bearing"]) if column != "slices"])


def _bearing(fact: Bearing) -> Row:
    return *_BEARING(fact), json.dumps([asdict(one) for one in fact.slices])


def _gate(fact: GateReport) -> Row:
    return fact.time_s, fact.purpose, fact.open, json.dumps([asdict(verdict) for verdict in fact.verdicts])


KINDS: dict[type[Fact], Kind] = {
    Telemetry: _plain("telemetry"),
    Reading: _reading(),
    Detection: _plain("detection"),
    Decoded: _kind("decoded", _decoded),
    Estimate: _kind("estimate", _estimate),
    Transition: _plain("transition"),
    Bearing: _kind("bearing", _bearing),
    CommandRecord: _plain("command"),
    VehicleMessage: _plain("message"),
    Fault: _plain("fault"),
    GateReport: _kind("gate", _gate),
}
