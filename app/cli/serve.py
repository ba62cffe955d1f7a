"""``kestrel serve``: the station without a window; the main thread."""

import io
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from types import FrameType
from typing import Annotated

import segno
import typer

from app import main
from app.api.server import ApiServer
from app.cli.options import (
    DataOption,
    HostOption,
    JsonOption,
    PortOption,
    ProfileOption,
    RadioOption,
    SettingsOption,
    VehicleOption,
    say,
    settings_from,
)
from app.domain.access import STATION, Role
from app.domain.fault import Fault
from app.services.station import Station


def add_to(commands: typer.Typer) -> None:
    commands.command()(serve)


def serve(
    radio: RadioOption = None,
    profile: ProfileOption = None,
    vehicle: VehicleOption = None,
    host: HostOption = None,
    port: PortOption = None,
    data: DataOption = None,
    settings: SettingsOption = None,
    pair: Annotated[Role | None, typer.Option(help="Print a code that lets one other device in")] = None,
    as_json: JsonOption = False,
) -> None:
    """The station without a window: same core, same API. Ends on Ctrl-C."""
    tree = settings_from(
        settings,
        profile,
        radio__source=radio,
        vehicle__link=vehicle,
        api__host=host,
        api__port=port,
        store__directory=data,
    )
    ended = end_of_program()
    with ExitStack() as undo:
        station = main.start(tree, undo)
        server = main.serve(station, undo)
        found = {"url": server.url, "token": server.token, "fingerprint": server.fingerprint}
        say(found, as_json, lambda _: address(server.sign_in_url))
        if not as_json:
            sys.stdout.write(more(station, server, pair))
            sys.stdout.flush()
        wait(ended, station)


def address(url: str) -> str:
    """The line that tells where the browser client is."""
    return f"Kestrel listens at {url}   (Ctrl-C ends it)"


def more(station: Station, server: ApiServer, pair: Role | None) -> str:
    """What other devices need to know: the certificate's fingerprint, and a code if one is wanted."""
    lines = [f"Its certificate is its own; the SHA-256 fingerprint:\n{server.fingerprint}\n"] * bool(server.fingerprint)
    if pair is not None:
        pairing = station.sessions.pair(pair, STATION)
        url = f"{server.url}#pair={pairing.code}"
        picture = io.StringIO()
        segno.make(url, error="l").terminal(picture, compact=True, border=2)
        lines.append(f"{picture.getvalue()}\n{url}\nlets one {pair} in within five minutes\n")
    return "".join(lines)


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


def wait(ended: threading.Event, station: Station) -> None:
    """Tell of troubles on stderr until the end; in short spells: on Windows a wait without limit hears no Ctrl-C."""
    troubles = Troubles()
    while not ended.wait(0.5):
        for line in troubles.lines(station.system.faults()):
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
        sys.stdout.flush()


class Troubles:
    """Which of the station's faults are news: a device that is tried again and again is told of once."""

    def __init__(self) -> None:
        self._told: dict[str, str] = {}
        self._last: Fault | None = None

    def lines(self, faults: Iterable[Fault]) -> Iterator[str]:
        """A line for each of ``faults``, oldest first, that has come since the last call and says something else."""
        known = list(faults)
        first = next((i + 1 for i in reversed(range(len(known))) if known[i] is self._last), 0)
        for fault in known[first:]:
            self._last = fault
            if self._told.get(fault.source) != fault.text:
                self._told[fault.source] = fault.text
                time = datetime.fromtimestamp(fault.time_s, UTC).strftime("%H:%M:%S")
                yield f"{time} UTC  {fault.source}: {fault.text}"
