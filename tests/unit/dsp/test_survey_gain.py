"""A recording whose gain was changed is looked through as one."""

import numpy as np

from app.dsp.survey import Unheard, survey
from app.ports import Block, Taken
from hardware.sim.signals import white

RATE_HZ = 240_000.0


def test_a_change_of_gain_in_a_recording_is_no_burst() -> None:
    noise = white(np.random.default_rng(1), round(4 * RATE_HZ)) * np.float32(1e-2)
    parts = np.split(noise, 4)
    gains_db = (20.0, 20.0, 29.0, 14.0)
    blocks = [
        (
            Block(number * part.size, 0, part * np.float32(10.0 ** ((gain_db - 20.0) / 20.0)), 0.0, memoryview(b""),
                  "cf32_le", Taken(433e6, gain_db)),
            433e6,
        )
        for number, (part, gain_db) in enumerate(zip(parts, gains_db, strict=True))
    ]  # fmt: skip
    facts = list(survey(blocks, RATE_HZ, noise.size, 1e-4, ()))
    assert facts
    assert all(isinstance(fact, Unheard) for fact in facts)
