"""How each kind of job is done: what runs in processes of its own, and what the one writer does; the job's thread."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.domain.geometry import LatLon
from app.domain.job import Job, JobKind
from app.domain.radio import Reading
from app.errors import Conflict, NotFound, OutOfRange
from app.exchange.flightlogs import FlightLog
from app.exchange.sigmf import meta_path
from app.services import job_arguments
from app.services.bundles import check_bundle, import_project
from app.services.imports import keep_log
from app.services.job_arguments import Reprocess
from app.services.job_pieces import back_up_to, bundle_to, export_to, log_of
from app.services.reprocess import (
    Samples,
    Variant,
    compared_detections,
    compared_places,
    readings_of,
    redetect,
    relocate,
)
from app.services.upkeep import backup_place, folder_made
from app.settings import LocateSettings, StoreSettings
from app.store import ProjectQueries, Store
from app.workers.jobs import Plan
from app.workers.pool import Work
from app.workers.recorder import RecorderWorker

FILES = "exchange"  # folder beside the store: what jobs make, and what is brought for them
ENDINGS = (".sigmf-meta", ".sigmf", ".wav", ".cu8", ".cs8", ".ci16", ".cs16", ".cf32")
MOST_RECORDINGS = 1000
FIT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,99}(?<![. ])")
TAKEN_NAMES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # on Windows
Outcome = Future[dict[str, Any]]
Read = Callable[[Path], Samples]


@dataclass(frozen=True, slots=True)
class JobKinds:
    """``read`` gives the samples of a recording; it is handed to other processes, so it is a plain function."""

    store: Store
    settings: StoreSettings
    locate: LocateSettings
    recorder: RecorderWorker
    recordings: Path
    read: Read

    @property
    def folder(self) -> Path:
        return self.settings.directory / FILES

    def checked(self, kind: JobKind, arguments: dict[str, Any], local: bool) -> dict[str, Any]:
        """Raises ``OutOfRange`` that names the argument at fault. Who is not ``local`` names no place elsewhere."""
        known: dict[str, Any] = job_arguments.checked(kind, arguments).model_dump(mode="json")
        if not local:
            self._inside(known)
        return known

    def _inside(self, known: dict[str, Any]) -> None:
        if known.get("file"):
            self.place_for(known["file"])
        home = self.settings.directory.resolve()
        if known.get("folder") and not (home / known["folder"]).resolve().is_relative_to(home):
            raise OutOfRange("folder: name one in the station's data folder, for example recordings.")

    def place_for(self, name: str) -> Path:
        """Raises ``OutOfRange`` for a name that no system of ours can have, ``StoreError`` without the folder."""
        if not FIT_NAME.fullmatch(name) or TAKEN_NAMES.fullmatch(name):
            raise OutOfRange("A file's name has up to 100 letters, digits, dots, blanks and hyphens.")
        return folder_made(self.folder) / name

    def prepare(self, job: Job) -> Plan:
        """Raises ``AppError`` when it cannot begin."""
        asked = job_arguments.checked(job.kind, job.arguments)
        plans: dict[JobKind, Callable[[Job, Any], Plan]] = {
            JobKind.REPROCESS: self._reprocess,
            JobKind.EXPORT: self._export,
            JobKind.IMPORT: self._import,
            JobKind.BACKUP: self._backup,
            JobKind.BUNDLE_OUT: self._bundle_out,
            JobKind.BUNDLE_IN: self._bundle_in,
        }
        return plans[job.kind](job, asked)

    def _export(self, job: Job, asked: job_arguments.Export) -> Plan:
        made = folder_made(self.folder) / f"job-{job.id}.part"
        work = partial(export_to, self.settings, job.project_id, asked.flight_id, asked.form, made)

        def finish(results: list[Any], _: threading.Event) -> Outcome:
            named = made.with_name(f"job-{job.id}_{results[0]}")
            made.replace(named)
            return _done(_file(named))

        return Plan((work,), finish, clean=partial(made.unlink, missing_ok=True))

    def _bundle_out(self, job: Job, _: Any) -> Plan:
        made = folder_made(self.folder) / f"job-{job.id}_project-{job.project_id}.kestrel"
        work = partial(bundle_to, self.settings, job.project_id, made)

        def finish(results: list[Any], _: threading.Event) -> Outcome:
            return _done(_file(made) | {"rows": results[0]})

        return Plan((work,), finish, clean=partial(made.unlink, missing_ok=True))

    def _backup(self, _: Job, __: Any) -> Plan:
        copy = backup_place(self.settings.directory)

        def finish(_: list[Any], __: threading.Event) -> Outcome:
            return _done({"text": f"{copy.name} in the folder {copy.parent.name}"})

        return Plan((partial(back_up_to, self.settings, copy),), finish, clean=partial(copy.unlink, missing_ok=True))

    def _import(self, job: Job, asked: job_arguments.Import) -> Plan:
        path = self._brought(asked.file)

        def keep(log: FlightLog) -> dict[str, Any]:
            flight, told = keep_log(self.store, job.project_id, path, log, asked.name)
            text = f"Flight {flight.id}: {told['positions']} positions, {told['texts']} texts"
            return {"text": text, "flight_id": flight.id, **told}

        def finish(results: list[Any], _: threading.Event) -> Outcome:
            return self.recorder.ask(lambda: keep(results[0]))

        return Plan((partial(log_of, path),), finish)

    def _bundle_in(self, _: Job, asked: job_arguments.BundleIn) -> Plan:
        path = self._brought(asked.file)

        def adopt(halt: threading.Event) -> dict[str, Any]:
            if self.recorder.flight is not None:
                raise Conflict(
                    "A flight is being recorded, and writing a whole project would hold it up: end it first."
                )
            project, told = import_project(self.store, path, asked.name, halt)
            return {"text": f"Project {project.id}: {project.name}", "new_project_id": project.id, **told}

        def finish(_: list[Any], halt: threading.Event) -> Outcome:
            return self.recorder.ask(lambda: adopt(halt))

        return Plan((partial(check_bundle, path),), finish)

    def _reprocess(self, job: Job, asked: Reprocess) -> Plan:
        of = self.store.of(job.project_id)
        variants = job_arguments.variants(asked, self.locate, of.targets().all)
        truth = LatLon(*asked.truth) if asked.truth else None
        if asked.flight_id is not None:
            readings = flight_readings(of, asked.flight_id)
            found = flight_recordings(of, asked.flight_id, self.recordings)
        else:
            readings, found = {}, recordings_in(self.settings.directory / asked.folder)
        return reprocess_plan(Reprocessed(readings, found, flown_of(of, asked.flight_id), truth), variants, self.read)

    def _brought(self, file: str) -> Path:
        """Where a file lies: one that was brought, or, for who sits at the station, anywhere."""
        path = Path(file)
        return path if path.is_absolute() else self.place_for(file)


@dataclass(frozen=True, slots=True)
class Reprocessed:
    """What is worked through again; ``flown`` are the last places that were told in flight, by target."""

    readings: dict[str, list[Reading]]
    recordings: tuple[Path, ...]
    flown: dict[str, dict[str, Any]]
    truth: LatLon | None


def reprocess_plan(what: Reprocessed, variants: tuple[Variant, ...], read: Read) -> Plan:
    """A piece for each target and variant, and for each recording and variant. Raises ``NotFound`` without any."""
    if not what.readings and not what.recordings:
        raise NotFound("There is nothing to work through: neither readings nor recordings.")
    places = [partial(relocate, found, one, what.truth) for found in what.readings.values() for one in variants]
    heard = [partial(redetect, read, path, one) for path in what.recordings for one in variants]
    pieces: tuple[Work, ...] = (*places, *heard)

    def finish(results: list[Any], _: threading.Event) -> Outcome:
        groups = [results[at : at + len(variants)] for at in range(0, len(results), len(variants))]
        ids = list(what.readings)
        located = {name: compared_places(rows, what.flown.get(name)) for name, rows in zip(ids, groups, strict=False)}
        detected = [row for rows in groups[len(ids) :] for row in compared_detections(rows)]
        text = f"{len(ids)} targets and {len(what.recordings)} recordings with {len(variants)} settings"
        return _done({"text": text, "places": located, "flown": what.flown, "recordings": detected})

    return Plan(pieces, finish, cluster=True)


def flight_readings(of: ProjectQueries, flight_id: int) -> dict[str, list[Reading]]:
    return readings_of(of.rows("reading", flight_id))


def flight_recordings(of: ProjectQueries, flight_id: int, folder: Path) -> tuple[Path, ...]:
    """Those that began in the flight and are still there."""
    mine = [one.recording.name for one in of.recordings() if one.flight_id == flight_id]
    return tuple(path for name in reversed(mine) if (path := meta_path(folder / name)).is_file())


def flown_of(of: ProjectQueries, flight_id: int | None) -> dict[str, dict[str, Any]]:
    """The last place of each target that was told in flight with enough to say it."""
    if flight_id is None:
        return {}
    rows = of.rows("estimate", flight_id, only=("target_id", "enough", "mode_lat_deg", "mode_lon_deg")).as_dicts()
    told = [row for row in rows if row["enough"] and row["mode_lat_deg"] is not None]
    return {row["target_id"]: {"lat_deg": row["mode_lat_deg"], "lon_deg": row["mode_lon_deg"]} for row in told}


def recordings_in(folder: Path) -> tuple[Path, ...]:
    """The recordings of a folder, by name. Raises ``NotFound``, and ``OutOfRange`` for far too many."""
    try:
        found = sorted(one for one in folder.iterdir() if one.name.lower().endswith(ENDINGS) and one.is_file())
    except (OSError, ValueError) as error:
        raise NotFound(f"The folder {folder} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if len(found) > MOST_RECORDINGS:
        raise OutOfRange(f"{folder} holds {len(found)} recordings; {MOST_RECORDINGS} are the most for one job.")
    return tuple(found)


def _file(path: Path) -> dict[str, Any]:
    size = path.stat().st_size
    return {"text": f"{path.name}, {size / 1e6:.1f} MB", "file": path.name, "size_bytes": size}


def _done(result: dict[str, Any]) -> Outcome:
    outcome: Outcome = Future()
    outcome.set_result(result)
    return outcome
