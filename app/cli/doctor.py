"""``kestrel doctor``: what is there, what is missing, and how to mend it; the main thread."""

import importlib.util
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import typer

from app.cli.options import (
    DataOption,
    JsonOption,
    ProfileOption,
    RadioOption,
    SettingsOption,
    VehicleOption,
    say,
    settings_from,
)
from app.clock import Clock
from app.errors import AppError
from app.settings import Settings
from app.store import open_store
from hardware.discovery import find_receivers
from hardware.receivers import receiver_for
from hardware.wires import wire_for

LEAST_FREE_BYTES = 2_000_000_000
LISTEN_S = 3.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``ok`` is None when it is not set up and so was not tried."""

    what: str
    ok: bool | None
    text: str


def add_to(commands: typer.Typer) -> None:
    commands.command()(doctor)


def doctor(
    radio: RadioOption = None,
    profile: ProfileOption = None,
    vehicle: VehicleOption = None,
    data: DataOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at radio, link, disk and libraries, and say how to mend each. Exit code 1 when something is wrong."""
    tree = settings_from(settings, profile, radio__source=radio, vehicle__link=vehicle, store__directory=data)
    findings = list(examine(tree))
    say(findings, as_json, words)
    if any(finding.ok is False for finding in findings):
        raise typer.Exit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at one thing after the other."""
    for what, look in LOOKS.items():
        try:
            yield Finding(what, *look(settings))
        except AppError as error:
            yield Finding(what, False, str(error))


def words(findings: list[Finding]) -> str:
    marks = {True: "ok   ", False: "WRONG", None: "-    "}
    return "\n".join(f"{marks[finding.ok]}  {finding.what}: {finding.text}" for finding in findings)


Found = tuple[bool | None, str]


def _disk(settings: Settings) -> Found:
    folder = settings.store.directory
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free at {settings.store.directory}"
    return (
        free >= LEAST_FREE_BYTES,
        text if free >= LEAST_FREE_BYTES else f"{text}; free some, a flight needs gigabytes",
    )


def _store(settings: Settings) -> Found:
    with closing(open_store(settings.store)) as store:
        store.check()
    return True, f"opens and is sound at {settings.store.directory}"


def _radio(settings: Settings) -> Found:
    if not settings.radio.source:
        return None, "none set; give --radio rtl_tcp://host:port, rtlsdr:0 or file:PATH"
    with closing(receiver_for(settings.radio.source, settings.radio)) as receiver:
        info = receiver.open()
        block = receiver.read(LISTEN_S)
    if block is None:
        return False, f"{info.device} opens but sends no samples; pull the plug and put it in again"
    return True, f"{info.device}, {block.iq.size} samples at {info.rate_hz / 1e6:.3f} MS/s"


def _vehicle(settings: Settings) -> Found:
    if not settings.vehicle.link:
        return None, "none set; give --vehicle udpin:0.0.0.0:14550, tcp:host:port or serial:DEVICE:BAUD"
    with closing(wire_for(settings.vehicle.link, Clock())) as wire:
        wire.open()
        heard = wire.read(LISTEN_S)
    if heard is None:
        return (
            False,
            f"nothing heard on {settings.vehicle.link} in {LISTEN_S:.0f} s; is the vehicle on and sending here?",
        )
    return True, f"{len(heard.data)} bytes heard on {settings.vehicle.link}"


def _port(settings: Settings) -> Found:
    host, port = settings.api.host, settings.api.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as trial:
        try:
            trial.bind((host, port))
        except OSError as error:
            return False, f"{host}:{port} cannot be used ({error.strerror}); another Kestrel running? Use --port"
    return True, f"{host}:{port} is free"


def _usb(settings: Settings) -> Found:
    del settings
    found = importlib.util.find_spec("rtlsdr") is not None and importlib.util.find_spec("pyrtlsdrlib") is not None
    return found, "pyrtlsdr and its library are installed" if found else "pip install pyrtlsdr pyrtlsdrlib"


def _plugged(settings: Settings) -> Found:
    del settings
    found = find_receivers()
    if not found:
        return None, "no receiver on this computer's USB; rtl_tcp:// reaches one elsewhere"
    return True, "; ".join(f"{one.name}: --radio {one.source}" for one in found)


def _qt(settings: Settings) -> Found:
    del settings
    found = importlib.util.find_spec("PySide6") is not None
    return found, f"PySide6 is installed, Python {sys.version.split()[0]}" if found else "pip install pyside6"


LOOKS: dict[str, Callable[[Settings], Found]] = {
    "disk": _disk,
    "store": _store,
    "radio": _radio,
    "vehicle": _vehicle,
    "API port": _port,
    "RTL-SDR library": _usb,
    "plugged in": _plugged,
    "window": _qt,
}
