"""First-generation bursts out of IQ: offset, drift, bit rate, noise, both syncs, upside down, and what is none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.dsp.sarsat406.fgb import find_bursts
from app.dsp.sarsat406.received import Burst
from tests.unit.dsp.sarsat406.bursts406 import ID, MESSAGE, NORMAL, SELF_TEST, SHORT, burst, in_noise

RATE_HZ = 30_000.0


def only(samples: object) -> Burst:
    assert isinstance(samples, np.ndarray)
    found = find_bursts(samples, RATE_HZ)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("offset_hz", [-4_900.0, -1_234.5, 0.0, 3.0, 4_900.0])
@pytest.mark.parametrize("drift_hz_per_s", [0.0, 50.0])
def test_at_any_offset_and_drift(offset_hz: float, drift_hz_per_s: float) -> None:
    rng = np.random.default_rng(1)
    got = only(in_noise(burst(NORMAL + MESSAGE, offset_hz=offset_hz, drift_hz_per_s=drift_hz_per_s), 38.0, rng))
    assert got.message.message_hex == MESSAGE
    assert got.message.id_hex == ID
    assert not got.message.test
    assert got.start_s == pytest.approx(0.4, abs=1e-3)
    assert got.length_s == pytest.approx(0.52, abs=1e-3)
    assert got.cn0_dbhz == pytest.approx(38.0, abs=1.0)
    middle_hz = offset_hz + drift_hz_per_s * (0.160 + 0.18)
    assert got.offset_hz == pytest.approx(middle_hz, abs=1.0)


@pytest.mark.parametrize("baud", [396.1, 403.9])
def test_at_the_bit_rates_limits(baud: float) -> None:
    rng = np.random.default_rng(2)
    assert only(in_noise(burst(NORMAL + MESSAGE, baud=baud), 38.0, rng)).message.message_hex == MESSAGE


def test_a_self_test_is_a_test() -> None:
    got = only(in_noise(burst(SELF_TEST + MESSAGE, offset_hz=700.0), 40.0, np.random.default_rng(3)))
    assert got.message.id_hex == ID
    assert got.message.test


def test_a_short_message_ends_where_it_ends() -> None:
    got = only(in_noise(burst(NORMAL + SHORT, offset_hz=-700.0), 40.0, np.random.default_rng(4)))
    assert got.message.message_hex == SHORT
    assert got.length_s == pytest.approx(0.44, abs=1e-3)


def test_upside_down_spectra_are_read_too() -> None:
    samples = np.conj(burst(NORMAL + MESSAGE, offset_hz=1_500.0))
    got = only(in_noise(samples, 40.0, np.random.default_rng(5)))
    assert got.message.message_hex == MESSAGE
    assert got.offset_hz == pytest.approx(-1_500.0, abs=2.0)


def test_two_beacons_in_one_window() -> None:
    both = burst(NORMAL + MESSAGE, offset_hz=2_000.0, start_s=0.2) + burst(
        NORMAL + SHORT, offset_hz=-2_500.0, start_s=0.5
    )
    found = find_bursts(in_noise(both, 40.0, np.random.default_rng(6)), RATE_HZ)
    assert [one.message.message_hex for one in found] == [MESSAGE, SHORT]


def test_at_32_dbhz_most_are_decoded() -> None:
    """The bench measures how many; here a gross loss would be seen."""
    rng = np.random.default_rng(7)
    whole = 0
    for _ in range(20):
        offset_hz = float(rng.uniform(-4_900.0, 4_900.0))
        found = find_bursts(in_noise(burst(NORMAL + MESSAGE, offset_hz=offset_hz), 32.0, rng), RATE_HZ)
        whole += bool(found) and found[0].message.message_hex == MESSAGE
    assert whole >= 16


def test_noise_a_carrier_and_a_cut_burst_are_no_message() -> None:
    rng = np.random.default_rng(8)
    nothing = np.zeros(48_000, np.complex128)
    carrier = np.exp(2j * np.pi * 500.0 / RATE_HZ * np.arange(48_000))
    cut = burst(NORMAL + MESSAGE, start_s=1.3)
    for signal in (nothing, carrier, cut, 0.02 * carrier):
        assert find_bursts(in_noise(signal, 40.0, rng), RATE_HZ) == []


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, np.complex64),
        np.zeros(100, np.complex64),
        np.zeros(48_000, np.complex64),
        np.full(48_000, np.nan, np.complex64),
        np.ones(48_000, np.complex64),
    ],
    ids=["none", "few", "zeros", "nan", "dc"],
)
def test_samples_that_are_no_signal(samples: object) -> None:
    assert isinstance(samples, np.ndarray)
    assert find_bursts(samples, RATE_HZ) == []


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.floats(1e-6, 1e6))
def test_any_noise_at_any_level_is_no_message(seed: int, level: float) -> None:
    rng = np.random.default_rng(seed)
    noise = level * (rng.standard_normal(36_000) + 1j * rng.standard_normal(36_000))
    assert find_bursts(noise.astype(np.complex64), RATE_HZ) == []
