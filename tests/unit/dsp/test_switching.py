"""Steps of gain found in power, and what is no step of gain."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.dsp.switching import find_step, frame_powers_db

SIZE = 256


def noise(count: int, seed: int) -> NDArray[np.complex64]:
    rng = np.random.default_rng(seed)
    return (0.02 * (rng.standard_normal(count) + 1j * rng.standard_normal(count))).astype(np.complex64)


def stepped(step_db: float, at: int, seed: int, carrier: float = 0.0, frames: int = 120) -> NDArray[np.float32]:
    iq = noise(frames * SIZE, seed) + np.complex64(carrier)
    iq[at * SIZE :] *= np.float32(10 ** (step_db / 20))
    return frame_powers_db(iq, SIZE)


@pytest.mark.parametrize("step_db", [-8.0, -6.0, -3.0, 1.4, 3.0])
@pytest.mark.parametrize("carrier", [0.0, 0.3])
def test_a_step_is_found_where_it_is(step_db: float, carrier: float) -> None:
    places = [find_step(stepped(step_db, at, at, carrier), step_db) for at in range(20, 100, 8)]
    assert all(place is not None for place in places)
    assert max(abs(place - at) for place, at in zip(places, range(20, 100, 8), strict=True) if place is not None) <= 3


def test_noise_alone_is_no_step() -> None:
    assert all(find_step(stepped(0.0, 0, seed), step_db) is None for seed in range(100) for step_db in (-6.0, 1.4))


def test_the_other_way_or_by_another_amount_is_no_step() -> None:
    assert find_step(stepped(6.0, 60, 1), -6.0) is None
    assert find_step(stepped(6.0, 60, 1), 1.4) is None
    assert find_step(stepped(-1.5, 60, 1), -6.0) is None


def test_a_pulse_is_no_step_and_hides_none() -> None:
    pulse = stepped(0.0, 0, 2)
    pulse[50:65] += 12.0
    assert find_step(pulse, 12.0) is None
    assert find_step(pulse, -6.0) is None
    with_step = stepped(-6.0, 80, 3)
    with_step[30:33] += 10.0
    place = find_step(with_step, -6.0)
    assert place is not None
    assert abs(place - 80) <= 3


def test_fading_is_no_step() -> None:
    slow = stepped(0.0, 0, 4) + np.linspace(0.0, -8.0, 120, dtype=np.float32)
    assert find_step(slow, -6.0) is None


def test_too_little_is_none() -> None:
    assert find_step(np.zeros(10, np.float32), -6.0) is None
    assert find_step(stepped(-6.0, 3, 5), -6.0) is None  # not enough before it
