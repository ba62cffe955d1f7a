"""Round trips by TIMESYNC: only answers to our own questions count, and nothing is made up without them."""

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.vehicle.frames import Frame, Message
from app.vehicle.timesync import OLDEST_S, RoundTrip
from tests.unit.vehicle.play import framed


def answer(asked: Message, there_ns: int = 77) -> Frame:
    return framed(mavlink.MAVLink_timesync_message(there_ns, asked.ts1))


def test_latency_and_jitter_of_the_answers() -> None:
    trip = RoundTrip()
    for number, took_s in enumerate((0.1, 0.2, 0.1)):
        asked = trip.ask(100.0 + number)
        assert trip.hear(answer(asked), 100.0 + number + took_s) is None
    assert trip.latency_ms(103.0) == pytest.approx(100.0, abs=0.01)
    assert trip.jitter_ms(103.0) == pytest.approx(100.0, abs=0.01)
    assert trip.latency_ms(103.0 + OLDEST_S) is None


def test_no_answer_no_figure() -> None:
    trip = RoundTrip()
    trip.ask(100.0)
    assert (trip.latency_ms(101.0), trip.jitter_ms(101.0)) == (None, None)
    trip.hear(framed(mavlink.MAVLink_timesync_message(77, 123)), 100.5)  # to another station
    assert trip.latency_ms(101.0) is None


def test_an_answer_said_twice_or_much_too_late_counts_once_or_not() -> None:
    trip = RoundTrip()
    asked = trip.ask(100.0)
    trip.hear(answer(asked), 100.1)
    trip.hear(answer(asked), 105.0)
    assert trip.latency_ms(105.0) == pytest.approx(100.0, abs=0.01)
    assert trip.jitter_ms(105.0) is None
    late = trip.ask(106.0)
    trip.ask(120.0)
    trip.hear(answer(late), 120.1)
    assert trip.latency_ms(120.1) is None


def test_the_vehicles_own_question_is_answered() -> None:
    said = RoundTrip().hear(framed(mavlink.MAVLink_timesync_message(0, 4242)), 12.5)
    assert said is not None
    assert (said.tc1, said.ts1) == (12_500_000_000, 4242)
