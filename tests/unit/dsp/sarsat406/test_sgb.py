"""Second-generation bursts out of IQ: codes as the standard prints them, offset, drift, slipping chips, noise."""

import numpy as np
import pytest

from app.dsp.sarsat406.sgb import find_spread_bursts
from app.dsp.sarsat406.spreading import SEEDS, chips
from hardware.sim import spread406
from hardware.sim.spread406 import EXAMPLE_BITS, EXAMPLE_ID
from tests.unit.dsp.sarsat406.bursts406 import MESSAGE, NORMAL, burst, in_noise

RATE_HZ = 96_000.0


@pytest.mark.parametrize("self_test", [False, True])
@pytest.mark.parametrize("channel", [0, 1])
def test_codes_begin_as_the_standard_prints_them(self_test: bool, channel: int) -> None:
    first = "".join(str(chip) for chip in chips(SEEDS[self_test][channel], 64))
    assert f"{int(first, 2):016X}" == spread406.FIRST_CHIPS[self_test][channel]


@pytest.mark.parametrize(
    ("offset_hz", "drift", "ppm", "self_test", "half_sine", "cn0_dbhz"),
    [
        (0.0, 0.0, 0.0, False, False, 45.0),
        (4_900.0, 20.0, 40.0, True, False, 40.0),
        (-4_900.0, -20.0, -40.0, False, True, 38.0),
    ],
)
def test_at_any_offset_with_slipping_chips(
    offset_hz: float, drift: float, ppm: float, self_test: bool, half_sine: bool, cn0_dbhz: float
) -> None:
    rng = np.random.default_rng(1)
    sent = spread406.spread_burst(EXAMPLE_BITS, RATE_HZ, 0.41, offset_hz, drift, ppm, self_test, half_sine=half_sine)
    found = find_spread_bursts(in_noise(sent, cn0_dbhz, rng, RATE_HZ), RATE_HZ)
    assert [one.message.id_hex for one in found] == [EXAMPLE_ID]
    assert found[0].message.ok
    assert found[0].message.test == self_test
    assert found[0].message.position is not None
    assert found[0].start_s == pytest.approx(0.41, abs=1e-4)
    assert found[0].offset_hz == pytest.approx(offset_hz + drift * 0.5, abs=1.0)
    assert found[0].cn0_dbhz == pytest.approx(cn0_dbhz, abs=2.0)


def test_a_weak_one_is_found_at_any_offset() -> None:
    """31 dBHz, 12.8 dB below the noise in the chips' band: an ideal receiver loses a few bits of such a burst."""
    rng = np.random.default_rng(3)
    found = 0
    for offset_hz in np.linspace(-4_900.0, 4_900.0, 6):
        sent = spread406.spread_burst(EXAMPLE_BITS, RATE_HZ, rng.uniform(0.05, 0.7), float(offset_hz), 10.0, 20.0)
        told = find_spread_bursts(in_noise(sent, 31.5, rng, RATE_HZ), RATE_HZ)
        assert [one.message.id_hex for one in told] in ([], [EXAMPLE_ID])
        found += len(told)
    assert found >= 5


@pytest.mark.parametrize("kind", ["noise", "first generation", "cut", "zeros", "nan", "few"])
def test_what_is_no_such_burst(kind: str) -> None:
    rng = np.random.default_rng(2)
    whole = round(1.8 * RATE_HZ)
    samples = {
        "noise": in_noise(np.zeros(whole, np.complex128), 40.0, rng, RATE_HZ),
        "first generation": in_noise(burst(NORMAL + MESSAGE, RATE_HZ, length_s=1.8), 50.0, rng, RATE_HZ),
        "cut": in_noise(spread406.spread_burst(EXAMPLE_BITS, RATE_HZ, 1.2, 0.0), 45.0, rng, RATE_HZ),
        "zeros": np.zeros(whole, np.complex64),
        "nan": np.full(whole, np.nan, np.complex64),
        "few": np.zeros(10, np.complex64),
    }[kind]
    assert find_spread_bursts(samples, RATE_HZ) == []
