"""Lines that last, lines that bursts leave behind, and bursts close together."""

import csv
from pathlib import Path

import numpy as np
import pytest

from app.dsp.energy import Burst, BurstFinder, Line, joined
from app.dsp.lasting import LastingLines
from hardware.sim.signals import white
from hardware.wholefile import whole_file

RATE_HZ = 1_000.0
LINE = Line(100.0, 10.0, 1e-3, 10.0)


def burst(first: int, last: int, offset_hz: float = 100.0, power: float = 1e-3) -> Burst:
    return Burst(first, last, offset_hz, offset_hz, 20.0, power, power / 1e-4)


def test_a_line_is_told_when_it_has_ended() -> None:
    lines = LastingLines(RATE_HZ)
    ended = [one for row in range(12) for one in lines.feed([LINE] if 2 <= row < 7 else [], 500 * row, 500 * row + 500)]
    assert [(one.first, one.last) for one in ended] == [(1_000, 3_500)]
    assert lines.finish() == []


def test_what_a_burst_leaves_in_a_spectrum_is_no_line() -> None:
    lines = LastingLines(RATE_HZ)
    for row in range(6):
        assert lines.note(burst(500 * row + 10, 500 * row + 60))
        lines.feed([LINE], 500 * row, 500 * row + 500)
    assert lines.finish() == []


def test_a_long_burst_is_the_line_it_belongs_to() -> None:
    lines = LastingLines(RATE_HZ)
    for row in range(4):
        lines.feed([LINE], 500 * row, 500 * row + 500)
    assert not lines.note(burst(0, 1_900))
    assert lines.note(burst(0, 1_900, -300.0))
    assert len(lines.finish()) == 1


def test_a_single_spectrum_is_enough_where_there_is_no_more() -> None:
    lines = LastingLines(RATE_HZ)
    lines.feed([LINE], 0, 500)
    assert len(lines.finish()) == 1


def test_bursts_with_short_pauses_are_one() -> None:
    parts = [burst(0, 100), burst(104, 200, power=4e-3), burst(300, 350)]
    one, other = joined(parts, 8)
    assert (one.first, one.last, other.first) == (0, 200, 300)
    assert one.power == pytest.approx((100 * 1e-3 + 96 * 4e-3) / 196)


@pytest.mark.parametrize("block", [4_096, 8_192, 65_536])
def test_fine_ends_are_true_to_some_samples_whatever_the_blocks(block: int) -> None:
    rng = np.random.default_rng(1)
    iq = white(rng, 262_144) * np.float32(0.01)
    places = [(20_000, 20_500), (20_540, 21_000), (65_400, 65_700), (100_003, 140_000)]
    for first, last in places:
        iq[first:last] += 0.3 * np.exp(1j * 0.3 * np.arange(last - first)).astype(np.complex64)
    finder = BurstFinder(1e6, fine=True)
    found = [one for at in range(0, iq.size, block) for one in finder.feed(iq[at : at + block], at)]
    ends = [(one.first, one.last) for one in joined(found, 8)]
    assert len(ends) == len(places)
    np.testing.assert_allclose(ends, places, atol=16)
    assert all(10.0 * np.log10(one.snr) == pytest.approx(29.5, abs=1.0) for one in joined(found, 8))


def test_a_weak_burst_is_not_torn_to_pieces() -> None:
    rng = np.random.default_rng(2)
    iq = white(rng, 131_072) * np.float32(0.01)
    iq[40_000:60_000] *= np.float32(1.8)
    assert len(list(joined(BurstFinder(1e6, fine=True).feed(iq, 0), 16))) <= 3


def test_noise_has_no_bursts() -> None:
    rng = np.random.default_rng(3)
    finder = BurstFinder(1e6, fine=True)
    assert [one for at in range(30) for one in finder.feed(white(rng, 65_536), 65_536 * at)] == []


@pytest.mark.shared
def test_adsb_frames_begin_where_bursts_do(shared_data: Path) -> None:
    file_of = whole_file(shared_data / "adsb" / "modes1_1090M_2000k.cu8")
    finder = BurstFinder(2e6, fine=True)
    iq = np.concatenate([block.iq.copy() for block, _ in file_of.blocks])
    begins = np.array([one.first for one in joined(finder.feed(iq, 0), 8)])
    with (shared_data / "adsb" / "modes1_expected.csv").open() as file:
        frames = [int(row["sample_index"]) for row in csv.DictReader(file)]
    assert np.mean([np.abs(begins - frame).min() <= 40 for frame in frames]) >= 0.95
