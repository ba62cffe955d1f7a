"""``kestrel projects``, ``export``, ``import`` and ``db``: what is stored; the main thread."""

import sys
import time
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from app.cli.options import DataOption, JsonOption, SettingsOption, project_in, say, settings_from
from app.errors import StoreError
from app.insights.flight import FIGURED, figures_of
from app.services.bundles import export_project, import_project
from app.services.flights import export as export_flight
from app.services.imports import import_flight
from app.services.upkeep import DAY_S, due
from app.services.upkeep import purge as remove
from app.store import make_store, open_store
from app.workers.samplerecorder import RECORDINGS

database = typer.Typer(no_args_is_help=True, help="The store: bring it forward, copy, check, mend and purge it.")

bundles = typer.Typer(no_args_is_help=True, help="A whole project as one file, out and in, also between databases.")


def add_to(commands: typer.Typer) -> None:
    commands.command()(projects)
    commands.command()(export)
    commands.command("import")(bring_in)
    commands.add_typer(database, name="db")
    commands.add_typer(bundles, name="bundle")


def projects(data: DataOption = None, settings: SettingsOption = None, as_json: JsonOption = False) -> None:
    """List the projects and their flights; works beside a running station."""
    tree = settings_from(settings, store__directory=data)
    with closing(open_store(tree.store, recording=False)) as store:
        found = [asdict(one) | {"flights": [asdict(f) for f in store.of(one.id).flights()]} for one in store.projects()]
    say(found, as_json, _words)


def _words(found: list[dict[str, Any]]) -> str:
    lines = []
    for project in found:
        lines.append(f"{project['id']:4}  {project['name']}")
        for flight in project["flights"]:
            began = datetime.fromtimestamp(flight["started_s"], UTC).isoformat(" ", "seconds")
            remarks = [
                word for word, on in (("SIMULATION", flight["simulated"]), ("cut short", not flight["clean"])) if on
            ]
            lines.append(f"      flight {flight['id']:4}  {began}  {flight['name']}  {', '.join(remarks)}".rstrip())
    return "\n".join(lines) or "No project yet."


def export(
    project: Annotated[int, typer.Argument(help="Number of the project, as `kestrel projects` lists it")],
    flight: Annotated[int, typer.Argument(help="Number of the flight")],
    form: Annotated[
        Literal["csv", "geojson", "kml", "kmz", "gpx", "parquet", "cot"], typer.Option(help="What to write")
    ] = "geojson",
    to: Annotated[Path, typer.Option(help="Folder to write into")] = Path(),
    data: DataOption = None,
    settings: SettingsOption = None,
) -> None:
    """Write one flight as a file; works beside a running station. CSV and Parquet are zips of tables, CoT is TAK's."""
    tree = settings_from(settings, store__directory=data)
    with closing(open_store(tree.store, recording=False)) as store:
        name, content = export_flight(store, project, flight, form)
    path = to / name
    try:
        path.write_bytes(content)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}. Name another folder with --to.") from error
    sys.stdout.write(f"{path}\n")


