"""Stopping over a bad link, in time of its own: both autopilots, many seeds."""

import random
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.bench.homingworld import HandClock
from app.vehicle import orders
from app.vehicle.modes import ModeTable, table_for
from app.vehicle.talk import Peer
from app.workers.commander import INSIST_S, INSIST_TRIES
from app.workers.talks import MODE_SLOT, Order, Talks
from tests.unit.vehicle.play import framed

STEP_S = 0.02
DELAY_S, LOSS = 0.5, 0.3
LONGEST_S = 2.0
AUTOPILOTS = {"ArduPilot": table_for(3, 2), "PX4": table_for(12, 2)}


@dataclass
class Far:
    """A vehicle in its guided mode behind a link that loses and delays both ways; ``deaf_s`` is dead at first."""

    table: ModeTable
    clock: HandClock
    random: random.Random
    deaf_s: float = 0.0
    mode: int = 0
    obeyed_s: float | None = None
    to_it: list[tuple[float, Any]] = field(default_factory=list)
    to_us: list[tuple[float, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.mode, self.start_s = self.table.number(self.table.guided), self.clock.at_s

    def carry(self, way: list[tuple[float, Any]], message: Any) -> None:
        if self.clock.at_s - self.start_s >= self.deaf_s and self.random.random() >= LOSS:
            way.append((self.clock.at_s + DELAY_S, message))

    def come(self, way: list[tuple[float, Any]]) -> list[Any]:
        arrived = [message for at_s, message in way if at_s <= self.clock.at_s]
        way[:] = [one for one in way if one[0] > self.clock.at_s]
        return arrived

    def live(self, step: int) -> None:
        for message in self.come(self.to_it):
            parts = int(message.param2), int(message.param3)
            self.mode = parts[0] << 16 | parts[1] << 24 if self.table.autopilot == "PX4" else parts[0]
            self.obeyed_s = self.obeyed_s or self.clock.at_s - self.start_s
            self.carry(self.to_us, mavlink.MAVLink_command_ack_message(176, 0, 0, 0, 255, 190))
        if step % 3 == 0:
            self.carry(self.to_us, mavlink.MAVLink_heartbeat_message(2, 3, 129, self.mode, 4, 3))


def stop(table: ModeTable, seed: int, deaf_s: float = 0.0) -> tuple[Far, "Future[Any]"]:
    """Brake as the commander does, until it is confirmed."""
    clock = HandClock()
    far = Far(table, clock, random.Random(seed), deaf_s)
    talks = Talks(clock, lambda message: far.carry(far.to_it, message), lambda motion: None, lambda record: None)
    answer: Future[Any] = Future()
    peer = Peer(1, 1, 255, table.autopilot)
    talk = orders.insist(peer, table, table.stops, table.guided, INSIST_TRIES)
    talks.begin(Order(MODE_SLOT, "brake", silence_s=INSIST_S), talk, answer)
    for step in range(round((deaf_s + 10.0) / STEP_S)):
        clock.at_s += STEP_S
        far.live(step)
        for message in far.come(far.to_us):
            talks.hear(framed(message))
        talks.tick()
        if answer.done():
            break
    return far, answer


@pytest.mark.parametrize("name", AUTOPILOTS)
def test_a_stop_reaches_the_vehicle_in_two_seconds_with_a_third_lost_and_half_a_second_late(name: str) -> None:
    worst_s = 0.0
    for seed in range(200):
        far, answer = stop(AUTOPILOTS[name], seed)
        assert answer.result(0).detail == AUTOPILOTS[name].stops[0]
        assert far.obeyed_s is not None
        worst_s = max(worst_s, far.obeyed_s)
    assert DELAY_S <= worst_s <= LONGEST_S


@pytest.mark.parametrize("name", AUTOPILOTS)
def test_it_keeps_trying_while_the_link_is_dead(name: str) -> None:
    far, answer = stop(AUTOPILOTS[name], 1, deaf_s=40.0)
    assert answer.result(0).detail == AUTOPILOTS[name].stops[0]
    assert far.obeyed_s is not None
    assert 40.0 < far.obeyed_s <= 40.0 + LONGEST_S
