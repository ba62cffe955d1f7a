"""Averaging and holding of the spectrum that is shown, windows, and the ring when their size changes."""

import numpy as np
import pytest

from app.domain.radio import BeaconKind, Level, Target, Window
from app.dsp.pipeline import Pipeline
from app.dsp.power import band_power, enbw_bins, to_db, window
from app.dsp.spectrum import Row, SpectrumEstimator
from app.dsp.trace import Trace
from app.ring import SpectrumRing


def test_rows_are_averaged_and_held() -> None:
    trace = Trace(4)
    rows = np.random.default_rng(1).exponential(1.0, (40, 64)).astype(np.float32)
    for row in rows:
        mean = trace.take(row)
    np.testing.assert_allclose(trace.peak, rows.max(axis=0))
    np.testing.assert_allclose(trace.lowest, rows.min(axis=0))
    assert 0.3 < float(mean.std()) < 0.5  # an exponential average over 4: sd 1 / sqrt(7)
    trace.release()
    trace.take(np.zeros(64, np.float32))
    assert float(trace.peak.max()) < float(rows.max())
    assert trace.take(np.ones(32, np.float32)).size == 32


def test_the_first_rows_count_alike() -> None:
    trace = Trace(10)
    trace.take(np.zeros(4, np.float32))
    np.testing.assert_allclose(trace.take(np.ones(4, np.float32)), 0.5)


@pytest.mark.parametrize("kind", list(Window))
@pytest.mark.parametrize("bins", [256, 4096])
def test_every_window_reads_a_tone_and_noise_alike(kind: Window, bins: int) -> None:
    shape = window(kind, bins).astype(float)
    assert shape.sum() == pytest.approx(1.0, abs=1e-5)
    assert bins * float((shape**2).sum()) == pytest.approx(enbw_bins(kind), rel=1e-3)
    count = 64 * bins
    rng = np.random.default_rng(2)
    noise = 0.01 * (rng.standard_normal(count) + 1j * rng.standard_normal(count)) / np.sqrt(2)
    tone = 0.1 * np.exp(2j * np.pi * (0.13 * bins // 1 + 0.3) / bins * np.arange(count))
    (row,) = SpectrumEstimator(bins, count, window=kind).feed((tone + noise).astype(np.complex64))
    place = bins / 2 + 0.13 * bins // 1 + 0.3
    assert to_db(band_power(row.power, place, 21, enbw_bins(kind))) == pytest.approx(-20.0, abs=0.1)
    quiet = row.power[bins // 8 : bins // 3]
    assert to_db(float(quiet.mean()) / enbw_bins(kind) * bins) == pytest.approx(-40.0, abs=0.3)
    if kind is Window.FLAT_TOP:  # what it is for
        assert to_db(float(row.power.max())) == pytest.approx(-20.0, abs=0.05)


@pytest.mark.parametrize("kind", list(Window))
def test_levels_do_not_depend_on_the_window(kind: Window) -> None:
    rate_hz, rng = 240_000.0, np.random.default_rng(3)
    count = 240_000
    iq = 0.03 * np.exp(2j * np.pi * 0.2 * np.arange(count))
    iq += 0.003 * (rng.standard_normal(count) + 1j * rng.standard_normal(count))
    pipeline = Pipeline(433e6, rate_hz, 0.0, 2048, 30.0, window=kind)
    pipeline.follow((Target("t", "T", BeaconKind.CARRIER, 433.048e6),), 0)
    facts = list(pipeline.feed(iq.astype(np.complex64), False, lambda sample: sample / rate_hz))
    level = [fact for fact in facts if isinstance(fact, Level)][-1]
    noise_db = to_db(2 * 0.003**2 * 4_000.0 / rate_hz)
    assert level.power_dbfs == pytest.approx(-30.46, abs=0.1)
    assert level.noise_dbfs == pytest.approx(noise_db, abs=0.3)
    assert any(isinstance(fact, Row) for fact in facts)


def test_the_ring_forgets_rows_of_another_size() -> None:
    ring = SpectrumRing(256)
    for number in range(5):
        ring.write(np.full(256, number, np.float32), float(number), 1e8, 1e6)
    mark = ring.mark
    ring.resize(512)
    assert ring.since(mark - 3).time_s.size == 0
    ring.write(np.full(512, 7, np.float32), 9.0, 1e8, 1e6)
    rows = ring.since(mark - 3)
    assert rows.power_dbfs.shape == (1, 512)
    assert rows.missed == 3
    assert rows.mark == mark + 1
    large = SpectrumRing(65_536)
    assert large.capacity * 65_536 * 4 < 80e6
