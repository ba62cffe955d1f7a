"""Homing by bearings: a point vehicle that turns at once, with a Yagi along its nose."""

from dataclasses import replace

import numpy as np

from app.bench.worlds import Air, World, reading
from app.domain.antenna import AntennaSetup
from app.domain.geometry import EastNorth
from app.locate.antenna import Attitude
from app.locate.bearinghoming import NO_DIRECTION, Bearings
from app.locate.homing import Leg, Situation
from app.locate.posterior import Posterior
from app.locate.regions import mode_and_radii
from app.locate.summary import estimate
from app.settings import LocateSettings

TICK_S, HEIGHT_M, GOAL_M = 1.0, 25.0, 15.0
START = EastNorth(-180.0, 130.0)


class Flight:
    def __init__(self, setup: AntennaSetup = AntennaSetup("yagi2"), seed: int = 1) -> None:  # noqa: B008 frozen
        self.strategy, self.posterior = Bearings(8, 150.0), Posterior(LocateSettings(antenna=setup, sigma_db=2.0))
        self.world = World(EastNorth(0.0, 0.0), Air(sigma_db=2.0), seed)
        self.place, self.heading_deg, self.time_s = START, 0.0, 1000.0
        self.legs: list[Leg] = []
        self.blocked = False
        self.turns_about = True

    def hear(self) -> None:
        away = -self.place.east_m, -self.place.north_m
        east, north = (np.array([value], np.float32) for value in away)
        gain = self.posterior.antenna.gain_db(east, north, -HEIGHT_M, Attitude(0.0, 0.0, self.heading_deg))
        power_db = self.world.power_db(self.place, HEIGHT_M) + float(np.asarray(gain).ravel()[0])
        one = reading(self.place, HEIGHT_M, power_db, self.time_s)
        self.posterior.add(replace(one, heading_deg=self.heading_deg))

    def step(self) -> Leg | None:
        self.hear()
        if self.time_s % 4.0 == 0.0:
            self.posterior.update()
        now = Situation(
            self.time_s,
            self.place - START,
            HEIGHT_M,
            5.0,
            GOAL_M,
            lambda start, goal: not self.blocked,
            6.0,
            self.heading_deg,
        )
        leg = self.strategy.next_leg(self.posterior, now)
        self.time_s += TICK_S
        if leg is not None:
            self.legs.append(leg)
            goal = leg.goal + START  # the posterior's plane has its origin where it was first heard
            way = goal - self.place
            reach_m = 5.0 * TICK_S
            self.place = goal if way.length_m <= reach_m else self.place + way * (reach_m / way.length_m)
            heading = leg.heading_deg if leg.heading_deg is not None else way.bearing_deg
            self.heading_deg = heading if self.turns_about else self.heading_deg
        return leg

    @property
    def known(self) -> tuple[float, float]:
        """Error of the most probable place, and the 90 % radius."""
        assert self.posterior.view is not None
        mode, _, radius_m = mode_and_radii(self.posterior.view.surface.grid, self.posterior.view.mass)
        return (EastNorth(*mode) + START).length_m, radius_m


def test_it_turns_flies_and_ends_over_the_beacon() -> None:
    flight = Flight()
    for _ in range(500):
        flight.step()
        if flight.posterior.view is not None and flight.known[1] <= GOAL_M and flight.place.length_m < GOAL_M:
            break
    error_m, radius_m = flight.known
    assert radius_m <= GOAL_M
    assert error_m < 20.0
    said = estimate(flight.posterior, "t", flight.time_s)
    assert said is not None
    assert said.enough
    texts = " ".join(leg.text for leg in flight.legs)
    assert "listening in direction 8 of 8" in texts
    assert "flying along the bearing of" in texts
    assert "flying over the beacon" in texts


def test_the_first_leg_leads_towards_the_beacon() -> None:
    flight = Flight()
    while not (flight.legs and "bearing of" in flight.legs[-1].text):
        flight.step()
        assert len(flight.legs) < 400
    way = flight.legs[-1].goal + START - flight.place
    wanted = flight.place * -1.0
    assert abs((way.bearing_deg - wanted.bearing_deg + 180.0) % 360.0 - 180.0) < 25.0


def test_a_vehicle_that_does_not_turn_is_not_waited_for() -> None:
    flight = Flight()
    flight.turns_about = False
    for _ in range(160):
        flight.step()
    assert any("no bearing" in leg.text and "turn" in leg.text for leg in flight.legs)


def test_where_no_leg_is_allowed_it_says_so() -> None:
    flight = Flight()
    flight.blocked = True
    for _ in range(60):
        flight.step()
    assert any("hovering: every leg" in leg.text for leg in flight.legs)
    assert flight.place == START


def test_without_a_direction_it_says_so_and_flies_informed() -> None:
    flight = Flight(AntennaSetup())
    for _ in range(60):
        flight.step()
    assert flight.legs
    assert all(leg.text.startswith(NO_DIRECTION) for leg in flight.legs)
    assert all(leg.heading_deg is None for leg in flight.legs)
