import numpy as np
from numpy.typing import NDArray

from app.api.spectrum import HEADER, SpectrumFeed
from app.ring import SpectrumRing


def _row(bins: int = 64, peak: int = 10) -> NDArray[np.float32]:
    row = np.full(bins, -100.0, np.float32)
    row[peak] = -40.0
    return row


def _power(frame: bytes) -> NDArray[np.float64]:
    _, _, rows, bins, _, _, _, _, floor, step = HEADER.unpack_from(frame)
    values = np.frombuffer(frame, np.uint8, rows * bins, HEADER.size + rows * 12).reshape(rows, bins)
    power: NDArray[np.float64] = floor + step * values.astype(float)
    return power


def test_a_frame_says_where_when_and_how_strong() -> None:
    ring = SpectrumRing(64)
    feed = SpectrumFeed(ring, 64)
    ring.write(_row(), 12.5, 433.9e6, 240e3, lost_before=7)
    (frame,) = feed.frames()
    kind, version, rows, bins, seq, missed, centre, rate, _, _ = HEADER.unpack_from(frame)
    assert (kind, version, rows, bins, seq, missed) == (1, 1, 1, 64, 1, 0)
    assert (centre, rate) == (433.9e6, 240e3)
    assert np.frombuffer(frame, "<f8", 1, HEADER.size) == 12.5
    assert np.frombuffer(frame, "<u4", 1, HEADER.size + 8) == 7
    assert np.abs(_power(frame) - _row()).max() < 0.2
    assert len(frame) == HEADER.size + 12 + 64


def test_a_narrow_line_survives_fewer_bins() -> None:
    ring = SpectrumRing(64)
    feed = SpectrumFeed(ring, 16)
    ring.write(_row(peak=33), 1.0, 1e8, 1e5)
    power = _power(next(feed.frames()))[0]
    assert power.shape == (16,)
    assert power.argmax() == 33 // 4
    assert abs(power.max() + 40.0) < 0.2


def test_more_bins_than_there_are_gives_what_there_are() -> None:
    ring = SpectrumRing(64)
    feed = SpectrumFeed(ring, 4096)
    ring.write(_row(), 1.0, 1e8, 1e5)
    assert _power(next(feed.frames())).shape == (1, 64)


def test_a_retuning_parts_the_frames() -> None:
    ring = SpectrumRing(64)
    feed = SpectrumFeed(ring, 64)
    for centre in (1e8, 1e8, 2e8):
        ring.write(_row(), 1.0, centre, 1e5)
    assert [(HEADER.unpack_from(f)[2], HEADER.unpack_from(f)[6]) for f in feed.frames()] == [(2, 1e8), (1, 2e8)]
    assert list(feed.frames()) == []


def test_a_slow_client_gets_the_newest_and_is_told_what_it_missed() -> None:
    ring = SpectrumRing(64, capacity=8)
    feed = SpectrumFeed(ring, 64)
    for second in range(20):
        ring.write(_row(), float(second), 1e8, 1e5)
    (frame,) = feed.frames()
    assert HEADER.unpack_from(frame)[2] == 8
    assert HEADER.unpack_from(frame)[5] == 12
    assert np.frombuffer(frame, "<f8", 8, HEADER.size)[-1] == 19.0


def test_nothing_and_infinity_are_numbers_on_the_wire() -> None:
    ring = SpectrumRing(64)
    feed = SpectrumFeed(ring, 64)
    row = _row()
    row[0], row[1] = -np.inf, np.nan
    ring.write(row, 1.0, 1e8, 1e5)
    power = _power(next(feed.frames()))
    assert np.isfinite(power).all()
    assert power[0, 0] == power[0, 1] == -200.0
