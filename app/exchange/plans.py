"""Plans of other ground stations in and out: QGroundControl's .plan and the .waypoints of everybody; pure, any thread.

https://docs.qgroundcontrol.com/master/en/qgc-dev-user-guide/file_formats/plan.html and
https://mavlink.io/en/file_formats/.
"""

import json
import math
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.areas import check_outline
from app.domain.geometry import LatLon, on_earth
from app.domain.mission import SearchPlan
from app.errors import BadFile, OutOfRange
from app.exchange.jsonplace import line_of
from app.exchange.planfile import ComplexItem, PlanFile
from app.exchange.textfile import read_parsed
from app.vehicle.fences import Fence
from app.vehicle.missions import MissionItem, PlanKind
from app.vehicle.plan import Plan

FIRST_LINE = "QGC WPL 110"
COLUMNS = ("index", "current", "frame", "command", "p1", "p2", "p3", "p4", "latitude", "longitude", "height", "go on")
LARGEST_BYTES = 4_000_000
_GLOBAL = (0, 3, 5, 6, 10, 11)  # frames whose parameters 5 and 6 are a place


class PlanForm(StrEnum):
    """The forms of a plan's file."""

    PLAN = "plan"
    WAYPOINTS = "waypoints"


def read_plan(path: Path) -> Plan:
    """A .plan or .waypoints file, whatever its name. Raises ``BadFile`` with the field or line that is wrong."""
    return plan_file(path)[1]


def plan_file(path: Path) -> tuple[str, Plan]:
    """The text of such a file, and the plan in it. Raises ``BadFile`` with the field or line that is wrong."""
    return read_parsed(path, LARGEST_BYTES, "a plan", plan_of)


def plan_of(text: str) -> Plan:
    """The plan in the text of such a file. Raises ``BadFile`` with the field or line that is wrong."""
    return _from_waypoints(text) if _is_waypoints(text) else _from_plan(text)


def kinds_in(text: str) -> tuple[PlanKind, ...]:
    """The lists that such a file speaks of: a .waypoints file knows nothing of fence and rally points."""
    return (PlanKind.MISSION,) if _is_waypoints(text) else tuple(PlanKind)


def to_text(plan: Plan, form: PlanForm) -> str:
    """The text of a file of this form."""
    return to_waypoints(plan) if form is PlanForm.WAYPOINTS else to_plan(plan)


def to_waypoints(plan: Plan) -> str:
    """QGC WPL 110: home as item 0, then the items. Fence and rally points have no place in it."""
    home = plan.home or LatLon(0.0, 0.0)
    first = MissionItem(mavlink.MAV_CMD_NAV_WAYPOINT, home, 0.0, frame=mavlink.MAV_FRAME_GLOBAL)
    lines = [FIRST_LINE]
    for number, item in enumerate((first, *plan.items)):
        degrees = (item.position.lat_deg, item.position.lon_deg)
        figures = [f"{0.0 if math.isnan(value) else value:.8f}" for value in (*item.parameters, *degrees)]
        lines.append("\t".join([str(number), str(int(number == 0)), str(item.frame), str(item.command), *figures]))
        lines[-1] += f"\t{item.height_m:.6f}\t1"
    return "\n".join(lines) + "\n"


def to_plan(plan: Plan) -> str:
    """QGroundControl's .plan, with fence and rally points."""
    home = plan.home or next((item.position for item in plan.items), LatLon(0.0, 0.0))
    whole = {
        "fileType": "Plan",
        "version": 1,
        "groundStation": "Kestrel",
        "mission": {
            "version": 2,
            "firmwareType": mavlink.MAV_AUTOPILOT_ARDUPILOTMEGA,
            "vehicleType": mavlink.MAV_TYPE_QUADROTOR,
            "cruiseSpeed": 5,
            "hoverSpeed": 5,
            "globalPlanAltitudeMode": 1,
            "plannedHomePosition": [home.lat_deg, home.lon_deg, 0],
            "items": [_as_json(number, item) for number, item in enumerate(plan.items, 1)],
        },
        "geoFence": _fence_json(plan.fence),
        "rallyPoints": {
            "version": 2,
            "points": [[one.position.lat_deg, one.position.lon_deg, one.height_m] for one in plan.rally],
        },
    }
    return json.dumps(whole, indent=4) + "\n"


def _fence_json(fence: Fence) -> dict[str, Any]:
    polygons = [(corners, True) for corners in fence.inside] + [(corners, False) for corners in fence.outside]
    circles = [(one, True) for one in fence.circles_inside] + [(one, False) for one in fence.circles_outside]
    back = fence.return_to
    return {
        "version": 2,
        "circles": [
            {"version": 1, "inclusion": kind, "circle": {"center": _pair(one.centre), "radius": one.radius_m}}
            for one, kind in circles
        ],
        "polygons": [
            {"version": 1, "inclusion": kind, "polygon": [_pair(corner) for corner in corners]}
            for corners, kind in polygons
        ],
        **({"breachReturn": [*_pair(back), 0]} if back is not None else {}),
    }