def bring_in(
    file: Annotated[Path, typer.Argument(help="A .tlog of a ground station or a .bin of ArduPilot's memory")],
    project: Annotated[int | None, typer.Option(help="Number of the project; without it the one in use")] = None,
    name: Annotated[str, typer.Option(help="Name of the flight; without it the file's")] = "",
    data: DataOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Store a flight recorded elsewhere: track, texts and figures; the station must not be running on this store."""
    tree = settings_from(settings, store__directory=data)
    with closing(open_store(tree.store)) as store:
        flight, told = import_flight(store, project_in(store, project), file, name)
        tables = [store.of(flight.project_id).rows(table, flight.id) for table in FIGURED]
    found = {"project": flight.project_id, "flight": flight.id, "name": flight.name, **told}
    say(found | {"figures": figures_of(flight, *tables)}, as_json, _brought_in)


def _brought_in(found: dict[str, Any]) -> str:
    length_m, duration_s = found["figures"].path_length_m, found["figures"].duration_s
    return (
        f"Flight {found['flight']} of project {found['project']}: {found['name']}, {duration_s / 60.0:.1f} min, "
        f"{length_m or 0.0:.0f} m, {found['positions']} positions, {found['texts']} texts; "
        f"{found['frames']} messages read, {found['damaged']} places could not be"
    )


@database.command()
def upgrade(data: DataOption = None, settings: SettingsOption = None) -> None:
    """Bring the store to this version, as every start of the station does; a copy is kept before."""
    tree = settings_from(settings, store__directory=data)
    with closing(open_store(tree.store)) as store:
        sys.stdout.write(f"{store.place} is of this version\n")


@database.command()
def backup(
    to: Annotated[Path, typer.Argument(help="File to write; it must not be there yet")],
    data: DataOption = None,
    settings: SettingsOption = None,
) -> None:
    """Write a consistent copy of the store, also while a station is using it."""
    tree = settings_from(settings, store__directory=data)
    with closing(open_store(tree.store, recording=False)) as store:
        store.backup(to)
    sys.stdout.write(f"{to}\n")


@database.command()
def check(data: DataOption = None, settings: SettingsOption = None) -> None:
    """Look through the whole store for damage; exit code 1 when there is some."""
    tree = settings_from(settings, store__directory=data)
    with closing(open_store(tree.store, recording=False)) as store:
        store.check()
        sys.stdout.write(f"{store.place} is sound\n")


@database.command()
def repair(data: DataOption = None, settings: SettingsOption = None) -> None:
    """Begin a new file with every row of a damaged store that can be read; the old one is kept beside it."""
    tree = settings_from(settings, store__directory=data)
    aside, saved = make_store(tree.store).repair()
    lost = f"{saved.gaps} places could not be read" if saved.gaps else "nothing was lost"
    sys.stdout.write(f"{saved.kept} rows saved, {lost}; the old store is kept as {aside}\n")


@database.command()
def purge(
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it they are only listed")] = False,
    data: DataOption = None,
    settings: SettingsOption = None,
) -> None:
    """Remove for good the projects deleted longer ago than store.keep_deleted_days, with flights and recordings."""
    tree = settings_from(settings, store__directory=data)
    keep_s = tree.store.keep_deleted_days * DAY_S
    with closing(open_store(tree.store, recording=yes)) as store:
        recordings = tree.store.directory / RECORDINGS
        found = remove(store, recordings, time.time(), keep_s) if yes else due(store, time.time(), keep_s)
    for project in found:
        sys.stdout.write(f"{project.id:4}  {project.name}\n")
    said = "removed" if yes else "would be removed: --yes does it"
    sys.stdout.write(f"{len(found)} projects {said}\n")


@database.command()
def statistics(data: DataOption = None, settings: SettingsOption = None, as_json: JsonOption = False) -> None:
    """Size of the store and rows of each table; works beside a running station."""
    tree = settings_from(settings, store__directory=data)
    with closing(open_store(tree.store, recording=False)) as store:
        found = {"place": store.place, "size_bytes": store.size_bytes(), "rows": store.counts()}
    say(found, as_json, _counted)


def _counted(found: dict[str, Any]) -> str:
    lines = [f"{found['place']}: {found['size_bytes'] / 1e6:.1f} MB"]
    return "\n".join([*lines, *(f"{count:10}  {table}" for table, count in found["rows"].items())])


@bundles.command("out")
def bundle_out(
    project: Annotated[int, typer.Argument(help="Number of the project, as `kestrel projects` lists it")],
    file: Annotated[Path, typer.Argument(help="File to write; it must not be there yet")],
    data: DataOption = None,
    settings: SettingsOption = None,
) -> None:
    """Write everything the store has of a project; samples of recordings are files of their own."""
    tree = settings_from(settings, store__directory=data)
    with closing(open_store(tree.store, recording=False)) as store:
        rows = export_project(store, project, file)
    sys.stdout.write(f"{file}: {rows['flight']} flights, {sum(rows.values())} rows\n")


@bundles.command("in")
def bundle_in(
    file: Annotated[Path, typer.Argument(help="A bundle of a project")],
    name: Annotated[str, typer.Option(help="Name of the project; without it its own")] = "",
    data: DataOption = None,
    settings: SettingsOption = None,
) -> None:
    """Add a bundle's project to the store; the station must not be running on it."""
    tree = settings_from(settings, store__directory=data)
    with closing(open_store(tree.store)) as store:
        project, told = import_project(store, file, name)
    left = told["recordings_left_out"]
    sys.stdout.write(f"{project.id:4}  {project.name}" + f" ({left} recordings are here already)" * bool(left) + "\n")
