"""Whether bursts are found where they are: a crowded capture, a satellite's beacon by ear, noise; the main thread."""

import csv
import os
from pathlib import Path

import numpy as np

from app.bench.figures import Figure
from app.bench.trials import Count, interval, pfa_figure
from app.domain.radio import Detection
from app.dsp.energy import FRAME, SPECTRUM_PFA, BurstFinder, find_lines
from app.dsp.floor import NoiseFloor
from app.dsp.survey import Unheard, survey
from hardware.sim.signals import white
from hardware.wholefile import whole_file

ADSB_ERROR_S, KOYO_ERROR_S = 20e-6, 5e-3
KOYO_S = (0.230, 10.345, 20.365)
REPLY_S = 128 / 2e6  # the shorter of two replies of Mode S, at the capture's rate
BURST_PFA = 1e-5  # a frame; the finder's own 1e-8 would take hours to see
WINDOWS, WINDOWS_QUICK = 10_000, 1_000
WINDOW = 512 * FRAME
BINS, FRAMES = 2048, 58  # of a spectrum over 0.5 s at 240 kHz


def run(quick: bool, count: Count) -> list[Figure]:
    """With ``quick`` a tenth of the windows; without the shared recordings only noise."""
    windows = WINDOWS_QUICK if quick else WINDOWS
    recorded = [*adsb_figures(DATA), koyo_figure(DATA)] if DATA.is_dir() else []
    return [*recorded, burst_pfa(windows, count), line_pfa(windows, count)]


DATA = Path(os.environ.get("KESTREL_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


def adsb_figures(data: Path) -> list[Figure]:
    """The 194 known frames of a Mode S capture, by the begin of a burst, and what else is told of it."""
    bursts = [fact for fact in _told(data / "adsb" / "modes1_1090M_2000k.cu8") if "burst" in fact.text]
    with (data / "adsb" / "modes1_expected.csv").open() as file:
        frames = [(int(row["sample_index"]) / 2e6, 4 * len(row["hex"]) / 1e6 + 8e-6) for row in csv.DictReader(file)]
    begins_s = np.array([burst.time_s for burst in bursts])
    found = sum(float(np.abs(begins_s - begin_s).min()) <= ADSB_ERROR_S for begin_s, _ in frames) / len(frames)
    strange = [
        burst
        for burst in bursts
        if not any(burst.time_s < begin_s + length_s and burst.time_s + burst.duration_s > begin_s
                   for begin_s, length_s in frames)
    ]  # fmt: skip
    replies = sum(burst.duration_s >= 0.9 * REPLY_S for burst in strange)
    return [
        Figure(f"bursts: ADS-B, of {len(frames)} known frames found within 20 us", found, "", ">= 0.95", found >= 0.95),
        Figure("bursts: ADS-B, further bursts as long as a Mode S reply", replies, ""),
        Figure("bursts: ADS-B, further bursts shorter than that", len(strange) - replies, ""),
    ]


def koyo_figure(data: Path) -> Figure:
    """Greatest error of the begin of three bursts in a sound; infinite when other than three are told."""
    begins_s = [fact.time_s for fact in _told(data / "audio" / "koyo.wav")]
    errors_s = [abs(told - true) for told, true in zip(begins_s, KOYO_S, strict=False)]
    worst_ms = 1e3 * max(errors_s) if len(begins_s) == len(KOYO_S) else float("inf")
    return Figure("bursts: koyo.wav, greatest error of a begin", worst_ms, "ms", "<= 5", worst_ms <= 1e3 * KOYO_ERROR_S)


def _told(path: Path) -> list[Detection]:
    """What ``kestrel detect`` tells of a file."""
    file = whole_file(path)
    facts = survey(file.blocks, file.rate_hz, file.samples, file.pause_s, ())
    return [fact for fact in facts if not isinstance(fact, Unheard)]


def burst_pfa(windows: int, count: Count) -> Figure:
    """False bursts a frame of white noise, for a stated probability that can be measured."""
    (found,) = count(_bursts_in_noise, windows, 0xB0)
    frames = WINDOW // FRAME
    name = f"bursts: Pfa of a frame, {windows} windows of {frames}, stated {BURST_PFA:g}"
    return pfa_figure(name, found, windows * frames, BURST_PFA)


def _bursts_in_noise(rng: np.random.Generator, windows: int) -> tuple[int, ...]:
    finder = BurstFinder(1e6, pfa=BURST_PFA)
    return (sum(1 for window in range(windows) for _ in finder.feed(white(rng, WINDOW), window * WINDOW)),)


def line_pfa(windows: int, count: Count) -> Figure:
    """Spectra of white noise with a line anywhere in them, the floor learnt from the same noise."""
    (alarms,) = count(_lines_in_noise, windows, 0xB1)
    pfa = alarms / windows
    return Figure(f"lines: Pfa of a spectrum, {windows} of noise", pfa, "", f"<= {2.0 * SPECTRUM_PFA:g}",
                  pfa <= 2.0 * SPECTRUM_PFA, interval=interval(alarms, windows))  # fmt: skip


def _lines_in_noise(rng: np.random.Generator, windows: int) -> tuple[int, ...]:
    floor, apart = NoiseFloor(BINS), np.zeros(BINS, bool)
    alarms = 0
    for _ in range(windows):
        power = (rng.standard_gamma(FRAMES, BINS, np.float32) / FRAMES).astype(np.float32)
        floor.feed(power.copy(), FRAMES)
        alarms += bool(find_lines(power, floor.per_bin(), FRAMES, 240e3, apart))
    return (alarms,)