def _pair(place: LatLon) -> list[float]:
    return [place.lat_deg, place.lon_deg]


def of_search(search: SearchPlan, home: LatLon | None) -> Plan:
    """A search pattern as a mission: take off, the waypoints, return."""
    start = home or search.waypoints[0]
    takeoff = MissionItem(mavlink.MAV_CMD_NAV_TAKEOFF, start, search.height_m)
    way = (MissionItem(mavlink.MAV_CMD_NAV_WAYPOINT, place, search.height_m) for place in search.waypoints)
    back = MissionItem(mavlink.MAV_CMD_NAV_RETURN_TO_LAUNCH, LatLon(0.0, 0.0), 0.0, frame=mavlink.MAV_FRAME_MISSION)
    return Plan(home, (takeoff, *way, back))


def _as_json(number: int, item: MissionItem) -> dict[str, Any]:
    first = [None if math.isnan(value) else value for value in item.parameters]
    place = [item.position.lat_deg, item.position.lon_deg, item.height_m]
    rest = {"autoContinue": True, "doJumpId": number, "AltitudeMode": 1, "Altitude": item.height_m}
    return {
        "type": "SimpleItem",
        "command": item.command,
        "frame": item.frame,
        "params": first + place,
        "AMSLAltAboveTerrain": None,
        **rest,
    }


def _from_plan(text: str) -> Plan:
    try:
        whole = PlanFile.model_validate(json.loads(text))
    except json.JSONDecodeError as error:
        raise BadFile(f"line {error.lineno}: neither a .plan nor a .waypoints file ({error.msg})") from error
    except ValidationError as error:
        raise BadFile("; ".join(_complaints(error, text))) from error
    items: list[MissionItem] = []
    for number, one in enumerate(whole.mission.items):
        line = line_of(text, ("mission", "items", number))
        for item in one.items() if isinstance(one, ComplexItem) else [one.item()]:
            _check(item, f"line {line}: mission.items.{number}")
            items.append(item)
    home, fence = whole.mission.plannedHomePosition, whole.geoFence.value()
    for corners in (*fence.inside, *fence.outside):
        if len(corners) > 2:
            _check_polygon(corners, f"line {line_of(text, ('geoFence', 'polygons'))}: geoFence: the polygon")
    return Plan(
        LatLon(home[0], home[1]) if home else None,
        tuple(items),
        fence,
        whole.rallyPoints.value(),
    )


def _complaints(error: ValidationError, text: str) -> Iterator[str]:
    for one in error.errors()[:3]:
        path = [part for part in one["loc"] if part not in {"SimpleItem", "ComplexItem"}]  # what pydantic adds
        place = ".".join(map(str, path))
        yield f"line {line_of(text, path)}: {place or 'the whole'}: {one['msg']}"


def _is_waypoints(text: str) -> bool:
    return text.startswith("QGC WPL")


def _from_waypoints(text: str) -> Plan:
    lines = text.splitlines()
    if lines[0].strip() != FIRST_LINE:
        raise BadFile(f"line 1: {lines[0].strip()!r}, where only {FIRST_LINE!r} is known")
    items = [_item(number, line.split()) for number, line in enumerate(lines[1:], 2) if line.strip()]
    if not items:
        raise BadFile("line 2: there is no item")
    return Plan(items[0].position, tuple(items[1:]))


def _item(number: int, fields: list[str]) -> MissionItem:
    if len(fields) != len(COLUMNS):
        raise BadFile(f"line {number}: {len(fields)} fields, where {len(COLUMNS)} are due")
    values = []
    for name, field in zip(COLUMNS, fields, strict=True):
        try:
            values.append(float(field))
        except ValueError as error:
            raise BadFile(f"line {number}: {name} is {field!r}, which is no number") from error
    if not all(value.is_integer() for value in values[:4]):
        raise BadFile(f"line {number}: index, current, frame and command are whole numbers")
    place = LatLon(values[8], values[9])
    item = MissionItem(int(values[3]), place, values[10], _four(tuple(values[4:8])), int(values[2]))
    _check(item, f"line {number}")
    return item


def _check(item: MissionItem, where: str) -> None:
    if not (0 <= item.command <= 65_535 and 0 <= item.frame <= 255):
        raise BadFile(f"{where}: command {item.command} or frame {item.frame} is none of MAVLink's")
    if not math.isfinite(item.height_m) or (item.frame in _GLOBAL and not on_earth(item.position)):
        raise BadFile(f"{where}: {item.position.lat_deg}, {item.position.lon_deg}, {item.height_m} m is no place")


def _check_polygon(corners: tuple[LatLon, ...], what: str) -> None:
    try:
        check_outline(corners, what)
    except OutOfRange as error:
        raise BadFile(str(error)) from error


def _four(values: tuple[float, ...]) -> tuple[float, float, float, float]:
    a, b, c, d = values
    return a, b, c, d
