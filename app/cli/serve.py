"""``kestrel serve``: the station without a window; the main thread."""

import signal
import sys
import threading
from contextlib import ExitStack
from types import FrameType

import typer

from app import main
from app.cli.options import (
    DataOption,
    HostOption,
    JsonOption,
    PortOption,
    RadioOption,
    SettingsOption,
    VehicleOption,
    say,
    settings_from,
)


def add_to(commands: typer.Typer) -> None:
    commands.command()(serve)


def serve(
    radio: RadioOption = None,
    vehicle: VehicleOption = None,
    host: HostOption = None,
    port: PortOption = None,
    data: DataOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """The station without a window: same core, same API. Ends on Ctrl-C."""
    tree = settings_from(
        settings,
        radio__source=radio,
        vehicle__link=vehicle,
        api__host=host,
        api__port=port,
        store__directory=data,
    )
    ended = end_of_program()
    with ExitStack() as undo:
        server = main.serve(main.start(tree, undo), undo)
        say({"url": server.url, "token": server.token}, as_json, lambda _: address(server.sign_in_url))
        wait(ended)


def address(url: str) -> str:
    """The line that tells where the browser client is."""
    return f"Kestrel listens at {url}   (Ctrl-C ends it)"


def end_of_program() -> threading.Event:
    """An event set by Ctrl-C or a request to terminate."""
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        ended.set()

    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), end)
    return ended


def wait(ended: threading.Event) -> None:
    """Wait for the end in short spells: on Windows a wait without limit hears no Ctrl-C."""
    while not ended.wait(0.5):
        sys.stdout.flush()
