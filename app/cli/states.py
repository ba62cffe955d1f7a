"""``kestrel states``: the mission's states as a diagram; the main thread."""

from pathlib import Path
from typing import Annotated

import typer

from app.domain.mission_diagram import mission_diagram
from app.errors import BadFile


def add_to(commands: typer.Typer) -> None:
    commands.command()(states)


def states(
    to: Annotated[Path | None, typer.Option(help="Write it there instead, a Markdown file")] = None,
) -> None:
    """The mission's states and what leads from one to the next, as Markdown with a Mermaid diagram."""
    if to is None:
        typer.echo(mission_diagram(), nl=False)
        return
    try:
        to.write_text(mission_diagram(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise BadFile(f"{to} cannot be written: {error.strerror}") from error
