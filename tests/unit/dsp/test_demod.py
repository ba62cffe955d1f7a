"""Every mode is heard at its pitch and level; squelch, level tone, blocks of any size, rates of any ratio."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.domain.audio import AUDIO_HZ, USUAL_HZ, AudioMode, Vfo
from app.dsp.demod import CW_PITCH_HZ, Demodulator
from app.dsp.resampling import LowPass, Resampler
from hardware.sim.signals import white

RATE_HZ = 240_000.0
VFO_HZ = 433.9e6
OFFSET_HZ = 31_000.0
SECONDS = 1.5
COUNT = round(SECONDS * RATE_HZ)
TIMES_S = np.arange(COUNT) / RATE_HZ


def carrier(hz: float) -> NDArray[np.complex128]:
    return np.asarray(np.exp(2j * np.pi * (OFFSET_HZ + hz) * TIMES_S), np.complex128)


def heard(
    mode: AudioMode,
    signal: NDArray[np.complex128],
    noise_db: float = -80.0,
    squelch_db: float | None = None,
    blocks: int = 30,
    offset_hz: float = OFFSET_HZ,
) -> NDArray[np.float32]:
    """What comes out of 1.5 s of the signal, noise of that power per passband added."""
    noise = np.float32(10.0 ** (noise_db / 20.0)) * white(np.random.default_rng(1), COUNT)
    iq = (signal + noise).astype(np.complex64)
    demodulator = Demodulator(RATE_HZ, offset_hz, Vfo(mode, VFO_HZ, USUAL_HZ[mode], squelch_db))
    density = 10.0 ** (noise_db / 10.0) / RATE_HZ
    return np.concatenate([demodulator.feed(part, density) for part in np.array_split(iq, blocks)])


def pitch(sound: NDArray[np.float32]) -> tuple[float, float]:
    """The strongest tone of the last second, Hz, and its share of the power."""
    last = sound[-AUDIO_HZ:].astype(np.float64)
    power = np.abs(np.fft.rfft(last * np.hanning(last.size))) ** 2
    top = int(power[5:].argmax()) + 5
    return top * AUDIO_HZ / last.size, float(power[top - 3 : top + 4].sum() / power[5:].sum())


@pytest.mark.parametrize("strength", [1e-3, 0.5])
def test_am_sounds_as_loud_as_it_is_modulated(strength: float) -> None:
    sound = heard(AudioMode.AM, strength * (1.0 + 0.6 * np.sin(2 * np.pi * 1_000.0 * TIMES_S)) * carrier(120.0), -110.0)
    hz, purity = pitch(sound)
    assert hz == pytest.approx(1_000.0, abs=2.0)
    assert purity > 0.99
    assert float(np.std(sound[-AUDIO_HZ:])) == pytest.approx(0.5 * 0.6 / np.sqrt(2.0), rel=0.05)


def test_nfm_sounds_as_loud_as_its_deviation() -> None:
    turns = 2_000.0 / 700.0 * np.sin(2 * np.pi * 700.0 * TIMES_S)
    sound = heard(AudioMode.NFM, 0.1 * carrier(0.0) * np.exp(1j * turns))
    hz, purity = pitch(sound)
    assert hz == pytest.approx(700.0, abs=2.0)
    assert purity > 0.98
    assert float(np.std(sound[-AUDIO_HZ:])) == pytest.approx(0.8 * 2_000.0 / 3_125.0 / np.sqrt(2.0), rel=0.05)


@pytest.mark.parametrize(
    ("mode", "side_hz", "heard_hz"),
    [
        (AudioMode.USB, 1_300.0, 1_300.0),
        (AudioMode.LSB, -1_300.0, 1_300.0),
        (AudioMode.CW, 0.0, CW_PITCH_HZ),
        (AudioMode.CW, 150.0, CW_PITCH_HZ + 150.0),
    ],
)
@pytest.mark.parametrize("strength", [1e-4, 0.5])
def test_a_carrier_is_heard_at_its_pitch_whatever_its_strength(
    mode: AudioMode, side_hz: float, heard_hz: float, strength: float
) -> None:
    sound = heard(mode, strength * carrier(side_hz), -120.0)
    hz, purity = pitch(sound)
    assert hz == pytest.approx(heard_hz, abs=2.0)
    assert purity > 0.99
    assert float(np.std(sound[-AUDIO_HZ:])) == pytest.approx(0.2, rel=0.1)


@pytest.mark.parametrize(
    ("mode", "side_hz"), [(AudioMode.USB, -1_300.0), (AudioMode.LSB, 1_300.0), (AudioMode.CW, 900.0)]
)
def test_the_other_side_is_not_heard(mode: AudioMode, side_hz: float) -> None:
    beside = 0.03 * carrier(side_hz) + 1e-4 * carrier({AudioMode.USB: 700.0, AudioMode.LSB: -700.0}.get(mode, 0.0))
    assert pitch(heard(mode, beside, -120.0))[0] == pytest.approx(700.0, abs=2.0)  # though 50 dB weaker


def test_the_squelch_opens_for_a_signal_only() -> None:
    signal = np.where(TIMES_S > 1.0, 0.01, 0.0) * (1.0 + 0.8 * np.sin(2 * np.pi * 500.0 * TIMES_S)) * carrier(0.0)
    sound = heard(AudioMode.AM, signal, -50.0, squelch_db=10.0)
    assert np.all(sound[: round(0.95 * AUDIO_HZ)] == 0.0)
    assert float(np.std(sound[-AUDIO_HZ // 4 :])) > 0.1
    assert float(np.std(heard(AudioMode.AM, 0.0 * signal, -50.0)[-AUDIO_HZ:])) > 0.05  # without one the noise is heard


def test_a_squelch_without_a_noise_floor_stays_closed() -> None:
    demodulator = Demodulator(RATE_HZ, 0.0, Vfo(AudioMode.NFM, VFO_HZ, 12_500.0, 3.0))
    assert not demodulator.feed(np.ones(24_000, np.complex64), None).any()


def test_the_level_tone_rises_with_the_level() -> None:
    def tone_of(level_db: float) -> tuple[float, float]:
        return pitch(heard(AudioMode.LEVEL, 10.0 ** (level_db / 20.0) * carrier(0.0), -60.0))

    (low, purity), (high, _) = tone_of(-60.0), tone_of(-48.0)
    assert purity > 0.9
    assert high / low == pytest.approx(2.0, rel=0.06)  # 12 dB, an octave
    assert not heard(AudioMode.LEVEL, 0.0 * carrier(0.0), -60.0)[-AUDIO_HZ:].any()


@pytest.mark.parametrize("mode", AudioMode)
def test_the_sound_does_not_know_the_blocks(mode: AudioMode) -> None:
    modulated = 0.1 * (1.0 + 0.5 * np.sin(2 * np.pi * 800.0 * TIMES_S)) * carrier(300.0)
    for blocks in (1, 7, 3_000):
        sound = heard(mode, modulated, blocks=blocks)
        assert sound.dtype == np.float32
        assert sound.size == pytest.approx(SECONDS * AUDIO_HZ, rel=0.02)
        assert np.isfinite(sound).all()
        assert float(np.abs(sound).max()) <= 1.0


@pytest.mark.parametrize("from_hz", [1_250.0, 10_000.0, 16_000.0, 31_250.0])
def test_resampling_keeps_a_tone_and_adds_nothing(from_hz: float) -> None:
    to_hz = 16_000.0
    tone_hz = 0.3 * min(from_hz, to_hz)
    count = round(from_hz)
    tone = np.exp(2j * np.pi * tone_hz / from_hz * np.arange(count)).astype(np.complex64)
    resampler = Resampler(from_hz, to_hz)
    out = np.concatenate([resampler.feed(part) for part in np.array_split(tone, 37)])
    assert out.size == pytest.approx(to_hz, rel=0.05)
    middle = out[out.size // 4 :]
    mixed = middle * np.exp(-2j * np.pi * tone_hz / to_hz * np.arange(middle.size))
    assert float(np.abs(mixed - mixed.mean()).max()) < 0.01
    assert abs(mixed.mean()) == pytest.approx(1.0, abs=0.01)


def test_what_folds_is_taken_away_before() -> None:
    tone = np.exp(2j * np.pi * 0.36 * np.arange(31_250)).astype(np.complex64)  # 11.25 kHz
    assert float(np.abs(Resampler(31_250.0, 16_000.0).feed(tone)[200:]).max()) < 0.01
    assert float(np.abs(LowPass(31_250.0, 12_500.0).feed(tone)[200:]).max()) < 0.01


def test_nothing_in_gives_nothing_out() -> None:
    demodulator = Demodulator(RATE_HZ, 0.0, Vfo(AudioMode.USB, VFO_HZ, 2_700.0))
    assert demodulator.feed(np.zeros(0, np.complex64), 1e-9).size == 0
    assert not demodulator.feed(np.zeros(24_000, np.complex64), 1e-9).any()
