"""The recorder: when a flight begins and ends, what gets into it, and what happens when the store is in trouble."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.fault import Fault
from app.domain.project import Flight
from app.errors import Conflict
from app.ring import SpectrumRing
from app.store import Store
from app.workers.backlog import Backlog
from app.workers.recorder import BEFORE_S, RecorderWorker
from app.workers.thinning import Thinning
from tests.unit.store import samples


class HandClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        super().__init__()
        self.time_s = 1000.0

    def now_s(self) -> float:
        return self.time_s


class Desk:
    """A recorder on a store of its own, and what it said."""

    def __init__(self, directory: Path) -> None:
        self.clock = HandClock()
        self.bus = Bus()
        self.store = Store(directory)
        self.ring = SpectrumRing(256)
        self.flights: list[Flight] = []
        self.faults: list[Fault] = []
        self.bus.flight.subscribe(self.flights.append)
        self.bus.fault.subscribe(self.faults.append)
        self.recorder = RecorderWorker(self.store, self.ring, self.clock, self.bus)

    def until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 20.0
        while not condition():
            assert time.monotonic() < deadline, "nothing happened"
            time.sleep(0.005)

    def written(self, flights: int) -> None:
        """Wait until that many beginnings and ends were told and nothing waits."""
        self.until(lambda: len(self.flights) >= flights and self.recorder.waiting == 0)

    def times(self, table: str, flight: Flight | None = None) -> list[float]:
        flight = flight or self.flights[-1]
        rows = self.store.of(flight.project_id).rows(table, flight.id).as_dicts()
        return [row["time_s"] for row in rows]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "store")
    yield desk
    desk.recorder.stop()


def test_a_flight_is_from_arming_to_disarming_with_the_time_before(desk: Desk) -> None:
    desk.bus.telemetry.publish(samples.telemetry(969.0))
    desk.clock.time_s = 1000.0 + BEFORE_S / 2.0
    desk.bus.telemetry.publish(samples.telemetry(1014.0))
    desk.bus.command.publish(samples.command(1014.5))
    desk.clock.time_s = 1000.0 + BEFORE_S + 1.0
    desk.bus.vehicle.publish(samples.vehicle(1031.0, armed=False))
    desk.bus.vehicle.publish(samples.vehicle(1031.5, armed=True))
    desk.bus.reading.publish(samples.reading(1032.0))
    desk.bus.vehicle.publish(samples.vehicle(1033.0, armed=True))
    desk.bus.vehicle.publish(samples.vehicle(1034.0, armed=False))
    desk.bus.reading.publish(samples.reading(1035.0))
    desk.recorder.start()
    desk.written(flights=2)
    begun, ended = desk.flights
    assert (begun.started_s, begun.ended_s, begun.name) == (1031.5, None, "Flight 1")
    assert (ended.id, ended.ended_s, ended.clean) == (begun.id, 1034.0, True)
    assert (desk.times("telemetry"), desk.times("command")) == ([1014.0], [1014.5])
    assert desk.times("reading") == [1032.0]
    assert desk.recorder.flight is None


def test_what_one_flight_has_is_not_in_the_next(desk: Desk) -> None:
    for start_s in (1000.0, 1002.0):
        desk.bus.vehicle.publish(samples.vehicle(start_s, armed=True))
        desk.bus.telemetry.publish(samples.telemetry(start_s + 0.5))
        desk.bus.vehicle.publish(samples.vehicle(start_s + 1.0, armed=False))
    desk.recorder.start()
    desk.written(flights=4)
    assert [desk.times("telemetry", flight) for flight in desk.flights[1::2]] == [[1000.5], [1002.5]]


def test_the_last_of_several_vehicles_ends_the_flight(desk: Desk) -> None:
    for time_s, vehicle_id, armed in ((1.0, 1, True), (2.0, 2, True), (3.0, 1, False), (4.0, 2, False)):
        desk.bus.vehicle.publish(samples.vehicle(time_s, armed, vehicle_id))
    desk.recorder.start()
    desk.written(flights=2)
    assert [flight.ended_s for flight in desk.flights] == [None, 4.0]


@pytest.mark.parametrize("source", ["vehicle", "radio", "radio later", "none"])
def test_a_flight_with_anything_simulated_is_marked(desk: Desk, source: str) -> None:
    desk.bus.radio.publish(samples.radio(999.0, simulated=source == "radio"))
    desk.bus.vehicle.publish(samples.vehicle(1000.0, armed=True, simulated=source == "vehicle"))
    desk.bus.radio.publish(samples.radio(1001.0, simulated=source == "radio later"))
    desk.bus.vehicle.publish(samples.vehicle(1002.0, armed=False))
    desk.recorder.start()
    desk.until(lambda: desk.flights and desk.flights[-1].ended_s is not None)
    assert desk.flights[-1].simulated == (source != "none")


def test_by_hand_and_not_twice(desk: Desk) -> None:
    desk.recorder.start()
    flight = desk.recorder.begin("By hand").result(10.0)
    assert (flight.name, flight.started_s) == ("By hand", 1000.0)
    with pytest.raises(Conflict, match="is being recorded"):
        desk.recorder.begin("").result(10.0)
    other = desk.recorder.ask(lambda: desk.store.writer.create_project("Other", "", 0.0)).result(10.0)
    with pytest.raises(Conflict, match="end it before"):
        desk.recorder.use(other.id).result(10.0)
    desk.clock.time_s = 1005.0
    assert desk.recorder.end().result(10.0).ended_s == 1005.0
    with pytest.raises(Conflict, match="No flight"):
        desk.recorder.end().result(10.0)
    assert desk.recorder.use(other.id).result(10.0) == desk.store.current() == other


def test_the_end_of_the_station_ends_the_flight_cleanly(desk: Desk) -> None:
    desk.recorder.start()
    desk.recorder.begin("").result(10.0)
    desk.bus.telemetry.publish(samples.telemetry(1001.0))
    desk.clock.time_s = 1002.0
    desk.recorder.stop()
    desk.store.open()
    assert (desk.flights[-1].ended_s, desk.flights[-1].clean) == (1002.0, True)
    assert desk.times("telemetry") == [1001.0]
    desk.store.close()


def test_repeated_estimates_and_gates_are_thinned() -> None:
    thinning = Thinning()
    times = [n / 4.0 for n in range(9)]
    assert [t for t in times if thinning.wanted(samples.estimate(t))] == [0.0, 1.0, 2.0]
    assert thinning.wanted(samples.estimate(2.0, target_id="other"))
    assert thinning.wanted(samples.estimate(-5.0))
    gates = [samples.gate(0.0), samples.gate(0.1, text="HDOP 0.9"), samples.gate(0.2, passed=False), samples.gate(0.3)]
    assert [gate.time_s for gate in gates if thinning.wanted(gate)] == [0.0, 0.2, 0.3]
    assert all(thinning.wanted(samples.telemetry(0.0)) for _ in range(3))


def test_the_backlog_loses_the_oldest_and_counts() -> None:
    backlog = Backlog[int](3)
    for number in range(5):
        backlog.put(number)
    assert len(backlog) == 3
    assert list(backlog.take()) == [2, 3, 4]
    assert (len(backlog), backlog.take_lost(), backlog.take_lost()) == (0, 2, 0)


def test_a_store_that_cannot_be_opened_is_told_and_taken_up_when_it_can(desk: Desk) -> None:
    desk.store.path.parent.write_text("a file where the folder should be")
    desk.bus.vehicle.publish(samples.vehicle(1000.0, armed=True))
    desk.bus.telemetry.publish(samples.telemetry(1001.0))
    desk.recorder.start()
    desk.until(lambda: desk.faults)
    assert "cannot be made" in desk.faults[0].text
    assert "cannot be made" in desk.store.problem
    desk.store.path.parent.unlink()
    desk.until(lambda: desk.faults[-1].ended)
    desk.written(flights=1)
    assert desk.times("telemetry") == [1001.0]


def test_rows_wait_while_the_disk_is_full(desk: Desk) -> None:
    desk.recorder.start()
    desk.recorder.begin("").result(10.0)
    engine = desk.store._writing
    assert engine is not None

    def room(pages: int) -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    desk.recorder.ask(lambda: room(1)).result(10.0)  # SQLite takes the pages there are for the least
    for number in range(3000):
        desk.bus.telemetry.publish(samples.telemetry(1000.0 + number))
    desk.until(lambda: desk.faults)
    assert "is full" in desk.faults[0].text
    assert desk.times("telemetry", desk.recorder.flight) == []
    desk.bus.telemetry.publish(samples.telemetry(9999.0))
    desk.recorder.ask(lambda: room(1_000_000)).result(10.0)
    desk.until(lambda: desk.faults[-1].ended)
    desk.until(lambda: desk.recorder.waiting == 0)
    assert desk.times("telemetry", desk.recorder.flight) == [*(1000.0 + number for number in range(3000)), 9999.0]
    assert desk.times("fault", desk.recorder.flight)


def test_what_does_not_fit_in_memory_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.workers.recorder.WAITING_LIMIT", 20)
    desk = Desk(tmp_path)
    for number in range(50):
        desk.bus.telemetry.publish(samples.telemetry(float(number)))
    assert desk.recorder.waiting == 20
    desk.recorder.start()
    desk.until(lambda: desk.faults)
    desk.recorder.stop()
    assert (desk.faults[0].count, desk.faults[0].ended) == (30, True)
    assert desk.faults[0].text == "30 facts were lost while the store could not be written"


def test_a_flight_goes_on_in_the_new_store_when_the_old_is_set_aside(desk: Desk) -> None:
    desk.recorder.start()
    first = desk.recorder.begin("Hunt").result(10.0)
    aside = desk.recorder.set_store_aside().result(10.0)
    assert aside is not None
    assert aside.exists()
    flight = desk.recorder.flight
    assert flight is not None
    assert flight.name == "Hunt (continued)"
    desk.bus.telemetry.publish(samples.telemetry(1001.0))
    desk.until(lambda: desk.times("telemetry", desk.recorder.flight) == [1001.0])
    assert first.name == "Hunt"
