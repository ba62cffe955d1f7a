"""An ELT is confirmed by its sweep, near the noise too; voice, tones, keys and clicks are not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.domain.radio import BeaconKind, Detection, Target
from app.dsp.pipeline import Pipeline
from app.dsp.sweeps import find_sweep
from app.dsp.swept import SweptDetector, reason_against
from hardware.sim.impostors import IMPOSTORS
from hardware.sim.signals import elt, white

RATE_HZ = 10_000.0
CENTRE_HZ, TARGET = 121.45e6, Target("e", "ELT", BeaconKind.SWEPT, 121.5e6)
PASSBAND_HZ = 240_000.0


def at_audio_snr(signal: NDArray[np.complex64], snr_db: float, rng: np.random.Generator) -> NDArray[np.complex64]:
    """With noise so that the audio is so far over the noise of an AM receiver in 3 kHz."""
    audio = np.fft.rfft(np.abs(signal) - np.abs(signal).mean())
    hz = np.fft.rfftfreq(signal.size, 1.0 / RATE_HZ)
    power = 2.0 * float((np.abs(audio[hz < 3_000.0]) ** 2).sum()) / signal.size**2
    density = power / 3_000.0 / 10.0 ** (snr_db / 10.0)
    return np.asarray(signal + np.sqrt(density * RATE_HZ) * white(rng, signal.size), np.complex64)


@pytest.mark.parametrize(
    ("first_hz", "last_hz", "sweeps_hz", "duty"),
    [(1400.0, 400.0, 3.0, 0.4), (300.0, 1600.0, 2.0, 0.5), (1500.0, 700.0, 4.0, 0.33), (1600.0, 300.0, 2.37, 0.5)],
)
@pytest.mark.parametrize("snr_db", [0.0, 20.0])
def test_an_elt_is_told_with_its_sweep(
    first_hz: float, last_hz: float, sweeps_hz: float, duty: float, snr_db: float
) -> None:
    rng = np.random.default_rng(1)
    for _ in range(5):
        offset_hz = rng.uniform(-800.0, 800.0)
        signal = elt(rng, 20_000, RATE_HZ, offset_hz, first_hz, last_hz, sweeps_hz, duty)
        sweep = find_sweep(at_audio_snr(signal, snr_db, rng), RATE_HZ)
        assert not reason_against(sweep)
        assert sweep.chance < 1e-6
        assert sweep.rate_hz == pytest.approx(sweeps_hz, abs=0.06)
        assert sweep.first_hz == pytest.approx(first_hz, abs=150.0)
        assert sweep.last_hz == pytest.approx(last_hz, abs=150.0)
        assert sweep.offset_hz == pytest.approx(offset_hz, abs=60.0)


def test_noise_is_no_elt_and_its_chance_is_as_stated() -> None:
    rng = np.random.default_rng(2)
    looks = [find_sweep(white(rng, 20_000), RATE_HZ) for _ in range(200)]
    assert all(reason_against(look) for look in looks)
    assert sum(look.chance < 0.02 for look in looks) < 12
    assert max(look.agreement for look in looks) < 0.5


@pytest.mark.parametrize("name", IMPOSTORS)
@pytest.mark.parametrize("snr_db", [0.0, 15.0, 40.0])
def test_what_is_no_elt_is_told_so(name: str, snr_db: float) -> None:
    rng = np.random.default_rng(3)
    for _ in range(12):
        signal = IMPOSTORS[name](rng, 20_000, RATE_HZ)
        density = float((np.abs(signal) ** 2).mean()) * 10.0 ** (-snr_db / 10.0) * RATE_HZ / 4_000.0
        assert reason_against(find_sweep(signal + np.float32(np.sqrt(density)) * white(rng, 20_000), RATE_HZ))


@pytest.mark.parametrize("samples", [np.zeros(20_000), np.ones(20_000)], ids=["silence", "a perfect carrier"])
def test_what_has_no_noise_is_no_elt(samples: NDArray[np.float64]) -> None:
    assert reason_against(find_sweep(samples.astype(np.complex64), RATE_HZ))


def live(seconds: int, begins_s: float) -> list[Detection]:
    """Detections of an ELT that begins after some time, 10 dB over the noise in 4 kHz, in blocks of 50 ms."""
    rng = np.random.default_rng(4)
    pipeline = Pipeline(CENTRE_HZ, PASSBAND_HZ, 0.0, 2048, 30.0)
    pipeline.follow((TARGET,), 0)
    count = round(seconds * PASSBAND_HZ)
    signal = elt(rng, count, PASSBAND_HZ, 50_000.0)
    signal[: round(begins_s * PASSBAND_HZ)] = 0.0
    iq = 0.01 * (signal + np.float32(np.sqrt(0.1 * PASSBAND_HZ / 4_000.0)) * white(rng, count))
    found: list[Detection] = []
    for part in np.array_split(iq.astype(np.complex64), 20 * seconds):
        facts = pipeline.feed(part, overload=False, time_of=lambda sample: sample / PASSBAND_HZ)
        found += [fact for fact in facts if isinstance(fact, Detection) and fact.target_id]
    return found


def test_a_live_elt_is_confirmed_within_two_seconds_and_again_each_five() -> None:
    found = live(10, 2.0)
    assert not found[0].confirmed
    assert found[0].time_s == pytest.approx(2.0, abs=0.15)
    confirmed = [one for one in found if one.confirmed]
    assert len(confirmed) == 2
    assert 2.0 < confirmed[0].time_s + confirmed[0].duration_s <= 4.0
    assert confirmed[0].frequency_hz == pytest.approx(121.5e6, abs=60.0)
    assert "sweeps down" in confirmed[0].text


def test_a_gap_is_not_heard_across() -> None:
    detector = SweptDetector(TARGET, RATE_HZ)
    detector.hear(np.ones(19_000, np.complex64))
    detector.forget()
    detector.hear(np.ones(19_000, np.complex64))
    assert not detector.complete
    detector.hear(np.ones(1_000, np.complex64))
    assert detector.complete
