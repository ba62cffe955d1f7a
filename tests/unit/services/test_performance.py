import pytest

from app.bench.homingworld import HandClock
from app.bus import Bus
from app.services.performance import KEPT, PerformanceService, Times
from tests.unit.store.samples import level


def test_percentiles_are_of_the_last_and_counts_of_all() -> None:
    times = Times()
    assert times.spread().p99_s is None
    for number in range(KEPT + 100):
        times.note(float(number), failed=number == 3)
    told = times.spread()
    assert (told.count, told.errors) == (KEPT + 100, 1)
    assert told.total_s == sum(range(KEPT + 100))
    assert told.p50_s == pytest.approx(100 + (KEPT - 1) / 2)
    assert told.longest_s == KEPT + 99


def test_each_operation_is_counted_for_itself() -> None:
    performance = PerformanceService(HandClock(), Bus())
    performance.note_request("GET", "/b", 0.2, failed=False)
    performance.note_request("POST", "/a", 0.1, failed=True)
    performance.note_request("GET", "/a", 0.3, failed=False)
    told = [(one.method, one.path, one.times.count, one.times.errors) for one in performance.requests()]
    assert told == [("GET", "/a", 1, 0), ("POST", "/a", 1, 1), ("GET", "/b", 1, 0)]


def test_a_level_is_late_by_what_passed_since_its_last_sample() -> None:
    clock, bus = HandClock(), Bus()
    performance = PerformanceService(clock, bus)
    heard = level(clock.now_s())
    clock.at_s += heard.duration_s / 2 + 0.04
    bus.level.publish(heard)
    assert performance.levels().longest_s == pytest.approx(0.04, abs=1e-4)


def test_the_first_time_it_could_be_used_counts_and_frames_need_two() -> None:
    performance = PerformanceService(HandClock(), Bus())
    assert performance.start_up_s is None
    performance.usable()
    first = performance.start_up_s
    performance.usable()
    assert performance.start_up_s == first
    performance.note_frame()
    assert performance.frames().count == 0
    performance.note_frame()
    assert performance.frames().count == 1


def test_the_computer_tells_of_itself() -> None:
    host = PerformanceService(HandClock(), Bus()).host()
    assert 0 < host.program_memory_bytes < host.memory_bytes
    assert host.program_threads >= 1
