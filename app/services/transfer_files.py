"""What the vehicle keeps as rows for people, and the files it is kept in, beside ``TransferService``; any thread."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.errors import BadFile
from app.exchange.parameters import Difference, ParameterForm, parameter_file
from app.exchange.plans import PlanForm, kinds_in, plan_file
from app.exchange.textfile import write_text
from app.vehicle.missions import MissionItem, PlanKind
from app.vehicle.parameters import Parameter

LISTS = {"Mission": PlanKind.MISSION, "Geofence": PlanKind.FENCE, "Rally points": PlanKind.RALLY}
FRAMES = {0: "above sea", 3: "above home", 5: "above sea", 6: "above home", 10: "above ground", 11: "above ground"}
_PREFIX = "MAV_CMD_"
_DIGITS = 7  # as many as 32 bits hold


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of a list; texts are empty where the item says nothing of it."""

    number: int
    command: str
    lat: str
    lon: str
    height: str
    parameters: str


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """A parameter in the vehicle and in the file it is compared with; None: there it is not."""

    name: str
    value: float | None
    file: float | None = None
    differs: bool = False


@dataclass(frozen=True, slots=True)
class PlanOnDisk:
    """A .plan or .waypoints file that was looked through."""

    name: str
    text: str
    lists: Mapping[str, tuple[ItemRow, ...]]  # the lists it replaces, by their name in ``LISTS``


@dataclass(frozen=True, slots=True)
class ParametersOnDisk:
    """A parameter file that was looked through."""

    name: str
    text: str
    count: int


def open_plan(path: Path) -> PlanOnDisk:
    """Raises ``BadFile`` with the field and the line."""
    text, plan = plan_file(path)
    held: dict[PlanKind, Sequence[MissionItem]] = {
        PlanKind.MISSION: plan.items,
        PlanKind.FENCE: plan.fence.items(),
        PlanKind.RALLY: [one.item() for one in plan.rally],
    }
    kinds = kinds_in(text)
    return PlanOnDisk(path.name, text, {name: item_rows(held[kind]) for name, kind in LISTS.items() if kind in kinds})


def open_parameters(path: Path) -> ParametersOnDisk:
    """Raises ``BadFile`` with the field and the line."""
    text, found = parameter_file(path)
    return ParametersOnDisk(path.name, text, len(found))


def plan_form(path: Path) -> PlanForm:
    """The form that a file's name asks for. Raises ``BadFile`` for another ending than .plan and .waypoints."""
    try:
        return PlanForm(path.suffix[1:].lower())
    except ValueError:
        raise BadFile(f"{path.name}: the name of a mission file ends in .plan or .waypoints") from None


def parameter_form(path: Path) -> ParameterForm:
    """QGroundControl's for .params, else Mission Planner's and MAVProxy's."""
    return ParameterForm.QGC if path.suffix.lower() == ".params" else ParameterForm.ARDUPILOT


def save(path: Path, text: str) -> Path:
    """Raises ``BadFile`` when the place cannot be written."""
    write_text(path, text)
    return path


def item_rows(items: Iterable[MissionItem]) -> tuple[ItemRow, ...]:
    return tuple(_row(number, item) for number, item in enumerate(items, 1))


def parameter_rows(held: Mapping[str, Parameter], file: Iterable[Difference] = ()) -> tuple[ParameterRow, ...]:
    """All by name; ``file``: what another file has otherwise."""
    rows = {name: ParameterRow(name, one.value, one.value) for name, one in held.items()}
    rows |= {one.name: ParameterRow(one.name, one.vehicle, one.file, True) for one in file}
    return tuple(row for _, row in sorted(rows.items()))


def set_since(compared: Iterable[Difference], before: ParameterRow, now: Parameter) -> tuple[Difference, ...]:
    """What still differs from the file once the vehicle has said another value."""
    rest = tuple(one for one in compared if one.name != now.name)
    agrees = before.file is not None and math.isclose(before.file, now.value, rel_tol=1e-6, abs_tol=1e-6)
    return rest if agrees else (*rest, Difference(now.name, before.file, now.value))


def figure(value: float | None) -> str:
    """A parameter's value as people write it; empty when there is none."""
    if value is None:
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else f"{value:.{_DIGITS}g}"


def _row(number: int, item: MissionItem) -> ItemRow:
    known = mavlink.enums["MAV_CMD"].get(item.command)
    name = str(known.name).removeprefix(_PREFIX).replace("_", " ").lower() if known else f"command {item.command}"
    placed = item.frame in FRAMES and (item.position.lat_deg, item.position.lon_deg) != (0.0, 0.0)
    lat, lon = (f"{item.position.lat_deg:.7f}", f"{item.position.lon_deg:.7f}") if placed else ("", "")
    height = f"{item.height_m:g} m {FRAMES[item.frame]}" if item.frame in FRAMES else ""
    return ItemRow(number, name, lat, lon, height, "  ".join(f"{value:g}" for value in item.parameters))
