"""The waterfall kept with a flight: thinned, from before its start, across retunes, in the store and out again."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.errors import NotFound, OutOfRange
from app.ring import SpectrumRing
from app.services.waterfall import FlightWaterfall
from app.workers.waterfall import CHUNK_ROWS, MOST_WAITING, WaterfallCollector
from tests.unit.workers.test_recorder import Desk


def write(ring: SpectrumRing, times: Iterator[float] | list[float], level_dbfs: float = -90.0, **more: float) -> None:
    for time_s in times:
        row = np.full(ring.bins, level_dbfs, np.float32)
        row[int(time_s * 10) % ring.bins] += 40.0
        ring.write(row, time_s, more.get("centre_hz", 433e6), 240e3, int(more.get("lost", 0)))


def test_a_row_stands_for_a_quarter_second_and_two_bins_with_its_highest_power() -> None:
    ring = SpectrumRing(2048)
    collector = WaterfallCollector(ring)
    collector.begin(0.0)
    write(ring, [100.0 + n / 32 for n in range(32)], lost=2)
    collector.pull()
    assert not collector.waiting
    collector.finish()
    (stretch,) = collector.waiting
    assert stretch.power_dbfs.shape == (4, 1024)
    assert stretch.time_s.tolist() == [100.0, 100.25, 100.5, 100.75]
    assert stretch.lost_before.tolist() == [16, 16, 16, 16]
    lines = [np.flatnonzero(row > -60.0).tolist() for row in stretch.power_dbfs]
    assert lines == [[500, 501], [501, 502], [502, 503], [503, 504]]


def test_a_retune_and_a_full_stretch_begin_another() -> None:
    ring = SpectrumRing(256)
    collector = WaterfallCollector(ring)
    collector.begin(0.0)
    write(ring, [float(n) for n in range(CHUNK_ROWS + 5)])
    write(ring, [100.0, 100.01, 101.0], centre_hz=434e6)
    collector.finish()
    shapes = [(stretch.power_dbfs.shape, stretch.centre_hz) for stretch in collector.waiting]
    assert shapes == [((CHUNK_ROWS, 256), 433e6), ((5, 256), 433e6), ((2, 256), 434e6)]


def test_what_waits_for_the_store_is_bounded() -> None:
    ring = SpectrumRing(256)
    collector = WaterfallCollector(ring)
    for number in range(MOST_WAITING + 20):
        write(ring, [float(number)], centre_hz=1e8 + number)
        collector.pull()
    assert len(collector.waiting) == MOST_WAITING


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "store")
    desk.recorder.start()
    yield desk
    desk.recorder.stop()


def test_a_flight_has_its_waterfall_with_the_time_before_it(desk: Desk) -> None:
    write(desk.ring, [900.0, 969.0, 971.0, 999.0])
    flight = desk.recorder.begin("").result(10.0)
    write(desk.ring, [1000.0 + n / 4 for n in range(100)])
    deadline = time.monotonic() + 10.0
    waterfall = FlightWaterfall(desk.store)
    while not waterfall(flight.project_id, flight.id):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    desk.clock.time_s = 1030.0
    desk.recorder.end().result(10.0)
    write(desk.ring, [1031.0])
    rows = waterfall(flight.project_id, flight.id)
    times = np.concatenate([stretch.time_s for stretch in rows])
    assert times.tolist() == [971.0, 999.0, *(1000.0 + n / 4 for n in range(100))]
    some = waterfall(flight.project_id, flight.id, 1002.0, 1003.0)
    assert np.concatenate([stretch.time_s for stretch in some]).tolist() == [1002.0, 1002.25, 1002.5, 1002.75, 1003.0]
    assert waterfall(flight.project_id, flight.id, 2000.0) == []
    with pytest.raises(NotFound):
        waterfall(flight.project_id + 1, flight.id)
    with pytest.raises(OutOfRange):
        waterfall(flight.project_id, flight.id, rows=0)


def test_a_long_flight_is_thinned_to_the_rows_asked_for(desk: Desk) -> None:
    flight = desk.recorder.begin("").result(10.0)
    write(desk.ring, [1000.0 + n for n in range(200)])
    desk.recorder.end().result(10.0)
    stretches = FlightWaterfall(desk.store)(flight.project_id, flight.id, rows=50)
    assert sum(stretch.time_s.size for stretch in stretches) == 50
    assert stretches[0].power_dbfs.shape == (10, 256)
    assert np.count_nonzero(stretches[0].power_dbfs[0] > -60.0) == 4  # the lines of four rows, none lost
