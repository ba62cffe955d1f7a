"""The strategies fly a point vehicle to the beacon in made-up worlds."""

import math
import statistics
from itertools import pairwise

import numpy as np
import pytest

from app.bench.worlds import PLANE, Air, Flight, World, home_in, reading
from app.domain.geometry import EastNorth
from app.domain.safety import SafetyLimits
from app.domain.way import ways_from
from app.locate.homing import NO_WAY, Gradient, Situation, Strategy
from app.locate.informed import Informed
from app.locate.posterior import Posterior
from app.settings import LocateSettings, MissionSettings

MISSION = MissionSettings()


def _fly(seed: int, strategy: Strategy, air: Air, limit_s: float = 600.0) -> Flight:
    random = np.random.default_rng(1000 + seed)
    distance_m, bearing = random.uniform(300.0, 500.0), random.uniform(0.0, math.tau)
    start = EastNorth(distance_m * math.sin(bearing), distance_m * math.cos(bearing))
    world, posterior = World(EastNorth(0.0, 0.0), air, seed), Posterior(LocateSettings(correlation_m=10.0))
    return home_in(world, strategy, posterior, start, MISSION.homing_height_m, limit_s, MISSION.goal_radius_m)


@pytest.mark.parametrize("seed", [1, 2])
def test_informed_finds_it(seed: int) -> None:
    flight = _fly(seed, Informed(), Air(sigma_db=2.0))
    assert flight.found
    assert flight.error_m <= 20.0


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("sigma_db", "correlation_m"), [(2.0, 10.0), (3.0, 15.0), (4.0, 10.0)])
def test_informed_finds_twenty(sigma_db: float, correlation_m: float) -> None:
    flights = [_fly(seed, Informed(), Air(sigma_db=sigma_db, correlation_m=correlation_m)) for seed in range(20)]
    assert sum(flight.found for flight in flights) >= 19
    assert statistics.median(flight.error_m for flight in flights) <= 15.0
    assert statistics.median(flight.time_s for flight in flights) <= 360.0
    assert sum(flight.inside_90 for flight in flights) >= 15


def test_gradient_climbs() -> None:
    flight = _fly(3, Gradient(), Air(sigma_db=1.0), limit_s=300.0)
    assert flight.error_m < 100.0


def _line(strategy: Strategy) -> tuple[Posterior, list[str]]:
    """A straight flight past the beacon with the strategy asked each second, its answers ignored."""
    world = World(EastNorth(100.0, 80.0), Air(sigma_db=2.0), 4)
    posterior, goals = Posterior(LocateSettings()), []
    for i in range(80):
        place = EastNorth(2.5 * i, 0.0)
        posterior.add(reading(place, 40.0, world.power_db(place, 40.0), 1000.0 + 0.5 * i))
        posterior.update()
        leg = strategy.next_leg(posterior, Situation(1000.0 + 0.5 * i, place, 40.0, 5.0, 20.0))
        if leg is not None:
            goals.append(f"{leg.goal.east_m:.0f} {leg.goal.north_m:.0f}")
    return posterior, goals


def test_informed_does_not_dither() -> None:
    _, goals = _line(Informed())
    changes = sum(a != b for a, b in pairwise(goals))
    assert changes <= 10  # in 40 s


def test_nothing_heard_nothing_advised() -> None:
    now = Situation(0.0, EastNorth(0.0, 0.0), 40.0, 5.0, 20.0)
    for strategy in (Informed(), Gradient()):
        assert strategy.next_leg(Posterior(LocateSettings()), now) is None


def test_it_flies_to_the_mode_once_it_is_sure() -> None:
    posterior, _ = _line(Gradient())
    now = Situation(2000.0, EastNorth(0.0, 0.0), 40.0, 5.0, goal_radius_m=2000.0)
    leg = Informed().next_leg(posterior, now)
    assert leg is not None
    assert "over the beacon" in leg.text
    mirrored = EastNorth(leg.goal.east_m, abs(leg.goal.north_m))  # a straight line cannot tell left from right
    assert (mirrored - EastNorth(100.0, 80.0)).length_m < 100.0


def test_legs_say_what_they_are_for() -> None:
    posterior, _ = _line(Gradient())
    leg = Informed().next_leg(posterior, Situation(2000.0, EastNorth(200.0, 0.0), 40.0, 5.0, 5.0))
    assert leg is not None
    assert "90 % radius from" in leg.text
    assert leg.speed_mps == 5.0


BEYOND = 150.0  # metres east: a wall nothing may fly through


def _west_of_the_wall(start: EastNorth, goal: EastNorth) -> bool:
    return start.east_m <= BEYOND and goal.east_m <= BEYOND


@pytest.mark.parametrize("strategy", [Informed(), Gradient()])
def test_no_leg_crosses_what_is_not_allowed(strategy: Strategy) -> None:
    posterior, _ = _line(Gradient())
    for i, east_m in enumerate((0.0, 60.0, 120.0, 149.0)):
        place = EastNorth(east_m, 0.0)
        now = Situation(2000.0 + 30.0 * i, place, 40.0, 5.0, 5.0, _west_of_the_wall)
        leg = strategy.next_leg(posterior, now)
        assert leg is not None
        assert leg.goal.east_m <= BEYOND
        assert (leg.goal - place).length_m > 1.0


@pytest.mark.parametrize("goal_radius_m", [5.0, 2000.0])
@pytest.mark.parametrize("kind", [Informed, Gradient])
def test_when_no_leg_is_left_it_hovers_on_one_spot_and_says_why(kind: type[Strategy], goal_radius_m: float) -> None:
    posterior, _ = _line(Gradient())
    strategy, spot = kind(), EastNorth(0.0, 0.0)
    for i in range(20):
        place = EastNorth(0.1 * i, 0.0)
        now = Situation(2000.0 + i, place, 40.0, 5.0, goal_radius_m, lambda start, goal: False)
        leg = strategy.next_leg(posterior, now)
        assert leg is not None
        assert leg.goal == spot
        assert leg.text == NO_WAY


def test_it_flies_round_a_closed_area_to_a_beacon_it_is_sure_of() -> None:
    posterior, _ = _line(Gradient())
    place = EastNorth(-400.0, 0.0)
    corners = ((-250.0, -60.0), (-150.0, -60.0), (-150.0, 100.0), (-250.0, 100.0))
    limits = SafetyLimits(no_fly=(tuple(PLANE.to_globe(EastNorth(*corner)) for corner in corners),))
    way = ways_from(PLANE.origin, PLANE.to_globe(place), limits)

    def free(start: EastNorth, goal: EastNorth) -> bool:
        return way(PLANE.to_globe(start), PLANE.to_globe(goal))

    strategy, places, text = Informed(), [place], ""
    for i in range(6):
        leg = strategy.next_leg(posterior, Situation(2000.0 + i, places[-1], 40.0, 5.0, 2000.0, free))
        assert leg is not None
        assert free(places[-1], leg.goal)
        places.append(leg.goal)
        text = text or leg.text
    assert "round what is not allowed" in text
    assert (places[-1] - EastNorth(100.0, 80.0)).length_m < 250.0


def test_a_beacon_within_a_closed_area_is_approached_as_far_as_is_allowed() -> None:
    posterior, _ = _line(Gradient())
    place = EastNorth(-300.0, 0.0)
    now = Situation(2000.0, place, 40.0, 5.0, 2000.0, lambda start, goal: goal.east_m <= -50.0)
    leg = Informed().next_leg(posterior, now)
    assert leg is not None
    assert place.east_m < leg.goal.east_m <= -50.0
    assert "no nearer is allowed" in leg.text
