"""``kestrel insights``: what flights came to, beside their goals; the main thread."""

from contextlib import closing
from typing import Annotated, Any

import typer

from app.cli.options import DataOption, JsonOption, SettingsOption, place_of, project_in, say, settings_from
from app.services.insights import InsightService
from app.store import open_store

MARKS = {True: "ok   ", False: "MISS ", None: "     "}


def add_to(commands: typer.Typer) -> None:
    commands.command()(insights)


def insights(
    flight: Annotated[int | None, typer.Argument(help="Number of a flight; without it the whole project")] = None,
    project: Annotated[int | None, typer.Option(help="Number of the project; without it the one in use")] = None,
    truth: Annotated[str, typer.Option(help="LAT,LON where the beacon was, for the error")] = "",
    profiles: Annotated[
        bool, typer.Option("--profiles", help="Operators, vehicles, receivers over the flights")
    ] = False,
    data: DataOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Figures beside goals, what stands out, what goes together, and what to do; works beside a running station."""
    tree = settings_from(settings, store__directory=data)
    with closing(open_store(tree.store, recording=False)) as store:
        asked = InsightService(store, tree.search.sweep_width_m)
        number = project_in(store, project)
        if profiles:
            say(asked.profiles(number), as_json, _profiles)
        elif flight is None:
            say(asked.project(number), as_json, _project)
        else:
            say(asked.flight(number, flight, place_of(truth)), as_json, _flight)


def _flight(found: dict[str, Any]) -> str:
    lines = [found["flight"].name]
    for one in found["figures"]:
        value = "-" if one["value"] is None else f"{one['value']:.4g} {one['unit']}"
        lines.append(f"{MARKS[one['ok']]}{one['title']:55} {value:>14}  {one['goal'] or '':>8}  {one['why']}")
    for finding in found["findings"]:
        lines.append(f"{finding.weight:5}{finding.text}")
        lines += [f"     -> {finding.recommendation} ({finding.panel})"] if finding.recommendation else []
    return "\n".join(lines)


def _project(found: dict[str, Any]) -> str:
    lines = [f"{len(found['flights'])} flights"]
    for one in found["figures"]:
        spread = "" if one.low is None else f"{one.low:.4g} ... {one.high:.4g}"
        met = "" if one.met is None else f"{one.met} of {one.flights} met {one.goal.sense} {one.goal.value:g}"
        lines.append(f"{one.title:55} {one.median:10.4g} {one.unit:7} {spread:>22}  {one.flights} flights  {met}")
    return "\n".join(lines)


def _profiles(found: list[dict[str, Any]]) -> str:
    lines = []
    for one in found:
        lines.append(f"{one['kind']} {one['name']}: {one['flights']} flights, {one['hours']:.1f} h")
        for trend in one["trends"]:
            more = "" if trend["per_day"] is None else f", {trend['per_day']:+.3g} a day (p {trend['p']:.2g})"
            lines.append(f"  {trend['title']:55} {trend['median']:10.4g} {trend['unit']}{more}")
    return "\n".join(lines) or "No flight yet."
