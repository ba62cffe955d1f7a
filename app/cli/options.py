"""Options that several verbs share, and how they become settings; the main thread."""

import sys
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from app.domain.geometry import LatLon, on_earth
from app.errors import OutOfRange
from app.exchange.profiles import PROFILES, read_profile
from app.settings import Settings, load
from app.store import Store

RadioOption = Annotated[
    str | None, typer.Option("--radio", help="rtl_tcp://host:port, rtlsdr:0 or file:PATH", show_default=False)
]
ProfileOption = Annotated[
    str | None, typer.Option("--profile", help="A receiver kept under this name: kestrel profiles", show_default=False)
]
VehicleOption = Annotated[
    str | None,
    typer.Option(
        "--vehicle",
        help="udpin:host:port, udpout:host:port, tcp:host:port, tcpin:host:port, serial:DEVICE:BAUD or tlog:PATH",
        show_default=False,
    ),
]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder of projects, logs and the API's token", show_default=False)
]
SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="Settings file (YAML) instead of the user's own", show_default=False)
]
HostOption = Annotated[str | None, typer.Option("--host", help="Address the API listens on", show_default=False)]
PortOption = Annotated[int | None, typer.Option("--port", help="Port of the API; 0: any free one", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON")]


def settings_from(file: Path | None, profile: str | None = None, **given: Any) -> Settings:
    """Settings with the options given on the command line on top; ``radio__source=...`` names section and field.

    The ``profile`` comes between both. Raises ``SettingsError``, and ``NotFound`` without such a profile.
    """
    overrides: dict[str, Any] = {}
    for name, value in given.items():
        if value is None:
            continue
        *sections, field = name.split("__")
        place = overrides
        for section in sections:
            place = place.setdefault(section, {})
        place[field] = value
    settings = load(file, overrides)
    if profile is None:
        return settings
    kept = read_profile(settings.store.directory / PROFILES, profile)
    named = kept.model_dump() | {"profile": profile} | overrides.get("radio", {})
    return load(file, overrides | {"radio": named})


def to_json(value: Any) -> str:
    """Any of our values as JSON; dataclasses become objects, paths text, NaN null."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY).decode()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def say(value: Any, as_json: bool, words: Callable[[Any], str]) -> None:
    """Print a result on stdout, as JSON or in words."""
    sys.stdout.write((to_json(value) if as_json else words(value)) + "\n")
    sys.stdout.flush()


def place_of(text: str) -> LatLon | None:
    """What --truth says; None for nothing. Raises ``OutOfRange``."""
    if not text:
        return None
    try:
        lat_deg, lon_deg = (float(part) for part in text.split(","))
    except ValueError:
        lat_deg = lon_deg = 999.0
    if not on_earth(place := LatLon(lat_deg, lon_deg)):
        raise OutOfRange(f"--truth: {text!r} is no place; it should be LAT,LON in degrees, for example 47.3977,8.5456.")
    return place


def project_in(store: Store, number: int | None) -> int:
    """The number that was given, else that of the project in use. Raises ``StoreError``."""
    return store.current().id if number is None else number
