import numpy as np
import pytest

from app.domain.geometry import LatLon
from app.domain.radio import BeaconKind
from hardware.sim.config import Emitter
from hardware.sim.sarsat import message_bits, parity_bits
from hardware.sim.waveforms import waveform

RATE_HZ = 240_000.0
PLACE = LatLon(47.3977, 8.5456)


def heard(kind: BeaconKind, seconds: float, grain: int = 4096, **changes: float) -> np.ndarray:
    wave = waveform(Emitter(PLACE, kind, **changes), RATE_HZ, 0.1)  # type: ignore[arg-type]
    grains = [wave.envelope(n * grain, grain) for n in range(int(seconds * RATE_HZ / grain))]
    return np.concatenate([np.full(grain, g) if isinstance(g, float) else g for g in grains])


def test_carrier_is_always_on() -> None:
    assert np.all(heard(BeaconKind.CARRIER, 0.1) == 1.0)


def test_pulses_begin_when_they_should_and_last_as_long_as_they_should() -> None:
    on = np.abs(heard(BeaconKind.PULSED, 3.5, period_s=1.2, pulse_s=0.02)) > 0.5
    starts = np.flatnonzero(np.diff(on.astype(int)) == 1) / RATE_HZ
    assert starts == pytest.approx([0.1, 1.3, 2.5], abs=2e-4)
    assert on.sum() / RATE_HZ == pytest.approx(3 * 0.02, rel=0.02)


def test_cutting_in_grains_changes_nothing() -> None:
    whole, cut = heard(BeaconKind.PULSED, 2.2, 240_000), heard(BeaconKind.PULSED, 2.2, 4096)
    shortest = min(len(whole), len(cut))
    assert np.array_equal(whole[:shortest], cut[:shortest])


def test_the_sweep_goes_down_through_the_audio_band_three_times_a_second() -> None:
    audio = heard(BeaconKind.SWEPT, 1.2)
    crossings = np.flatnonzero((audio[:-1] < 1.0) & (audio[1:] >= 1.0))
    tone_hz = RATE_HZ / np.diff(crossings)
    assert 350.0 < tone_hz.min() < 450.0
    assert 1_300.0 < tone_hz.max() < 1_500.0
    assert np.count_nonzero(np.diff(tone_hz) > 500.0) in {3, 4}  # jumps back up
    assert (audio.min(), audio.max()) == pytest.approx((0.4, 1.9), abs=0.05)


def test_a_burst_is_a_carrier_and_then_biphase() -> None:
    burst = heard(BeaconKind.SARSAT1, 0.7, period_s=50.0)
    on = np.flatnonzero(np.abs(burst) > 0.5)
    assert len(on) / RATE_HZ == pytest.approx(0.160 + 144 / 400.0, abs=1e-3)
    phase = np.angle(burst[on])
    assert np.abs(phase[: int(0.15 * RATE_HZ)]).max() < 1e-6
    assert np.abs(phase[int(0.17 * RATE_HZ) :]).max() == pytest.approx(1.1, abs=1e-3)
    half = RATE_HZ / 800.0
    middles = int(0.160 * RATE_HZ) + ((np.arange(288) + 0.5) * half).astype(int)
    halves = phase[middles] > 0.0
    assert np.all(halves[::2] != halves[1::2])
    assert "".join("1" if bit else "0" for bit in halves[::2]) == message_bits(None)


def test_parity_agrees_with_a_message_from_a_real_beacon() -> None:
    """The sample message of many published decoders, FFFE2F 8E0D0990014710021963C85C7009F5."""
    bits = f"{int('8E0D0990014710021963C85C7009F5', 16):0120b}"
    assert parity_bits(bits[:61], 1) == bits[61:82]
    assert parity_bits(bits[82:108], 2) == bits[108:120]


def test_an_encoded_position_is_within_four_seconds() -> None:
    bits = message_bits(PLACE)
    assert len(bits) == 144
    lat = int(bits[65:74], 2) / 4.0
    sign = 1.0 if bits[112] == "1" else -1.0
    lat += sign * (int(bits[113:118], 2) / 60.0 + int(bits[118:122], 2) * 4.0 / 3600.0)
    assert lat == pytest.approx(PLACE.lat_deg, abs=2.1 / 3600.0)
