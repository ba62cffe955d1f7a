"""DC and I/Q correction on signals with known faults."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.dsp.corrections import Corrections
from app.dsp.power import to_db
from app.dsp.spectrum import SpectrumEstimator

RATE_HZ = 240_000.0
COUNT = 480_000


def faulty(offset: complex, image: complex, seed: int = 1) -> NDArray[np.complex64]:
    rng = np.random.default_rng(seed)
    tone = 0.2 * np.exp(2j * np.pi * 0.21 * np.arange(COUNT))
    signal = tone + 0.01 * (rng.standard_normal(COUNT) + 1j * rng.standard_normal(COUNT))
    return np.asarray(signal + image * signal.conj() + offset, np.complex64)


def corrected(samples: NDArray[np.complex64], dc: bool, iq: bool) -> NDArray[np.float32]:
    correction = Corrections(RATE_HZ, dc, iq)
    parts = [correction.apply(samples[at : at + 12_000]) for at in range(0, COUNT, 12_000)]
    (row,) = SpectrumEstimator(1000, COUNT / 4).feed(np.concatenate(parts[-10:]))
    return row.power


def test_the_line_at_the_centre_goes() -> None:
    samples = faulty(0.05 + 0.02j, 0.0)
    before = corrected(samples, False, False)
    after = corrected(samples, True, False)
    assert to_db(float(before[500])) == pytest.approx(-25.4, abs=0.2)
    assert to_db(float(after[500])) < -60.0
    assert to_db(float(after[710])) == pytest.approx(-13.98, abs=0.1)


@pytest.mark.parametrize("image", [0.05 + 0.03j, -0.1j])
def test_the_mirror_image_goes(image: complex) -> None:
    samples = faulty(0.03, image)
    before = corrected(samples, False, False)
    after = corrected(samples, True, True)
    assert to_db(float(before[290])) - to_db(float(before[710])) == pytest.approx(20 * np.log10(abs(image)), abs=0.5)
    assert to_db(float(after[290])) - to_db(float(after[710])) < -50.0  # as far as the noise lets it be seen


def test_clean_samples_stay_and_are_not_touched() -> None:
    samples = faulty(0.0, 0.0)
    kept = samples.copy()
    after = corrected(samples, True, True)
    assert to_db(float(after[710])) == pytest.approx(-13.98, abs=0.1)
    np.testing.assert_array_equal(samples, kept)
    assert Corrections(RATE_HZ, True, True).apply(samples[:0]).size == 0
    silent = Corrections(RATE_HZ, True, True).apply(np.zeros(100, np.complex64))
    np.testing.assert_array_equal(silent, np.zeros(100, np.complex64))
