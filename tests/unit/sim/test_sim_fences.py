"""The simulated vehicles keep to the fences that were uploaded to them."""

import math
from typing import Any

import pytest

from hardware.sim import modes
from hardware.sim.config import SimConfig
from hardware.sim.failsafes import FenceWatch
from hardware.sim.fences import Cylinder, Fence, breached
from hardware.sim.missions import FENCE, MissionItem
from hardware.sim.modes import Guided
from hardware.sim.world import STEP_S, World

IN, OUT, CIRCLE_IN, CIRCLE_OUT = 5001, 5002, 5003, 5004
FREE = Cylinder(None, None)


def world(**changes: Any) -> World:
    made = World(SimConfig(wind_mps=0.0, gust_mps=0.0, ready_s=0.2, **changes))
    live(made, 0.5)
    return made


def live(made: World, seconds: float) -> None:
    for _ in range(round(seconds / STEP_S)):
        made.step()


def item(made: World, command: int, at: complex, parameter: float) -> MissionItem:
    place = made.globe(at)
    x, y = round(place.lat_deg * 1e7), round(place.lon_deg * 1e7)
    return MissionItem(0, command, 1, (parameter, 0.0, 0.0, 0.0), x, y, 0.0)


def area(made: World, command: int, *corners: complex) -> list[MissionItem]:
    return [item(made, command, corner, float(len(corners))) for corner in corners]


def square(made: World, command: int, half_m: float, middle: complex = 0j) -> list[MissionItem]:
    return area(made, command, *(middle + half_m * corner for corner in (1 + 1j, 1 - 1j, -1 - 1j, -1 + 1j)))


def found(made: World, at: complex, *fences: list[MissionItem]) -> Fence:
    made.pilot.missions.replace(FENCE, tuple(one for fence in fences for one in fence))
    made.pilot.now.at = at
    return breached(made.pilot.now, made.pilot.missions, FREE)


def test_polygons_and_circles_hold_and_shut_out() -> None:
    made = world()
    inner, hole = square(made, IN, 100.0), square(made, OUT, 10.0, 50 + 50j)
    assert found(made, 20 + 20j, inner, hole) == 0
    assert found(made, 120 + 0j, inner, hole) == Fence.POLYGON
    assert found(made, 52 + 48j, inner, hole) == Fence.POLYGON
    ring, island = [item(made, CIRCLE_IN, 0j, 80.0)], [item(made, CIRCLE_OUT, 0 + 40j, 15.0)]
    assert found(made, 70 + 0j, ring, island) == 0
    assert found(made, 0 + 30j, ring, island) == Fence.POLYGON
    assert found(made, 90 + 0j, ring, island) == Fence.POLYGON
    assert found(made, 300 + 0j) == 0  # without a fence there is none to breach


def test_a_concave_area_and_one_of_two_inclusions() -> None:
    made = world()
    ell = area(made, IN, 0j, 100 + 0j, 100 + 50j, 50 + 50j, 50 + 100j, 100j)
    assert found(made, 25 + 75j, ell) == 0
    assert found(made, 75 + 75j, ell) == Fence.POLYGON
    assert found(made, 75 + 75j, ell, square(made, IN, 20.0, 80 + 80j)) == 0


def test_cylinder_round_home() -> None:
    made = world()
    made.pilot.now.at, made.pilot.now.up_m = 60 + 0j, made.pilot.now.home_up_m + 40.0
    assert breached(made.pilot.now, made.pilot.missions, Cylinder(50.0, 30.0)) == Fence.CIRCLE | Fence.HEIGHT


def test_each_breach_is_told_once() -> None:
    watch = FenceWatch()
    assert watch.look(Fence.CIRCLE, 5) == Fence.CIRCLE
    assert watch.look(Fence.CIRCLE, 6) == 0
    assert watch.look(Fence.CIRCLE | Fence.POLYGON, 7) == Fence.POLYGON
    assert (watch.count, watch.since_ms) == (2, 7)
    assert watch.look(Fence.NONE, 8) == 0


def flown_out(made: World) -> None:
    """In the air, and on its way out of a square of 60 m by a station's order."""
    made.pilot.missions.replace(FENCE, tuple(square(made, IN, 60.0)))
    made.place(0j, 20.0, 0.0)
    made.pilot.mode_number, made.pilot.mode = modes.GUIDED, Guided(made.pilot.now)
    made.pilot.guided().go(200 + 0j, 20.0, None)


@pytest.mark.parametrize(("action", "mode"), [(1, modes.RTL), (2, modes.LAND), (4, modes.BRAKE), (0, modes.GUIDED)])
def test_arducopter_acts_on_a_polygon_as_its_parameter_says(action: int, mode: int) -> None:
    made = world()
    made.pilot.parameters.put("FENCE_ENABLE", 1.0)
    made.pilot.parameters.put("FENCE_ACTION", float(action))
    flown_out(made)
    live(made, 25.0)
    texts = [text for _, text in made.texts]
    assert texts.count("Polygon fence breached") == 1
    assert made.pilot.mode_number == mode
    if mode == modes.RTL:
        live(made, 20.0)
        assert abs(made.body.at) < 60.0
        assert "Fence breach cleared" in [text for _, text in made.texts]


def test_a_fence_that_is_not_enabled_or_not_watched_is_crossed() -> None:
    for name, value in (("FENCE_ENABLE", 0.0), ("FENCE_TYPE", 3.0)):
        made = world()
        made.pilot.parameters.put("FENCE_ENABLE", 1.0)
        made.pilot.parameters.put(name, value)
        flown_out(made)
        live(made, 15.0)
        assert made.pilot.mode_number == modes.GUIDED
        assert made.body.at.real > 70.0


@pytest.mark.parametrize(("action", "mode"), [(2, modes.LOITER), (3, modes.RTL), (1, 16)])
def test_px4_acts_on_a_polygon_as_its_parameter_says(action: int, mode: int) -> None:
    made = world(autopilot="px4")
    made.pilot.parameters.put("GF_ACTION", float(action))
    made.pilot.missions.replace(FENCE, tuple(square(made, IN, 60.0)))
    made.place(70 + 0j, 20.0, math.pi)
    made.pilot.set_mode(16)
    live(made, 2.0)
    assert "Geofence violated" in [text for _, text in made.texts]
    assert made.pilot.mode_number == mode
