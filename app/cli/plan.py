"""``kestrel plan``: looks through a mission file and writes it in the other form; the main thread."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import JsonOption, say
from app.errors import BadFile
from app.exchange.plans import read_plan, to_plan, to_waypoints
from app.exchange.textfile import write_text
from app.vehicle.plan import Plan


def add_to(commands: typer.Typer) -> None:
    commands.command()(plan)


def plan(
    file: Annotated[Path, typer.Argument(help="A .plan or .waypoints file")],
    to: Annotated[Path | None, typer.Option(help="Write it there: .plan or .waypoints by the name's end")] = None,
    as_json: JsonOption = False,
) -> None:
    """Look through a mission file of another ground station, and turn .plan into .waypoints or back."""
    found = read_plan(file)
    if to is not None:
        _write(found, to)
    say(_facts(found), as_json, _words)


def _write(found: Plan, to: Path) -> None:
    forms = {".plan": to_plan, ".waypoints": to_waypoints}
    if to.suffix not in forms:
        raise BadFile(f"{to.name}: the name of a mission file ends in .plan or .waypoints")
    write_text(to, forms[to.suffix](found))


def _facts(found: Plan) -> dict[str, Any]:
    places = [one.position for one in found.items]
    return {
        "home": found.home,
        "items": len(found.items),
        "commands": sorted({one.command for one in found.items}),
        "first": places[0] if places else None,
        "inside": len(found.fence.inside) + len(found.fence.circles_inside),
        "outside": len(found.fence.outside) + len(found.fence.circles_outside),
        "rally": len(found.rally),
    }


def _words(facts: dict[str, Any]) -> str:
    fence = f"{facts['inside']} area(s) not to leave, {facts['outside']} not to enter, {facts['rally']} rally point(s)"
    return f"{facts['items']} items, commands {', '.join(map(str, facts['commands']))}; {fence}"
