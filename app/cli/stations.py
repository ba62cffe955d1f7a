"""``kestrel stations``: the stations that announce themselves in this network; the main thread."""

from typing import Annotated

import typer

from app.api.announce import Found, look_round
from app.cli.options import JsonOption, say
from app.errors import NotConnected


def add_to(commands: typer.Typer) -> None:
    commands.command()(stations)


def stations(
    seconds: Annotated[float, typer.Option(min=0.5, max=60.0, help="How long to listen, s.")] = 3.0,
    as_json: JsonOption = False,
) -> None:
    """List the stations that others in this network run and have opened to it."""
    try:
        found = look_round(seconds)
    except OSError as error:
        raise NotConnected(f"The network cannot be asked: {error.strerror}. Is this computer connected?") from error
    say(found, as_json, _text)


def _text(found: list[Found]) -> str:
    lines = [f"{one.name}  {one.url}  {one.fingerprint[:23]}".rstrip() for one in found]
    return "\n".join(lines) or "No station answers. It must be opened to the network: kestrel serve --host ADDRESS"
