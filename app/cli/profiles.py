"""``kestrel profiles``: receivers kept under names; the main thread."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import DataOption, JsonOption, ProfileOption, RadioOption, SettingsOption, say, settings_from
from app.domain.radio import DirectSampling
from app.exchange.antennas import antenna_named
from app.exchange.profiles import PROFILES, profile_names, read_profile, remove_profile, write_profile
from app.settings import ReceiverProfile, Settings

profiles = typer.Typer(
    no_args_is_help=True, help="Receivers kept under names: address, rate, gain, switches, antenna, calibration."
)
NameArgument = Annotated[str, typer.Argument(help="Its name", show_default=False)]
RateOption = Annotated[float | None, typer.Option("--rate-hz", help="Sample rate", show_default=False)]
GainOption = Annotated[float | None, typer.Option("--gain-db", help="Of the tuner", show_default=False)]
AntennaOption = Annotated[str | None, typer.Option("--antenna", help="What is connected, in words", show_default=False)]
DirectOption = Annotated[DirectSampling | None, typer.Option(help="Converter input for short wave", show_default=False)]


def add_to(commands: typer.Typer) -> None:
    commands.add_typer(profiles, name="profiles")


def folder_of(settings: Settings) -> Path:
    return settings.store.directory / PROFILES


@profiles.command(name="list")
def list_them(data: DataOption = None, settings: SettingsOption = None, as_json: JsonOption = False) -> None:
    """List them, each with its address, antenna and where it is calibrated."""
    folder = folder_of(settings_from(settings, store__directory=data))
    found = {name: read_profile(folder, name).model_dump(mode="json") for name in profile_names(folder)}
    say(found, as_json, lambda _: "\n".join(_line(name, read_profile(folder, name)) for name in found) or "None yet.")


@profiles.command()
def save(
    name: NameArgument,
    radio: RadioOption = None,
    rate_hz: RateOption = None,
    gain_db: GainOption = None,
    ppm: Annotated[int | None, typer.Option(help="Correction of the crystal", show_default=False)] = None,
    agc: Annotated[bool | None, typer.Option(help="Of the demodulator", show_default=False)] = None,
    bias_tee: Annotated[bool | None, typer.Option(help="Voltage on the antenna's cable", show_default=False)] = None,
    direct_sampling: DirectOption = None,
    offset_tuning: Annotated[bool | None, typer.Option(help="For an E4000", show_default=False)] = None,
    antenna: AntennaOption = None,
    pattern: Annotated[
        str | None, typer.Option(help="omni, dipole, yagi2, yagi3 or a file: CSV, .msi, .ant", show_default=False)
    ] = None,
    pattern_heading: Annotated[float, typer.Option(help="Of its boresight, clockwise from the nose, degrees")] = 0.0,
    pattern_tilt: Annotated[float, typer.Option(help="Of its boresight, above level, degrees")] = 0.0,
    pattern_roll: Annotated[float, typer.Option(help="About its boresight; 90: elements upright")] = 0.0,
    like: ProfileOption = None,
    data: DataOption = None,
    settings: SettingsOption = None,
) -> None:
    """Keep a receiver: as the settings say (or --profile, another one's), with what is given here in their place."""
    tree = settings_from(
        settings,
        like,
        store__directory=data,
        radio__source=radio,
        radio__rate_hz=rate_hz,
        radio__gain_db=gain_db,
        radio__ppm=ppm,
        radio__agc=agc,
        radio__bias_tee=bias_tee,
        radio__direct_sampling=direct_sampling,
        radio__offset_tuning=offset_tuning,
        radio__antenna=antenna,
        radio__pattern=pattern and antenna_named(pattern, pattern_heading, pattern_tilt, pattern_roll),
    )
    write_profile(
        folder_of(tree), name, ReceiverProfile(**tree.radio.model_dump(include=set(ReceiverProfile.model_fields)))
    )
    sys.stdout.write(_line(name, read_profile(folder_of(tree), name)) + "\n")


@profiles.command()
def remove(name: NameArgument, data: DataOption = None, settings: SettingsOption = None) -> None:
    """Delete one."""
    remove_profile(folder_of(settings_from(settings, store__directory=data)), name)
    sys.stdout.write(f"{name} is removed.\n")


def _line(name: str, profile: ReceiverProfile) -> str:
    gain = "gain by the station" if profile.gain_db is None else f"gain {profile.gain_db:g} dB"
    points = profile.calibration.points if profile.calibration is not None else ()
    places = ", ".join(f"{mhz:g}" for mhz in sorted({point.frequency_hz / 1e6 for point in points}))
    calibrated = f"calibrated at {places} MHz" if places else "not calibrated"
    turns = profile.pattern.words if profile.pattern is not None else ""
    parts = (
        profile.source or "no receiver",
        f"{profile.rate_hz / 1e6:g} MS/s",
        gain,
        profile.antenna,
        turns,
        calibrated,
    )
    return f"{name}: {', '.join(part for part in parts if part)}"
