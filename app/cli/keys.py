"""``kestrel keys``: the signing keys of links, kept by the computer; the main thread."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import DataOption, JsonOption, SettingsOption, say, settings_from
from app.exchange.keys import FILE_NAME, KeptIn, KeyStore, system_ring

keys = typer.Typer(no_args_is_help=True, help="Keys with which links to vehicles are signed; they are never shown.")
LinkArgument = Annotated[
    str, typer.Argument(help="The link's address, as --vehicle has it: serial:/dev/ttyUSB0:57600", show_default=False)
]
PLACES = {KeptIn.KEYRING: "in this computer's keyring", KeptIn.FILE: f"in the file {FILE_NAME}, for its owner alone"}


def add_to(commands: typer.Typer) -> None:
    commands.add_typer(keys, name="keys")


@keys.command(name="set")
def set_one(link: LinkArgument, data: DataOption = None, settings: SettingsOption = None) -> None:
    """Keep the key of a link: a passphrase or 64 hex digits, asked for, or the first line of standard input."""
    store = _store(data, settings)
    if sys.stdin.isatty():
        secret = typer.prompt("Passphrase or 64 hex digits", hide_input=True, confirmation_prompt=True)
    else:
        secret = sys.stdin.readline().rstrip("\r\n")
    kept = store.keep(link, secret)
    sys.stdout.write(f"The key of {link} is kept {PLACES[kept]}.\n")
    if kept is KeptIn.FILE:
        sys.stdout.write("This computer has no keyring that can be used.\n")


@keys.command()
def remove(link: LinkArgument, data: DataOption = None, settings: SettingsOption = None) -> None:
    """Forget the key of a link, which is then neither signed nor checked."""
    _store(data, settings).remove(link)
    sys.stdout.write(f"The key of {link} is forgotten.\n")


@keys.command(name="list")
def list_them(data: DataOption = None, settings: SettingsOption = None, as_json: JsonOption = False) -> None:
    """List the links that have a key, and where it is kept; never the key."""
    found = _store(data, settings).links()
    say(found, as_json, lambda _: "\n".join(f"{link}  {PLACES[kept]}" for link, kept in found.items()) or "None yet.")


def _store(data: Path | None, settings: Path | None) -> KeyStore:
    tree = settings_from(settings, store__directory=data)
    return KeyStore(tree.store.directory, system_ring)
