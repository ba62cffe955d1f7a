"""The spectrum's frames, rows and levels, from bytes and from complex samples, cut into blocks of any size."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.dsp.power import band_power, to_db
from app.dsp.samples import from_cu8
from app.dsp.spectrum import Row, SpectrumEstimator

RNG = np.random.default_rng(3)
RAW = RNG.integers(0, 256, 2 * 20_000, np.uint8)
IQ = from_cu8(RAW, np.zeros(20_000, np.complex64))


def rows(samples: NDArray[np.complex64] | NDArray[np.uint8], cuts: list[int], bins: int, every: float) -> list[Row]:
    estimator = SpectrumEstimator(bins, every)
    width = 2 if samples.dtype == np.uint8 else 1
    ends = [0, *sorted(cuts), 20_000]
    parts = [samples[width * first : width * last] for first, last in itertools.pairwise(ends)]
    return [row for part in parts for row in estimator.feed(part)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 20_000), max_size=6), st.sampled_from([256, 1024, 4096]), st.floats(200.0, 9_000.0))
def test_blocks_of_any_size_give_the_same_rows(cuts: list[int], bins: int, every: float) -> None:
    whole, cut, of_bytes = (rows(data, at, bins, every) for data, at in ((IQ, []), (IQ, cuts), (RAW, cuts)))
    assert [(row.first, row.last, row.frames) for row in cut] == [(row.first, row.last, row.frames) for row in whole]
    for one, other, third in zip(whole, cut, of_bytes, strict=True):
        np.testing.assert_allclose(other.power, one.power, rtol=1e-4, atol=1e-9)
        np.testing.assert_allclose(third.power, one.power, rtol=1e-3, atol=1e-9)


@pytest.mark.parametrize("bins", [256, 2048, 65_536])
def test_a_known_tone_reads_its_level(bins: int) -> None:
    count = 4 * max(bins, 16_384)
    place = round(0.1301 * bins)
    tone = 0.1 * np.exp(2j * np.pi * place / bins * np.arange(count)).astype(np.complex64)
    row = next(SpectrumEstimator(bins, count / 2).feed(tone.astype(np.complex64)))
    assert to_db(float(row.power[bins // 2 + place])) == pytest.approx(-20.0, abs=0.01)
    assert to_db(band_power(row.power, bins / 2 + place, 7)) == pytest.approx(-20.0, abs=0.05)
    assert int(np.argmax(row.power)) == bins // 2 + place


def test_bytes_at_rest_leave_only_half_a_step_at_the_centre() -> None:
    raw = np.full(2 * 8192, 128, np.uint8)
    row = next(SpectrumEstimator(1024, 4096.0).feed(raw))
    assert to_db(float(row.power[512])) == pytest.approx(20 * np.log10(0.5 / 127.5) + 3.01, abs=0.1)
    assert to_db(float(row.power[:500].max())) < -150.0


def test_after_a_reset_nothing_from_before_is_in_a_row() -> None:
    estimator = SpectrumEstimator(1024, 1024.0)
    assert list(estimator.feed(np.ones(1000, np.complex64))) == []
    estimator.reset(5000)
    (row,) = estimator.feed(np.zeros(1024, np.complex64))
    assert (row.first, row.last) == (5000, 6024)
    assert float(row.power.max()) == 0.0
