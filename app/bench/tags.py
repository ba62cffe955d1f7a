"""How weak a tag may be, how often noise and what is no tag are taken for one, and what that costs; the main thread.

Channels of 3.84 kHz in 10 kHz, white noise, pulses of 15 ms, windows of 10 s, false alarms of 1 % a window. Energies
are those of one pulse over the noise density. The limit is the bound for a known period on a grid without losses, the
peer MavlinkTagController2 as measured for the design.
"""

import time
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from app.bench.figures import Figure
from app.bench.trials import Count, crossing, interval, pfa_figure
from app.domain.radio import BeaconKind, Target
from app.dsp.matched import PulseFilter
from app.dsp.pipeline import Pipeline
from app.dsp.trains import Train, Window, find_trains, window_of
from app.dsp.verdicts import verdicts
from hardware.sim.signals import white
from hardware.sim.trains import Tag, carrier, comb, heard, tag

RATE_HZ, WIDTH_HZ, WINDOW_S, PULSE_S, PERIOD_S = 10_000.0, 3_840.0, 10.0, 0.015, 2.0
PFA = 0.01
GIVEN: tuple[float, ...] = (PERIOD_S,)
UNKNOWN: tuple[float, ...] = ()
OFF = 0.001  # by which a tag's period may differ from the one that was given
ENERGIES_DB = {GIVEN: np.arange(6.0, 9.6, 0.5), UNKNOWN: np.arange(7.5, 11.1, 0.5)}
PEER = "MavlinkTagController2"
FRONT_END_HZ, TAGS, BLOCK = 2.4e6, 20, 131_072
Signal = NDArray[np.complex64]
FILTER = PulseFilter(RATE_HZ, WIDTH_HZ, PULSE_S)


def run(quick: bool, count: Count) -> list[Figure]:
    """With ``quick`` some hundred windows instead of ten thousand."""
    windows, turns = (200, 20) if quick else (10_000, 400)
    return [
        *sensitivity(turns, count),
        false_alarms("period given", GIVEN, windows, 0xFA1, count),
        false_alarms("period unknown", UNKNOWN, windows, 0xFA2, count),
        *impostors(turns, count),
        *readouts(max(turns, 100)),
    ]


def times(quick: bool) -> list[Figure]:
    """What is best measured while nothing else runs."""
    return [look_time(20 if quick else 100), many_tags(4.0 if quick else 20.0)]


