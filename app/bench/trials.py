"""Many independent trials in a few processes, and what their count says of the true share; the main thread."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from app.bench.figures import Figure

PIECE = 250  # trials a process makes at a time, each piece with random numbers of its own
MOST = 8  # processes: as many as there are cores, up to this
CONFIDENCE = 0.95
Job = Callable[[np.random.Generator, int], tuple[int, ...]]  # must be a function of a module, or a partial of one


class Count(Protocol):
    """What ``job`` counts in so many trials, the same for the same seed on any number of processors."""

    def __call__(self, job: Job, trials: int, seed: int, piece: int = PIECE) -> tuple[int, ...]: ...


@contextmanager
def processes() -> Iterator[ProcessPoolExecutor]:
    """As many as are of use, for all figures of a bench: starting them takes seconds. At the priority of this one."""
    with ProcessPoolExecutor(min(MOST, os.cpu_count() or 1), get_context("spawn")) as pool:
        yield pool


@contextmanager
def counting() -> Iterator[Count]:
    """Trials are counted in processes of their own until the end of the block."""
    with processes() as pool:
        yield partial(_count, pool.map)


def alone(job: Job, trials: int, seed: int, piece: int = PIECE) -> tuple[int, ...]:
    """The same count in this thread."""
    return _count(map, job, trials, seed, piece)


def _count(
    each: Callable[..., Iterable[tuple[int, ...]]], job: Job, trials: int, seed: int, piece: int = PIECE
) -> tuple[int, ...]:
    sizes = [min(piece, trials - start) for start in range(0, trials, piece)]
    rngs = [np.random.default_rng((seed, number)) for number in range(len(sizes))]
    return tuple(np.sum(list(each(job, rngs, sizes)), axis=0).tolist())


def interval(found: int, trials: int) -> tuple[float, float]:
    """The exact interval (Clopper and Pearson 1934) that holds the true share with 95 %."""
    tail = (1.0 - CONFIDENCE) / 2.0
    low = float(beta.ppf(tail, found, trials - found + 1)) if found else 0.0
    high = float(beta.ppf(1.0 - tail, found + 1, trials - found)) if found < trials else 1.0
    return low, high


def pfa_figure(name: str, found: int, trials: int, stated: float) -> Figure:
    """A share of false alarms beside the one that is stated: within a factor of two of it.

    No verdict on fewer trials than show the difference: ten false alarms at the stated probability.
    """
    share = found / trials
    ok = 0.5 * stated <= share <= 2.0 * stated if trials * stated >= 10.0 else None
    goal = f"{0.5 * stated:g} - {2.0 * stated:g}"
    return Figure(name, share, "", goal, ok, interval=interval(found, trials))


def none_figure(name: str, found: int, trials: int) -> Figure:
    """A count that must be zero, with the interval of its share."""
    return Figure(name, found, "", "<= 0", found == 0, interval=interval(found, trials))


def crossing(levels: NDArray[np.float64], shares: NDArray[np.float64], pd: float) -> float:
    """Level at which a rising curve reaches ``pd``, straight between its points; infinite when it does not."""
    if shares[-1] < pd:
        return float("inf")
    above = int(np.argmax(shares >= pd))
    if above == 0:
        return float(levels[0])
    low, high = shares[above - 1], shares[above]
    return float(levels[above - 1] + (pd - low) / (high - low) * (levels[above] - levels[above - 1]))
