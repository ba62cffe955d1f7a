"""Lagged Pearson and Spearman correlations of series, with p-values for autocorrelated series and many tests; pure.

The effective number of independent samples is n / (1 + 2 sum (1 - k/n) r_x(k) r_y(k)), Pyper and Peterman (1998),
Can. J. Fish. Aquat. Sci. 55: 2127-2140, the sum up to where either autocorrelation first falls below zero. p-values are
corrected over all pairs and lags looked at, by Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57: 289-300.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from scipy.stats import t as student

FEWEST = 10  # samples in common
FEWEST_EFFECTIVE = 4.0
MOST_LAGS_OF_SUM = 200
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Correlation:
    """``second`` at a time against ``first`` ``lag`` steps before; ``p`` is corrected for all tests made together."""

    first: str
    second: str
    lag: int
    pearson: float
    pearson_p: float
    spearman: float
    spearman_p: float
    samples: int
    effective: float


@dataclass(frozen=True, slots=True, eq=False)
class _One:
    """A series and its ranks, with the autocorrelation of each."""

    values: Values
    ranks: Values
    of_values: Values
    of_ranks: Values


def correlations(series: dict[str, Values], lags: int) -> list[Correlation]:
    """Each pair of series of one grid at every lag -``lags`` ... ``lags``; where one is NaN both are left out."""
    known = {name: _prepared(values) for name, values in series.items()}
    found = [
        one
        for (first, x), (second, y) in combinations(sorted(known.items(), key=lambda item: item[0]), 2)
        for lag in range(-lags, lags + 1)
        if (one := _at(first, second, x, y, lag)) is not None
    ]
    pearson = corrected([one.pearson_p for one in found])
    spearman = corrected([one.spearman_p for one in found])
    return [replace(one, pearson_p=p, spearman_p=q) for one, p, q in zip(found, pearson, spearman, strict=True)]


def strongest(found: Sequence[Correlation]) -> list[Correlation]:
    """Of each pair the lag with the strongest rank correlation, the surest pair first."""
    best: dict[tuple[str, str], Correlation] = {}
    for one in found:
        known = best.get((one.first, one.second))
        if known is None or abs(one.spearman) > abs(known.spearman):
            best[one.first, one.second] = one
    return sorted(best.values(), key=lambda one: (one.spearman_p, -abs(one.spearman)))


def _prepared(values: Values) -> _One:
    there = np.isfinite(values)
    ranks = np.full(values.size, np.nan)
    ranks[there] = rankdata(values[there])
    most = min(MOST_LAGS_OF_SUM, values.size // 4)
    return _One(values, ranks, autocorrelation(values, most), autocorrelation(ranks, most))


def _at(first: str, second: str, one: _One, other: _One, lag: int) -> Correlation | None:
    n = one.values.size - abs(lag)
    if n < FEWEST:
        return None
    a, b = (slice(0, n), slice(lag, lag + n)) if lag >= 0 else (slice(-lag, n - lag), slice(0, n))
    x, y = one.values[a], other.values[b]
    both = np.isfinite(x) & np.isfinite(y)
    count = int(both.sum())
    if count < FEWEST or np.ptp(x[both]) == 0.0 or np.ptp(y[both]) == 0.0:
        return None
    effective = effective_samples(count, one.of_values * other.of_values)
    of_ranks = effective_samples(count, one.of_ranks * other.of_ranks)
    if min(effective, of_ranks) < FEWEST_EFFECTIVE:
        return None
    pearson, spearman = _r(x[both], y[both]), _r(rankdata(x[both]), rankdata(y[both]))
    p, q = p_value(pearson, effective), p_value(spearman, of_ranks)
    return Correlation(first, second, lag, pearson, p, spearman, q, count, effective)


def _r(x: Values, y: Values) -> float:
    x, y = x - x.mean(), y - y.mean()
    return float(np.clip((x @ y) / np.sqrt((x @ x) * (y @ y)), -1.0, 1.0))


def effective_samples(count: int, product: Values) -> float:
    """How many independent samples say as much as ``count`` of two series with this product of autocorrelations."""
    ends = np.flatnonzero(product <= 0.0)
    whole = product[: ends[0]] if ends.size else product
    total = float(((1.0 - np.arange(1, whole.size + 1) / max(count, whole.size + 1)) * whole).sum())
    return count / (1.0 + 2.0 * total)


def autocorrelation(x: Values, most: int) -> Values:
    """At lags 1 ... ``most``, shape (most,); 0 from where it first falls below zero."""
    there = np.isfinite(x)
    if not there.any():
        return np.zeros(most)
    y = np.where(there, x - x[there].mean(), 0.0)
    power = float((y @ y) / max(there.sum(), 1))
    found = np.zeros(most)
    for lag in range(1, most + 1):
        pairs = int((there[lag:] & there[:-lag]).sum())
        value = float(y[lag:] @ y[:-lag]) / pairs / power if pairs and power > 0.0 else 0.0
        if value <= 0.0:
            break
        found[lag - 1] = min(value, 1.0)
    return found


def p_value(r: float, effective: float) -> float:
    """Two-sided chance of such a correlation between independent series."""
    free = effective - 2.0
    if abs(r) >= 1.0:
        return 0.0
    return float(2.0 * student.sf(abs(r) * np.sqrt(free / (1.0 - r * r)), free))


def corrected(p: Sequence[float]) -> list[float]:
    """Benjamini-Hochberg: the share of false ones among all that are called at least as sure."""
    if not p:
        return []
    values = np.asarray(p, np.float64)
    order = np.argsort(values)
    ranked = values[order] * values.size / np.arange(1, values.size + 1)
    adjusted = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    out = np.empty_like(adjusted)
    out[order] = adjusted
    return [float(one) for one in out]
