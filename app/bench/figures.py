"""One measured figure beside its goal, its peer and its limit, and how figures are printed; any thread."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Figure:
    """``goal`` is in words such as "<= 8.5"; ``ok`` is None where there is no goal."""

    name: str
    value: float
    unit: str
    goal: str = ""
    ok: bool | None = None
    peer: str = ""
    peer_value: float | None = None
    limit: float | None = None
    interval: tuple[float, float] | None = None  # that holds the true share with 95 %, where the value is counted


def as_json(bench: str, figures: Sequence[Figure]) -> dict[str, Any]:
    """One object per bench, as ``kestrel bench --json`` prints it."""
    return {"bench": bench, "machine": machine(), "figures": [asdict(figure) for figure in figures]}


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def table(bench: str, figures: Sequence[Figure]) -> str:
    """The same for people: one line a figure, what failed its goal marked with NO."""
    rows = [("figure", "value", "95 %", "goal", "", "peer", "limit")]
    for figure in figures:
        verdict = "" if figure.ok is None else "yes" if figure.ok else "NO"
        peer = f"{figure.peer} {_short(figure.peer_value)}".strip()
        value = f"{_short(figure.value)} {figure.unit}"
        within = "" if figure.interval is None else " - ".join(f"{end:.2g}" for end in figure.interval)
        rows.append((figure.name, value, within, figure.goal, verdict, peer, _short(figure.limit)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([f"{bench}:", *lines])


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.4g}"
