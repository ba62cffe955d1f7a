"""Plans read and written, beside pymavlink's own reader and QGroundControl's own files."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymavlink import mavwp

from app.domain.geometry import LatLon
from app.domain.safety import SafetyLimits
from app.errors import BadFile
from app.exchange.plans import of_search, read_plan, to_plan, to_waypoints
from app.settings import SearchSettings
from app.vehicle.fences import Circle, Fence, RallyPoint
from app.vehicle.missions import MissionItem
from app.vehicle.plan import Plan
from app.workers.mission import plan_for

HOME = LatLon(47.3977419, 8.5455938)


def _search() -> Plan:
    return of_search(plan_for(SearchSettings(), HOME, SafetyLimits()), HOME)


def _there_and_back(plan: Plan, tmp_path: Path, form: str) -> Plan:
    path = tmp_path / f"search.{form}"
    path.write_text(to_plan(plan) if form == "plan" else to_waypoints(plan), encoding="utf-8")
    return read_plan(path)


@pytest.mark.parametrize("form", ["plan", "waypoints"])
def test_a_search_survives_both_forms(tmp_path: Path, form: str) -> None:
    plan = _search()
    again = _there_and_back(plan, tmp_path, form)
    assert again.home is not None
    assert [item.command for item in again.items] == [item.command for item in plan.items]
    for ours, theirs in zip(plan.items, again.items, strict=True):
        assert theirs.position.lat_deg == pytest.approx(ours.position.lat_deg, abs=1e-7)
        assert theirs.height_m == pytest.approx(ours.height_m)


def test_pymavlink_reads_the_waypoints(tmp_path: Path) -> None:
    path = tmp_path / "search.waypoints"
    path.write_text(to_waypoints(_search()), encoding="utf-8")
    loader = mavwp.MAVWPLoader()
    assert loader.load(str(path)) == len(_search().items) + 1
    assert loader.wp(1).command == 22
    assert loader.wp(2).x == pytest.approx(_search().items[1].position.lat_deg, abs=1e-7)


CORNERS = (LatLon(47.0, 8.0), LatLon(47.1, 8.0), LatLon(47.1, 8.1))


def test_fence_rally_and_empty_parameters_survive_a_plan(tmp_path: Path) -> None:
    items = (MissionItem(16, HOME, 30.0, (0.0, 0.0, 0.0, math.nan)),)
    fence = Fence((CORNERS,), (CORNERS[::-1],), (Circle(HOME, 80.0),), (Circle(CORNERS[0], 5.5),), HOME)
    rally = (RallyPoint(HOME, 25.0), RallyPoint(CORNERS[1]))
    again = _there_and_back(Plan(HOME, items, fence, rally), tmp_path, "plan")
    assert (again.fence, again.rally) == (fence, rally)
    assert math.isnan(again.items[0].parameters[3])


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "items"),
    [
        ("mavsdk_qgroundcontrol_sample.plan", 0),
        ("mavsdk_qgroundcontrol_sample_with_survey.plan", 0),
        ("dronekit_mpmission.waypoints", 6),
    ],
)
def test_other_stations_files_are_read(shared_data: Path, name: str, items: int) -> None:
    plan = read_plan(shared_data / "mavlink" / "missions" / name)
    assert plan.home is not None
    assert len(plan.items) == items if items else len(plan.items) > 5


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("mavsdk_qgroundcontrol_sample_without_mission.plan", "line 1: mission: Field required"),
        ("mavsdk_qgroundcontrol_sample_wrong_overall_version.plan", "line 60: version: Input should be 1"),
        (
            "mavsdk_qgroundcontrol_sample_with_survey_missing_items.plan",
            r"line \d+: mission.items.1.TransectStyleComplexItem.Items: Field",
        ),
        (
            "mavsdk_qgroundcontrol_sample_with_structured_scan.plan",
            r"line 3\d: mission.items.1.TransectStyleComplexItem",
        ),
    ],
)
def test_wrong_files_name_the_field_and_the_line(shared_data: Path, name: str, complaint: str) -> None:
    with pytest.raises(BadFile, match=complaint):
        read_plan(shared_data / "mavlink" / "missions" / name)


def _plan(rest: str) -> str:
    return '{"fileType": "Plan", "version": 1, "mission": {"version": 2, "items": []}, ' + rest + "}"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "line 1: neither"),
        ("hello", "line 1: neither"),
        ("QGC WPL 120\n", "line 1: 'QGC WPL 120'"),
        ("QGC WPL 110\n", "line 2: there is no item"),
        ("QGC WPL 110\n0 1 0 16 0 0 0 0 47 8 0", "line 2: 11 fields"),
        ("QGC WPL 110\n0 1 0 16 0 0 0 0 47 8 0 1\n1 0 3 16 0 0 0 0 north 8 0 1", "line 3: latitude is 'north'"),
        ("QGC WPL 110\n0 1 0 16 0 0 0 0 47 8 nan 1", "line 2: .* is no place"),
        ("QGC WPL 110\n0 1 0 16 0 0 0 0 97 8 0 1", "line 2: .* is no place"),
        ("QGC WPL 110\n0 1 0 16.5 0 0 0 0 47 8 0 1", "line 2: .* whole numbers"),
        ('{"fileType": "Plan"}', "version: Field required"),
        ('{"fileType":\n "Plan",}', "line 2"),
        (
            _plan('"geoFence":\n {"circles": [\n{"inclusion": true,\n"circle": {"center": [47, 8],\n"radius": 0}}]}'),
            "line 5: geo",
        ),
        (
            _plan('"geoFence":\n {"polygons": [\n{"inclusion": true,\n"polygon": [[47, 8]]}]}'),
            "line 4: geoFence.polygons.0",
        ),
        (_plan('"rallyPoints": {"points": [\n[47, 8, 0],\n[97, 8, 0]]}'), r"line 3: rallyPoints.points.1.0: .* 90"),
    ],
)
def test_what_is_no_plan_is_told_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "x.plan"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=complaint):
        read_plan(path)


def test_missing_huge_and_binary_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        read_plan(tmp_path / "none.plan")
    (tmp_path / "bytes.plan").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(BadFile, match="cannot be read"):
        read_plan(tmp_path / "bytes.plan")
    with (tmp_path / "huge.plan").open("wb") as file:
        file.truncate(5_000_000)
    with pytest.raises(BadFile, match="at most"):
        read_plan(tmp_path / "huge.plan")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(items=st.lists(JSON, max_size=3), fence=JSON)
def test_any_json_is_a_plan_or_told(
    tmp_path_factory: pytest.TempPathFactory, items: list[object], fence: object
) -> None:
    path = tmp_path_factory.mktemp("plans") / "x.plan"
    whole = {"fileType": "Plan", "version": 1, "mission": {"version": 2, "items": items}, "geoFence": fence}
    path.write_text(json.dumps(whole), encoding="utf-8")
    try:
        read_plan(path)
    except BadFile as error:
        assert "x.plan" in str(error)  # noqa: PT017 - either outcome is right


def test_a_fence_that_crosses_itself_is_refused_with_its_line(tmp_path: Path) -> None:
    corners = tuple(LatLon(47.0 + north, 8.0 + east) for north, east in ((0, 0), (0.01, 0.01), (0.01, 0), (0, 0.01)))
    path = tmp_path / "bow.plan"
    path.write_text(to_plan(Plan(HOME, _search().items, Fence(inside=(corners,)))), encoding="utf-8")
    with pytest.raises(BadFile, match=r"line \d+: geoFence: the polygon crosses or touches itself at 47\.005"):
        read_plan(path)
