import math

import numpy as np
import pytest
from numpy.typing import NDArray

from app.domain.geometry import EastNorth, LatLon, LocalPlane
from hardware.sim.config import Emitter, SimConfig
from hardware.sim.synthesis import GAINS_DB, Synthesis, passband_db
from hardware.sim.world import World

HOME = LatLon(47.0, 8.0)
BEACON_HZ = 433.92e6


def world_at(distance_m: float, **changes: object) -> World:
    beacon = LocalPlane(HOME).to_globe(EastNorth(distance_m, 0.0))
    values: dict[str, object] = {"sigma_db": 0.0, "oscillator_hz": 0.0, "home": HOME, "beacon": beacon, **changes}
    world = World(SimConfig(**values))  # type: ignore[arg-type]
    for _ in range(10):
        world.step()
    return world


def receiver(world: World, offset_hz: float = 50e3, gain_db: float = 29.7) -> Synthesis:
    synthesis = Synthesis(world)
    synthesis.tuning.centre_hz, synthesis.tuning.auto_gain = BEACON_HZ - offset_hz, False
    synthesis.tuning.gain_db = gain_db
    return synthesis


def samples(synthesis: Synthesis, grains: int = 32) -> NDArray[np.complex128]:
    raw = np.concatenate([synthesis.grain(n) for n in range(grains)]).astype(float)
    iq = np.empty(len(raw) // 2, np.complex128)
    iq.real, iq.imag = (raw[::2] - 127.5) / 127.5, (raw[1::2] - 127.5) / 127.5
    return iq


def power_db(iq: NDArray[np.complex128], centre_hz: float, rate_hz: float = 240e3, width_hz: float = 4e3) -> float:
    spectrum = np.abs(np.fft.fft(iq)) ** 2 / len(iq) ** 2
    near = np.abs(np.fft.fftfreq(len(iq), 1.0 / rate_hz) - centre_hz) < width_hz / 2.0
    return float(10.0 * math.log10(spectrum[near].sum()))


@pytest.mark.parametrize("rate_hz", [240e3, 1.024e6, 2.4e6])
def test_snr_at_the_range_is_some_12_db_at_every_rate(rate_hz: float) -> None:
    iq = samples(receiver(world_at(300.0, rate_hz=rate_hz)), 64)
    snr_db = power_db(iq, 50e3, rate_hz) - power_db(iq, -60e3, rate_hz, 20e3) + 10.0 * math.log10(5.0)
    assert snr_db == pytest.approx(12.0, abs=1.5)


def test_level_follows_the_distance() -> None:
    near, far = (power_db(samples(receiver(world_at(d))), 50e3) for d in (30.0, 100.0))
    assert near - far == pytest.approx(22.0 * math.log10(100.0 / 30.0), abs=0.5)


def test_gain_acts_as_said() -> None:
    world = world_at(50.0)
    low, high = (power_db(samples(receiver(world, gain_db=g)), 50e3) for g in (20.7, 40.2))
    assert high - low == pytest.approx(19.5, abs=0.3)


def test_far_in_the_open_nothing_clips_and_near_with_much_gain_it_does() -> None:
    calm = samples(receiver(world_at(40.0)))
    wild = samples(receiver(world_at(4.0), gain_db=49.6))
    assert np.abs(calm.real).max() < 0.9
    assert np.mean(np.abs(wild.real) > 0.99) > 0.05


def test_the_tuners_own_control_finds_a_gain_that_does_not_clip() -> None:
    synthesis = receiver(world_at(4.0), gain_db=49.6)
    synthesis.tuning.auto_gain = True
    samples(synthesis, 80)
    assert np.abs(samples(synthesis, 8).real).max() < 0.95
    assert synthesis.tuning.gain_db in GAINS_DB


def test_outside_the_passband_nothing_is_heard() -> None:
    silent = samples(receiver(world_at(5.0), offset_hz=300e3))
    assert power_db(silent, 300e3 - 240e3) < power_db(silent, -60e3) + 3.0
    assert passband_db(90e3, 240e3) == 0.0
    assert passband_db(120e3, 240e3) == pytest.approx(-6.0)
    assert passband_db(200e3, 240e3) == -math.inf


def test_dc_stands_at_the_centre() -> None:
    iq = samples(receiver(world_at(300.0)))
    assert power_db(iq, 0.0, width_hz=100.0) > power_db(iq, 20e3, width_hz=100.0) + 20.0


def test_phase_runs_on_from_grain_to_grain() -> None:
    iq = samples(receiver(world_at(10.0)), 16)
    tone = iq * np.exp(-2j * np.pi * 50e3 * np.arange(len(iq)) / 240e3)
    turns = np.unwrap(np.angle(np.convolve(tone, np.ones(256) / 256, mode="valid")))
    assert np.abs(np.diff(turns)).max() < 0.01


def test_the_same_seed_gives_the_same_samples_and_another_seed_others() -> None:
    one, same, other = (receiver(world_at(100.0, seed=s)).grain(7) for s in (3, 3, 4))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_second_emitter_is_heard_beside_the_first() -> None:
    second = Emitter(LocalPlane(HOME).to_globe(EastNorth(0.0, 60.0)), frequency_hz=BEACON_HZ - 30e3)
    iq = samples(receiver(world_at(60.0, others=(second,))))
    assert power_db(iq, 20e3) == pytest.approx(power_db(iq, 50e3), abs=0.5)


def test_noise_is_gaussian_and_white_within_the_passband() -> None:
    world = world_at(300.0)
    world.beacons_on = False
    iq = samples(receiver(world), 128)
    left, right = power_db(iq, -60e3, width_hz=40e3), power_db(iq, 60e3, width_hz=40e3)
    assert left == pytest.approx(right, abs=0.2)
    centred = iq.real - iq.real.mean()
    assert np.mean(centred**4) / np.mean(centred**2) ** 2 == pytest.approx(3.0, abs=0.2)
