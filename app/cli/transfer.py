"""``kestrel mission`` and ``kestrel parameters``: what the vehicle keeps, without a whole station; the main thread."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app import main
from app.cli.options import JsonOption, SettingsOption, VehicleOption, say, settings_from
from app.errors import BadFile, DeviceError
from app.exchange.parameters import Difference, Loaded, ParameterForm, parameter_file
from app.exchange.plans import PlanForm, plan_file
from app.exchange.textfile import write_text
from app.services.transfers import TransferService
from app.vehicle.missions import PlanKind
from app.vehicle.parameters import Parameter

mission = typer.Typer(no_args_is_help=True, help="Mission, geofence and rally points: out of the vehicle and into it.")
parameters = typer.Typer(no_args_is_help=True, help="Parameters: save, load, compare with a file, get, set.")
FileArgument = Annotated[Path, typer.Argument(help="The file")]
ACTOR = "command line"
PATIENCE_S = 30.0  # for the first heartbeat
LONGEST_S = 1800.0  # of one transfer, on a link that loses most


def add_to(commands: typer.Typer) -> None:
    commands.add_typer(mission, name="mission")
    commands.add_typer(parameters, name="parameters")


@mission.command()
def download(file: FileArgument, vehicle: VehicleOption = None, settings: SettingsOption = None) -> None:
    """Write what the vehicle has to a .plan or .waypoints file."""
    try:
        form = PlanForm(file.suffix[1:])
    except ValueError:
        raise BadFile(f"{file.name}: the name of a mission file ends in .plan or .waypoints") from None
    with _linked(vehicle, settings) as transfers:
        write_text(file, transfers.plan_file(form).result(LONGEST_S))
    _tell(f"{file} written")


@mission.command()
def upload(file: FileArgument, vehicle: VehicleOption = None, settings: SettingsOption = None) -> None:
    """Give the vehicle a .plan (mission, fence and rally points) or .waypoints file (the mission alone)."""
    text, _ = plan_file(file)  # what is wrong with it is told before anybody is called
    with _linked(vehicle, settings) as transfers:
        _tell(transfers.load_plan(text, ACTOR).result(LONGEST_S))


@mission.command()
def clear(
    kind: Annotated[str, typer.Argument(help="mission, fence or rally")],
    vehicle: VehicleOption = None,
    settings: SettingsOption = None,
) -> None:
    """Have the vehicle forget its mission, its fence or its rally points."""
    if kind.upper() not in PlanKind.__members__:
        raise typer.BadParameter(f"{kind!r} is none of mission, fence, rally")
    with _linked(vehicle, settings) as transfers:
        _tell(transfers.write(PlanKind[kind.upper()], (), ACTOR).result(LONGEST_S))


@parameters.command()
def save(
    file: FileArgument,
    form: Annotated[ParameterForm, typer.Option(help="Whose file")] = ParameterForm.ARDUPILOT,
    vehicle: VehicleOption = None,
    settings: SettingsOption = None,
) -> None:
    """Write all of the vehicle's parameters to a file."""
    with _linked(vehicle, settings) as transfers:
        write_text(file, transfers.parameter_file(form).result(LONGEST_S))
    _tell(f"{file} written")


@parameters.command()
def load(
    file: FileArgument, vehicle: VehicleOption = None, settings: SettingsOption = None, as_json: JsonOption = False
) -> None:
    """Set what a file says otherwise than the vehicle. Exit code 1 when some could not be set."""
    text, _ = parameter_file(file)
    with _linked(vehicle, settings) as transfers:
        found = transfers.load_parameters(text, ACTOR).result(LONGEST_S)
    say(found, as_json, _loaded)
    if found.refused:
        raise typer.Exit(1)


@parameters.command()
def compare(
    file: FileArgument, vehicle: VehicleOption = None, settings: SettingsOption = None, as_json: JsonOption = False
) -> None:
    """Tell what a file and the vehicle do not agree on."""
    text, _ = parameter_file(file)
    with _linked(vehicle, settings) as transfers:
        found = transfers.compare(text).result(LONGEST_S)
    say(found, as_json, lambda found: "\n".join(map(_difference, found)) or "They agree.")


@parameters.command()
def get(name: str, vehicle: VehicleOption = None, settings: SettingsOption = None, as_json: JsonOption = False) -> None:
    """Ask for one parameter."""
    with _linked(vehicle, settings) as transfers:
        say(transfers.parameter(name).result(LONGEST_S), as_json, _value)


@parameters.command(name="set", context_settings={"ignore_unknown_options": True})
def set_one(
    name: str,
    value: float,
    vehicle: VehicleOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set one parameter; done when the vehicle says the new value."""
    with _linked(vehicle, settings) as transfers:
        say(transfers.set_parameter(name, value, ACTOR).result(LONGEST_S), as_json, _value)


@contextmanager
def _linked(vehicle: str | None, settings: Path | None) -> Iterator[TransferService]:
    """The vehicle, heard. Raises ``DeviceError`` when it is not."""
    tree = settings_from(settings, vehicle__link=vehicle)
    with ExitStack() as undo:
        link = main.start_link(tree, undo)
        if not link.heard.wait(PATIENCE_S):
            raise DeviceError(link.vehicle.link().problem or f"No vehicle was heard within {PATIENCE_S:.0f} s.")
        yield link.transfers


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _value(one: Parameter) -> str:
    return f"{one.name} {one.value:g}"


def _difference(one: Difference) -> str:
    here, there = ("-" if value is None else f"{value:g}" for value in (one.file, one.vehicle))
    return f"{one.name:<16} file {here:>12}  vehicle {there:>12}"


def _loaded(found: Loaded) -> str:
    lines = [*map(_difference, found.changed), *found.refused]
    lines += [f"{name}: the vehicle has no such parameter" for name in found.unknown]
    return "\n".join([*lines, f"{len(found.changed)} set, {len(found.refused)} refused, {len(found.unknown)} unknown"])
