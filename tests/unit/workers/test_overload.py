"""An overload is told of when it lasts, once, and so is its end."""

from dataclasses import replace

from app.bus import Bus
from app.domain.fault import Fault
from app.workers.overload import BY_HAND, BY_ITSELF, SOURCE, OverloadTeller
from tests.unit.store.samples import radio


def told(*states: tuple[float, bool], auto_gain: bool = False, connected: bool = True) -> list[Fault]:
    bus, faults = Bus(), list[Fault]()
    bus.fault.subscribe(faults.append)
    OverloadTeller(bus)
    for time_s, overload in states:
        state = replace(radio(time_s, simulated=False), overload=overload, auto_gain=auto_gain, connected=connected)
        bus.radio.publish(replace(state, gains_db=(0.0, 20.0)))
    return faults


def test_what_the_gain_control_ends_is_not_told() -> None:
    assert told((0.0, True), (1.0, True), (2.0, False), (3.0, True), (5.0, True), (5.5, False)) == []


def test_what_lasts_is_told_once_with_what_to_do() -> None:
    (one,) = told(*((float(second), True) for second in range(10)))
    assert (one.source, one.ended, one.time_s) == (SOURCE, False, 3.0)
    assert one.text.endswith(BY_HAND)
    (other,) = told(*((float(second), True) for second in range(10)), auto_gain=True)
    assert other.text.endswith(BY_ITSELF)


def test_its_end_is_told_when_it_was_calm_for_a_while() -> None:
    states = [(float(second), True) for second in range(5)] + [(float(second), False) for second in range(5, 20)]
    assert [(one.time_s, one.ended) for one in told(*states)] == [(3.0, False), (9.0, True)]


def test_without_a_receiver_nothing_is_overloaded() -> None:
    assert told((0.0, True), (10.0, True), connected=False) == []
