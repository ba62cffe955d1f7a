"""``kestrel bench``: the figures, each beside its goal, its peer or its limit; the main thread."""

import importlib
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from app.bench import api, bearing, detect, homing, link, loaded, locate, radio, store
from app.bench.figures import Figure, as_json, table
from app.cli.options import JsonOption, to_json


def _window(quick: bool) -> list[Figure]:
    """The window's own bench, found by name: the rest must run where Qt cannot be loaded."""
    window = importlib.import_module("widgets.bench")
    figures: list[Figure] = [*window.run(quick), *loaded.under_load(quick, window.watch)]
    return figures


BENCHES: dict[str, Callable[[bool], list[Figure]]] = {
    "radio": radio.run,
    "detect": detect.run,
    "link": link.run,
    "locate": locate.run,
    "homing": homing.run,
    "bearing": bearing.run,
    "store": store.run,
    "api": api.run,
    "ui": _window,
}


def add_to(commands: typer.Typer) -> None:
    commands.command()(bench)


def bench(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"Any of {', '.join(BENCHES)}; all when none is named")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Shorter and noisier, within a minute each")] = False,
    in_json: JsonOption = False,
) -> None:
    """Measure. Exit code 1 when a figure misses its goal."""
    wanted = names or list(BENCHES)
    if unknown := sorted(set(wanted) - set(BENCHES)):
        sys.stderr.write(f"kestrel: no bench named {', '.join(unknown)}; there are {', '.join(BENCHES)}\n")
        raise typer.Exit(2)
    results: list[dict[str, Any]] = []
    missed = False
    for name in wanted:
        figures = BENCHES[name](quick)
        missed |= any(figure.ok is False for figure in figures)
        results.append(as_json(name, figures))
        if not in_json:
            sys.stdout.write(f"{table(name, figures)}\n\n")
            sys.stdout.flush()
    if in_json:
        sys.stdout.write(to_json(results[0] if len(results) == 1 else results) + "\n")
    if missed:
        raise typer.Exit(1)
