"""``kestrel replay``: the station on recorded samples or a recorded flight instead of hardware; the main thread."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import typer

from app.cli.gui import gui, has_display
from app.cli.options import DataOption, HostOption, PortOption, SettingsOption
from app.cli.serve import serve
from app.errors import BadFile, OutOfRange
from hardware.wholefile import told_rate_hz

TLOG = ".tlog"
FilesArgument = Annotated[
    list[Path], typer.Argument(help="Samples (SigMF, WAV, cu8, cs8, ci16, cf32), a .tlog, or one of each")
]


def add_to(commands: typer.Typer) -> None:
    commands.command()(replay)


def replay(
    files: FilesArgument,
    speed: Annotated[float, typer.Option(min=0.0, max=1000.0, help="Of the samples; 0: as they are read")] = 1.0,
    loop: Annotated[bool, typer.Option(help="Begin again at the end")] = False,
    rate_hz: Annotated[float, typer.Option("--rate-hz", help="Where the file does not say it")] = 0.0,
    centre_hz: Annotated[float, typer.Option("--centre-hz", help="Where the file does not say it")] = 0.0,
    datatype: Annotated[str, typer.Option("--format", help="cu8, cs8, ci16, cf32")] = "",
    headless: Annotated[bool, typer.Option(help="The station without a window")] = False,
    host: HostOption = None,
    port: PortOption = None,
    data: DataOption = None,
    settings: SettingsOption = None,
) -> None:
    """Play recorded samples, a recorded flight, or both, as if they were received now: window, map, detectors, API."""
    for file in files:
        if not file.exists():
            raise BadFile(f"There is no {file}.")
    flights = [file for file in files if file.suffix.lower() == TLOG]
    samples = [file for file in files if file not in flights]
    if len(flights) > 1 or len(samples) > 1:
        raise OutOfRange("One recording of samples and one .tlog can be played together, not two of a kind.")
    options: dict[str, float | str] = {"loop": int(loop), "rate": rate_hz, "centre": centre_hz, "format": datatype}
    given = {"speed": speed} | {name: value for name, value in options.items() if value}
    if samples:
        told_rate_hz(samples[0], datatype, rate_hz)  # what cannot be played is said before the station starts
    radio = address_of(samples[0], given) if samples else None
    vehicle = f"tlog:{flights[0].absolute()}" if flights else None
    if headless or not has_display():
        serve(radio=radio, vehicle=vehicle, host=host, port=port, data=data, settings=settings)
    else:
        gui(radio=radio, vehicle=vehicle, host=host, port=port, data=data, settings=settings)


def address_of(file: Path, options: dict[str, float | str]) -> str:
    """As a receiver's address. Raises ``OutOfRange`` for a name that cannot be one."""
    place = str(file.absolute())
    if "?" in place:
        raise OutOfRange(f"{file}: a question mark in the name begins the options of an address. Rename the file.")
    return f"file:{place}?{urlencode(options)}"
