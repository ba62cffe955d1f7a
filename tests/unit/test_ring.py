import numpy as np

from app.ring import SpectrumRing


def row(value: float, bins: int = 4) -> np.ndarray:
    return np.full(bins, value, np.float32)


def test_a_reader_gets_each_row_once_and_in_order() -> None:
    ring = SpectrumRing(4, capacity=8)
    for i in range(3):
        ring.write(row(i), float(i), 100e6, 1e6)
    rows = ring.since(0)
    assert rows.power_dbfs[:, 0].tolist() == [0, 1, 2]
    assert ring.since(rows.mark).time_s.size == 0
    ring.write(row(3), 3.0, 100e6, 1e6, lost_before=12)
    more = ring.since(rows.mark)
    assert more.time_s.tolist() == [3.0]
    assert more.lost_before.tolist() == [12]


def test_a_slow_reader_is_told_what_it_missed() -> None:
    ring = SpectrumRing(4, capacity=8)
    for i in range(20):
        ring.write(row(i), float(i), 100e6, 1e6)
    rows = ring.since(0)
    assert rows.missed == 12
    assert rows.power_dbfs[:, 0].tolist() == list(range(12, 20))


def test_rows_are_copies_and_the_newest_are_kept() -> None:
    ring = SpectrumRing(4, capacity=4)
    ring.write(row(1), 1.0, 0, 0)
    taken = ring.since(0)
    for i in range(2, 7):
        ring.write(row(i), float(i), 0, 0)
    assert taken.power_dbfs[0, 0] == 1
    assert ring.since(0, most=2).time_s.tolist() == [5.0, 6.0]


def test_a_mark_from_the_future_gives_nothing() -> None:
    ring = SpectrumRing(4)
    assert ring.since(99).time_s.size == 0


def test_rows_shown_before_are_taken_again_without_newer_ones() -> None:
    ring = SpectrumRing(4, capacity=8)
    for i in range(12):
        ring.write(row(i), float(i), 0, 0)
    assert ring.since(6, until=9).time_s.tolist() == [6.0, 7.0, 8.0]
    assert ring.since(0, until=6).time_s.tolist() == [4.0, 5.0]
    assert ring.since(0, until=3).time_s.size == 0
