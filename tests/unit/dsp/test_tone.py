"""A known tone is read to 0.1 dB wherever it lies between two bins, and what is none is refused."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.domain.radio import Window
from app.dsp.spectrum import SpectrumEstimator
from app.dsp.tone import measure_tone
from app.errors import OutOfRange

RATE_HZ, CENTRE_HZ, BINS = 240_000.0, 433.92e6, 4096


def spectrum(tone_hz: float, level_dbfs: float, window: Window, noise: float = 1e-6) -> NDArray[np.float32]:
    random = np.random.default_rng(8)
    count = 48_000
    phase = 2.0 * np.pi * (tone_hz - CENTRE_HZ) / RATE_HZ * np.arange(count)
    hiss = (random.standard_normal(count) + 1j * random.standard_normal(count)) * np.sqrt(noise / 2.0)
    iq = (10.0 ** (level_dbfs / 20.0) * np.exp(1j * phase) + hiss).astype(np.complex64)
    return next(iter(SpectrumEstimator(BINS, 40_000.0, window=window).feed(iq))).power


@pytest.mark.parametrize("window", list(Window))
@pytest.mark.parametrize("beside_hz", [0.0, 13.0, 29.3, 4_000.0])
def test_a_tone_is_read_to_a_tenth_of_a_decibel(window: Window, beside_hz: float) -> None:
    tone = measure_tone(spectrum(433.95e6 + beside_hz, -25.0, window), CENTRE_HZ, RATE_HZ, 433.95e6, window)
    assert tone.power_dbfs == pytest.approx(-25.0, abs=0.1)
    assert tone.frequency_hz == pytest.approx(433.95e6 + beside_hz, abs=RATE_HZ / BINS)
    assert tone.snr_db > 40.0


@pytest.mark.parametrize(
    ("asked_hz", "level_dbfs", "word"),
    [
        (433.95e6, -75.0, "No tone"),
        (433.90e6, -25.0, "No tone"),  # it is elsewhere
        (CENTRE_HZ, -25.0, "Tune beside"),
        (434.2e6, -25.0, "Tune beside"),
    ],
)
def test_what_is_no_tone_is_refused(asked_hz: float, level_dbfs: float, word: str) -> None:
    power = spectrum(433.95e6, level_dbfs, Window.HANN, noise=1e-5)
    with pytest.raises(OutOfRange, match=word):
        measure_tone(power, CENTRE_HZ, RATE_HZ, asked_hz, Window.HANN)
