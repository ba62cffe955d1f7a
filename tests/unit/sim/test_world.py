import cmath
import math

import numpy as np
import pytest
from pydantic import ValidationError

from app.domain.geometry import LatLon, distance_m
from app.domain.radio import BeaconKind
from app.errors import SettingsError
from hardware.sim import modes
from hardware.sim.body import Battery, Body, Demand, Wind
from hardware.sim.channel import Channel
from hardware.sim.config import Emitter, SimConfig
from hardware.sim.control import Quit, obey
from hardware.sim.stations import Stations
from hardware.sim.steering import climb, towards
from hardware.sim.world import STEP_S, World


def still() -> Body:
    return Body(Wind(0.0, 0.0, 0.0, np.random.default_rng(1)))


def flown(body: Body, demand: Demand, seconds: float) -> Body:
    for _ in range(round(seconds / STEP_S)):
        body.wind.step(STEP_S)
        body.step(STEP_S, demand, 2.5, 1.0)
    return body


def test_speed_grows_no_faster_than_the_acceleration_allows() -> None:
    body = flown(still(), Demand(climb_mps=1.0), 3.0)
    flown(body, Demand(5 + 0j), 1.0)
    assert abs(body.velocity) <= 2.5 + 1e-6
    flown(body, Demand(5 + 0j), 4.0)
    assert body.velocity.real == pytest.approx(5.0, abs=0.05)


def test_it_noses_down_to_go_and_leans_against_the_wind() -> None:
    body = flown(still(), Demand(climb_mps=1.0), 2.0)
    flown(body, Demand(5 + 0j), 0.5)
    assert body.pitch_rad < -0.1
    windy = Body(Wind(8.0, 0.0, 0.0, np.random.default_rng(1)))  # from the north
    flown(windy, Demand(0j, 1.0), 10.0)
    assert abs(windy.velocity) < 0.1
    assert windy.pitch_rad < -0.05


def test_a_gale_carries_it_off() -> None:
    body = Body(Wind(20.0, 270.0, 0.0, np.random.default_rng(1)))
    flown(body, Demand(0j, 1.0), 20.0)
    assert body.velocity.imag == pytest.approx(5.0, abs=0.2)


def test_square_root_controller_stops_at_the_goal() -> None:
    at, velocity = 0j, 0j
    for _ in range(3000):
        velocity = towards(100 - at, 8.0, 2.5)
        at += velocity * STEP_S
    assert at.real == pytest.approx(100.0, abs=0.01)
    assert climb(-5.0, 2.0, 1.5, 1.0) == -1.5


def test_battery_empties_in_some_25_minutes_of_hover_and_sinks_under_its_warning() -> None:
    battery = Battery(5200.0, 100.0)
    assert battery.volts == pytest.approx(16.8, abs=0.1)
    minutes = 0
    while battery.percent > 1.0:
        battery.step(60.0, 12.5)
        minutes += 1
    assert 23 <= minutes <= 26
    assert battery.volts < 13.6


def test_the_same_seed_flies_the_same_flight() -> None:
    def flight(seed: int) -> complex:
        world = World(SimConfig(seed=seed, ready_s=1.0))
        for _ in range(100):
            world.step()
        world.pilot.set_mode(modes.GUIDED)
        assert world.pilot.arm(force=False) == 0
        assert world.pilot.take_off(20.0) == 0
        for _ in range(1500):
            world.step()
        assert world.body.up_m == pytest.approx(20.0, abs=2.0)
        return world.body.at

    assert flight(5) == flight(5)
    assert flight(5) != flight(6)


def test_pose_is_linear_between_steps() -> None:
    world = World(SimConfig())
    world.step()
    world.place(10 + 20j, 30.0, math.radians(359.0))
    world.step()
    world.place(12 + 20j, 30.0, math.radians(1.0))
    world.step()
    pose = world.pose_at(2.5 * STEP_S)
    assert pose.at == pytest.approx(11 + 20j, abs=0.1)
    assert abs(cmath.phase(cmath.rect(1.0, pose.heading_rad))) < 0.02


def test_the_beacon_is_drawn_from_the_seed_within_its_ring() -> None:
    places = [SimConfig(seed=seed).emitters()[0].position for seed in range(50)]
    assert len(set(places)) == 50
    assert all(250.0 <= distance_m(SimConfig().home, place) <= 500.5 for place in places)
    assert SimConfig(seed=3).emitters() == SimConfig(seed=3).emitters()


def test_config_survives_the_way_to_another_process() -> None:
    config = SimConfig(seed=9, kind=BeaconKind.PULSED, beacon=LatLon(1.0, 2.0), others=(Emitter(LatLon(3.0, 4.0)),))
    assert SimConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize("text", ['{"speed": 0}', '{"kind": "sarsat2"}', '{"antenna": "dish"}', '{"packet_loss": 2}'])
def test_config_that_is_no_world_is_refused(text: str) -> None:
    with pytest.raises((SettingsError, ValidationError)):
        SimConfig.from_json(text)


@pytest.mark.parametrize(
    "line", ["", "[]", "{}", '{"do": "dance"}', '{"do": "pilot_mode"}', '{"do": "battery", "percent": "x"}']
)
def test_orders_that_are_none_are_answered_so(line: str) -> None:
    assert "error" in obey(World(SimConfig()), line)


def test_told_to_quit() -> None:
    with pytest.raises(Quit):
        obey(World(SimConfig()), '{"do": "quit"}')


def test_random_bytes_and_mangled_frames_are_dropped() -> None:
    world = World(SimConfig())
    stations = Stations(world)
    channel: Channel = stations.join()
    random = np.random.default_rng(4)
    for _ in range(200):
        channel.receive(random.bytes(200))
        world.step()
        stations.step()
    frames = b"".join(channel.frames())
    channel.stream(0, 50.0)
    for _ in range(100):
        mangled = bytearray(frames)
        mangled[int(random.integers(len(mangled)))] ^= 0xFF
        channel.receive(bytes(mangled))
        world.step()
        stations.step()
    assert channel.frames()