def look(samples: Signal, periods_s: tuple[float, ...], pfa: float = PFA) -> tuple[Window, list[Train]]:
    """The trains of a window that nothing speaks against."""
    gram = FILTER.gram(samples, 0, round(WINDOW_S * RATE_HZ) // FILTER.hop)
    window = window_of([gram], RATE_HZ, FILTER.length)
    alive_s = periods_s[0] if periods_s else 0.0
    return window, [
        verdict.train
        for verdict in verdicts(window, find_trains(window, periods_s, pfa), alive_s, 0.0)
        if not verdict.why
    ]


def _samples(rng: np.random.Generator, what: Tag) -> Signal:
    return heard(rng, tag(rng, what, WINDOW_S + 0.1, RATE_HZ)[0])


def _anywhere(rng: np.random.Generator) -> float:
    """An offset in the channel."""
    return float(rng.uniform(-0.5, 0.5) * WIDTH_HZ)


def sensitivity(turns: int, count: Count) -> list[Figure]:
    """Energies at which 0.9 and 0.5 of the tags are found, from ``turns`` windows each half decibel."""
    figures = []
    for name, periods_s, seed in (("period given", GIVEN, 0x5E1), ("period unknown", UNKNOWN, 0x5E2)):
        found = count(partial(_detected, periods_s), turns, seed, piece=10)
        shares = np.maximum.accumulate(np.array(found) / turns)
        for pd, goal_db, peer_db, limit_db in ((0.9, 8.5, 11.5, 7.4), (0.5, 6.7, 10.1, 5.7)):
            needed_db = crossing(ENERGIES_DB[periods_s], shares, pd)
            goal, ok = (f"<= {goal_db:g}", needed_db <= goal_db) if periods_s else ("", None)
            label = f"tag, {name}: E/N0 for Pd {pd:g}"
            figures.append(Figure(label, needed_db, "dB", goal, ok, PEER, peer_db, limit_db))
    return figures


def _detected(periods_s: tuple[float, ...], rng: np.random.Generator, turns: int) -> tuple[int, ...]:
    """How many tags of each energy are found."""
    energies_db = ENERGIES_DB[periods_s].tolist()
    return tuple(sum(_is_found(rng, energy_db, periods_s) for _ in range(turns)) for energy_db in energies_db)


def _is_found(rng: np.random.Generator, energy_db: float, periods_s: tuple[float, ...]) -> bool:
    period_s = PERIOD_S * (1.0 + rng.uniform(-OFF, OFF))
    what = Tag(energy_db, period_s, _anywhere(rng), first_s=rng.uniform(0.0, period_s))
    return bool(look(_samples(rng, what), periods_s)[1])


def false_alarms(name: str, periods_s: tuple[float, ...], windows: int, seed: int, count: Count) -> Figure:
    """Share of windows of noise with a tag in them."""
    (found,) = count(partial(in_noise, periods_s), windows, seed)
    figure = pfa_figure(f"tag, {name}: Pfa of a window, {windows} of noise", found, windows, PFA)
    return replace(figure, peer="best peer, at the same nominal", peer_value=0.005)


def in_noise(periods_s: tuple[float, ...], rng: np.random.Generator, windows: int) -> tuple[int, ...]:
    """Windows of noise with a tag in them."""
    size = round((WINDOW_S + 0.1) * RATE_HZ)
    return (sum(bool(look(white(rng, size), periods_s)[1]) for _ in range(windows)),)


def impostors(turns: int, count: Count) -> list[Figure]:
    """Share of windows in which something else is taken for a tag of 2 s; each 10 ... 30 dB strong, anywhere.

    No verdict on so few windows that the stated probability gives none.
    """
    kinds = [("a CW spur", 0.0), *((f"a comb of {per_s} Hz", float(per_s)) for per_s in (2, 3, 5, 10))]
    kinds += [("a neighbour's tag of 1.3 s", 1.0 / 1.3), ("a neighbour's tag of 0.9 s", 1.0 / 0.9)]
    taken = count(partial(_taken_for_tags, tuple(per_s for _, per_s in kinds)), turns, 0x1A9, piece=10)
    figures = []
    for (name, _), found in zip(kinds, taken, strict=True):
        share, enough = found / turns, turns * PFA >= 2.0
        around = interval(found, turns)
        ok = share <= 2.0 * PFA if enough else None
        figures.append(Figure(f"tag: Pfa over {name}, {turns} windows", share, "", "<= 0.02", ok, interval=around))
    return figures


def _taken_for_tags(rates_hz: tuple[float, ...], rng: np.random.Generator, turns: int) -> tuple[int, ...]:
    """How many windows of each comb, or carrier (rate 0), have a tag in them."""
    return tuple(
        sum(bool(look(heard(rng, _impostor(rng, per_s)), GIVEN)[1]) for _ in range(turns)) for per_s in rates_hz
    )


def _impostor(rng: np.random.Generator, per_s: float) -> Signal:
    energy_db, offset_hz, seconds = rng.uniform(10.0, 30.0), _anywhere(rng), WINDOW_S + 0.1
    if per_s == 0.0:
        level_db = energy_db - 10.0 * np.log10(PULSE_S * RATE_HZ)
        return carrier(rng, level_db, offset_hz, seconds, RATE_HZ)
    return comb(rng, energy_db, per_s, offset_hz, seconds, RATE_HZ)


def readouts(turns: int) -> list[Figure]:
    """95th percentiles of the errors at 12 dB: periods of 0.5 ... 3 s unasked, with jitter and drift of both clocks."""
    rng = np.random.default_rng(0x9E0)
    period_ms, frequency_hz, found = [], [], 0
    for _ in range(turns):
        period_s = rng.uniform(0.5, 3.0)
        what = Tag(12.0, period_s, _anywhere(rng), rng.uniform(0.0, period_s), jitter_s=0.5e-3, stretch=1e-5,
                   drift_hz_per_s=rng.uniform(-1.0, 1.0))  # fmt: skip
        signal, truth = tag(rng, what, WINDOW_S + 0.1, RATE_HZ)
        _, trains = look(heard(rng, signal), UNKNOWN)
        if trains and abs(trains[0].period_s / truth.period_s - 1.0) < 0.1:
            found += 1
            period_ms.append(1e3 * abs(trains[0].period_s - truth.period_s))
            middle_hz = what.offset_hz + what.drift_hz_per_s * WINDOW_S / 2.0
            frequency_hz.append(abs(trains[0].offset_hz - middle_hz))
    ms, hz = (float(np.percentile(errors or [np.inf], 95)) for errors in (period_ms, frequency_hz))
    share = found / turns
    return [
        Figure("tag: period found unasked at 12 dB, 0.5 - 3 s", share, "", ">= 0.95", share >= 0.95),
        Figure("tag: error of the period at 12 dB, 95 %", ms, "ms", "<= 1", ms <= 1.0, "floored to its step"),
        Figure("tag: error of the frequency at 12 dB, 95 %", hz, "Hz", "<= 33", hz <= 33.0, "off by", 1_920.0),
    ]


def look_time(turns: int) -> Figure:
    """Processor time of one window of one tag: the map of its channel and both searches; the median."""
    rng = np.random.default_rng(3)
    samples = [_samples(rng, Tag(8.0, PERIOD_S, _anywhere(rng))) for _ in range(8)]
    median_ms = 1e3 * float(np.median([_timed(samples[number % 8]) for number in range(turns)]))
    return Figure("tag: time per 10 s window", median_ms, "ms", "<= 7.5", median_ms <= 7.5, PEER, 7.5)


def _timed(samples: Signal) -> float:
    start_s = time.thread_time()
    look(samples, GIVEN)
    return time.thread_time() - start_s


def many_tags(seconds: float) -> Figure:
    """Seconds of 2.4 MS/s with spectrum and 20 tags that a second of one processor takes in; all its threads count."""
    pipeline = Pipeline(150e6, FRONT_END_HZ, 0.0, 4096, 30.0)
    offsets_hz = np.linspace(-0.9e6, 0.9e6, TAGS) + 1_234.0
    targets = [
        Target(f"t{n}", f"T{n}", BeaconKind.PULSED, 150e6 + hz, WIDTH_HZ, PERIOD_S) for n, hz in enumerate(offsets_hz)
    ]
    pipeline.follow(tuple(targets), 0)
    noise = white(np.random.default_rng(4), 4 * BLOCK) * np.float32(1e-3)
    blocks = round(seconds * FRONT_END_HZ / BLOCK)
    start_s = time.process_time()
    for number in range(blocks):
        block = noise[number % 4 * BLOCK :][:BLOCK]
        for _ in pipeline.feed(block, overload=False, time_of=lambda sample: sample / FRONT_END_HZ):
            pass
    factor = blocks * BLOCK / FRONT_END_HZ / (time.process_time() - start_s)
    return Figure(f"{TAGS} tags and spectrum at 2.4 MS/s, one core", factor, "x real time", ">= 1.5", factor >= 1.5)
