"""``kestrel recordings``: what was recorded, whether it is sound, and mending it; the main thread."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import DataOption, JsonOption, SettingsOption, say, settings_from
from app.errors import AppError
from app.exchange.recordings import OnDisk, look, repair, stem_of, stems
from app.workers.samplerecorder import RECORDINGS

recordings = typer.Typer(no_args_is_help=True, help="Recordings of samples: list them, look through them, mend them.")
FilesArgument = Annotated[
    list[Path] | None, typer.Argument(help="SigMF recordings; all of the station's when none is named")
]


def add_to(commands: typer.Typer) -> None:
    commands.add_typer(recordings, name="recordings")


@recordings.command(name="list")
def list_them(data: DataOption = None, settings: SettingsOption = None, as_json: JsonOption = False) -> None:
    """List what was recorded, newest first; works beside a running station."""
    found = [look(stem) for stem in _chosen(None, data, settings)]
    say(found, as_json, lambda found: "\n".join(map(_line, found)) or "No recording yet.")


@recordings.command()
def verify(
    files: FilesArgument = None, data: DataOption = None, settings: SettingsOption = None, as_json: JsonOption = False
) -> None:
    """Look through descriptions and samples. Exit code 1 when something is wrong."""
    found = [look(stem, whole=True) for stem in _chosen(files, data, settings)]
    say(found, as_json, lambda found: "\n".join(map(_verdict, found)) or "No recording yet.")
    if any(one.problems for one in found):
        raise typer.Exit(1)


@recordings.command(name="repair")
def repair_them(files: FilesArgument = None, data: DataOption = None, settings: SettingsOption = None) -> None:
    """Mend what a killed program or a full disk left. Exit code 1 when something could not be mended."""
    failed = False
    for stem in _chosen(files, data, settings):
        try:
            done = repair(stem)
        except AppError as error:
            failed = True
            sys.stderr.write(f"kestrel: {error}\n")
            continue
        sys.stdout.write(f"{stem.name}: {'mended: ' + ' '.join(done) if done else 'sound'}\n")
    if failed:
        raise typer.Exit(1)


def _chosen(files: list[Path] | None, data: Path | None, settings: Path | None) -> list[Path]:
    if files:
        return [stem_of(file) for file in files]
    return stems(settings_from(settings, store__directory=data).store.directory / RECORDINGS)


def _line(one: OnDisk) -> str:
    remarks = " ".join(problem.text for problem in one.problems)
    if one.recording is None:
        return f"{one.name}  {remarks}"
    began = datetime.fromtimestamp(one.recording.started_s, UTC).isoformat(" ", "seconds")
    seconds = one.recording.samples / one.recording.rate_hz if one.recording.rate_hz else 0.0
    megabytes = one.recording.size_bytes / 1e6
    return (
        f"{one.name}  {began}  {seconds:.1f} s  {megabytes:.1f} MB  {one.recording.detections} detections  {remarks}"
    ).rstrip()


def _verdict(one: OnDisk) -> str:
    if not one.problems:
        return f"sound  {one.name}"
    lines = (f"       {problem.text}{' (repair mends it)' * one.mendable}" for problem in one.problems)
    return "\n".join((f"WRONG  {one.name}", *lines))
