"""``kestrel projects``: what is stored; the main thread."""

from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import typer

from app.cli.options import DataOption, JsonOption, SettingsOption, say, settings_from
from app.store import open_store


def add_to(commands: typer.Typer) -> None:
    commands.command()(projects)


def projects(data: DataOption = None, settings: SettingsOption = None, as_json: JsonOption = False) -> None:
    """List the projects and their flights; works beside a running station."""
    tree = settings_from(settings, store__directory=data)
    with closing(open_store(tree.store, recording=False)) as store:
        found = [asdict(one) | {"flights": [asdict(f) for f in store.of(one.id).flights()]} for one in store.projects()]
    say(found, as_json, _words)


def _words(found: list[dict[str, Any]]) -> str:
    lines = []
    for project in found:
        lines.append(f"{project['id']:4}  {project['name']}")
        for flight in project["flights"]:
            began = datetime.fromtimestamp(flight["started_s"], UTC).isoformat(" ", "seconds")
            remarks = [
                word for word, on in (("SIMULATION", flight["simulated"]), ("cut short", not flight["clean"])) if on
            ]
            lines.append(f"      flight {flight['id']:4}  {began}  {flight['name']}  {', '.join(remarks)}".rstrip())
    return "\n".join(lines) or "No project yet."
