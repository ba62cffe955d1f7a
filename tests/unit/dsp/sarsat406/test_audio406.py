"""First-generation bursts in sound: discriminators with and without de-emphasis, either sideband, and what is none."""

import numpy as np
import pytest
import scipy.signal
from numpy.typing import NDArray

from app.dsp.sarsat406.audio import find_audio_bursts
from tests.unit.dsp.sarsat406.bursts406 import MESSAGE, NORMAL, burst, in_noise

RATE_HZ = 48_000.0


def receiver(low_hz: float, high_hz: float, sound: NDArray[np.float64]) -> NDArray[np.float32]:
    sections = scipy.signal.butter(4, (low_hz, high_hz), "bandpass", fs=RATE_HZ, output="sos")
    heard = scipy.signal.sosfilt(sections, sound)
    return np.asarray(0.5 * heard / np.abs(heard).max(), np.float32)


def discriminated(sign: float, deemphasis_s: float) -> NDArray[np.float32]:
    """A narrow-band FM receiver 500 Hz off the beacon."""
    rng = np.random.default_rng(1)
    samples = in_noise(burst(NORMAL + MESSAGE, RATE_HZ, offset_hz=500.0, length_s=1.2), 60.0, rng, RATE_HZ)
    sound = sign * np.angle(samples[1:] * np.conj(samples[:-1])).astype(np.float64)
    if deemphasis_s:
        sound = scipy.signal.lfilter(*scipy.signal.bilinear([1.0], [deemphasis_s, 1.0], RATE_HZ), sound)
    return receiver(300.0, 3_000.0, sound)


def sideband(offset_hz: float, cn0_dbhz: float) -> NDArray[np.float32]:
    rng = np.random.default_rng(2)
    samples = in_noise(burst(NORMAL + MESSAGE, RATE_HZ, offset_hz=offset_hz, length_s=1.2), cn0_dbhz, rng, RATE_HZ)
    return receiver(250.0, 2_900.0, samples.real.astype(np.float64))


@pytest.mark.parametrize(("sign", "deemphasis_s"), [(1.0, 0.0), (-1.0, 0.0), (1.0, 50e-6), (1.0, 530e-6)])
def test_discriminator(sign: float, deemphasis_s: float) -> None:
    found = find_audio_bursts(discriminated(sign, deemphasis_s), RATE_HZ)
    assert [one.message.message_hex for one in found] == [MESSAGE]
    assert found[0].start_s == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize("offset_hz", [1_200.0, 2_000.0, -1_500.0])
def test_sidebands(offset_hz: float) -> None:
    found = find_audio_bursts(sideband(offset_hz, 38.0), RATE_HZ)
    assert [one.message.message_hex for one in found] == [MESSAGE]


@pytest.mark.parametrize("kind", ["noise", "tone", "data tone", "silence", "nan", "few"])
def test_what_is_no_burst(kind: str) -> None:
    times = np.arange(60_000) / RATE_HZ
    sound = {
        "noise": np.random.default_rng(3).standard_normal(60_000),
        "tone": np.sin(2.0 * np.pi * 1_000.0 * times),
        "data tone": np.sign(np.sin(2.0 * np.pi * 400.0 * times)),
        "silence": np.zeros(60_000),
        "nan": np.full(60_000, np.nan),
        "few": np.zeros(10),
    }[kind]
    assert find_audio_bursts(sound.astype(np.float32), RATE_HZ) == []


def test_a_rate_that_holds_no_data_gives_nothing() -> None:
    assert find_audio_bursts(np.ones(10_000, np.float32), 2_000.0) == []
