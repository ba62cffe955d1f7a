"""``kestrel jobs`` and ``kestrel reprocess``: work that takes its time; the main thread."""

import json
import ssl
import sys
import threading
import urllib.error
import urllib.request
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.api.certificate import CERTIFICATE
from app.api.rights import PREFIX
from app.api.token import station_token
from app.cli.options import (
    DataOption,
    JsonOption,
    PortOption,
    SettingsOption,
    place_of,
    project_in,
    say,
    settings_from,
)
from app.domain.geometry import LatLon
from app.domain.job import Job, JobKind, JobState
from app.domain.radio import Target
from app.errors import AppError, NotConnected, OutOfRange
from app.services import job_arguments
from app.services.job_arguments import Reprocess, VariantIn
from app.services.job_kinds import (
    Reprocessed,
    flight_readings,
    flight_recordings,
    flown_of,
    recordings_in,
    reprocess_plan,
)
from app.settings import Settings
from app.store import make_store, open_store
from app.workers.cluster import DaskPool
from app.workers.pool import LocalPool, Pool, run_all
from app.workers.samplerecorder import RECORDINGS
from hardware.wholefile import whole_file

jobs = typer.Typer(no_args_is_help=True, help="Jobs of a project: list, show, cancel.")
ProjectOption = Annotated[int | None, typer.Option(help="Number of the project; without it the one in use")]
JobArgument = Annotated[int, typer.Argument(help="Number of the job")]
PATIENCE_S = 30.0
MEASURES = (
    ("moved_m", "from those in force"),
    ("from_flown_m", "from what was told in flight"),
    ("error_m", "from the truth"),
)


def add_to(commands: typer.Typer) -> None:
    commands.add_typer(jobs, name="jobs")
    commands.command()(reprocess)


@jobs.command(name="list")
def list_jobs(
    project: ProjectOption = None,
    kind: Annotated[JobKind | None, typer.Option(help="Only of this kind")] = None,
    state: Annotated[JobState | None, typer.Option(help="Only in this state")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many, newest first")] = 50,
    data: DataOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the jobs of a project, newest first; works beside a running station."""
    tree = settings_from(settings, store__directory=data)
    with closing(open_store(tree.store, recording=False)) as store:
        mine = store.of(project_in(store, project))
        found = mine.jobs(kind, state, None, limit)
    say(found, as_json, lambda found: "\n".join(map(_line, found)) or "No job yet.")


@jobs.command()
def show(
    number: JobArgument,
    project: ProjectOption = None,
    data: DataOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell a job with its arguments and its result; works beside a running station."""
    tree = settings_from(settings, store__directory=data)
    with closing(open_store(tree.store, recording=False)) as store:
        found = store.of(project_in(store, project)).job(number)
    say(found, as_json, _whole)


@jobs.command()
def cancel(
    number: JobArgument,
    project: ProjectOption = None,
    port: PortOption = None,
    data: DataOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Cancel a job of the running station on this computer."""
    tree = settings_from(settings, store__directory=data, api__port=port)
    if project is None:
        project = _asked(tree, "GET", "/projects/current")["id"]
    found = _asked(tree, "POST", f"/projects/{project}/jobs/{number}/cancel")
    say(found, as_json, lambda found: f"Job {found['id']}: {found['state']}. {found['text']}")


def reprocess(
    folder: Annotated[Path | None, typer.Argument(help="A folder of recordings; or say --flight")] = None,
    flight: Annotated[int | None, typer.Option(help="Number of a flight: its readings and its recordings")] = None,
    project: ProjectOption = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="locate.exponent=3, target.bandwidth_hz=500, pause_ms=5; with , for one more: a=1,b=2"
        ),
    ] = None,
    truth: Annotated[str, typer.Option(help="LAT,LON where the beacon was, to score the answers")] = "",
    data: DataOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Other detector or locator settings over a flight or a folder of recordings, beside those in force.

    Each --set is one variant. With jobs.scheduler in the settings the work goes to that Dask cluster.
    """
    tree = settings_from(settings, store__directory=data)
    place = place_of(truth)
    variants = tuple(_variant(one) for one in change or ())
    arguments = {
        "flight_id": flight,
        "folder": str(folder or ""),
        "variants": variants,
        "truth": place and (place.lat_deg, place.lon_deg),
    }
    asked: Reprocess = job_arguments.checked(JobKind.REPROCESS, arguments)
    what, targets = _what(tree, asked, project)
    plan = reprocess_plan(what, job_arguments.variants(asked, tree.locate, targets), whole_file)
    with ExitStack() as undo:
        scheduler = tree.jobs.scheduler
        pool: Pool = DaskPool(scheduler) if scheduler else LocalPool(tree.jobs.processes)
        undo.callback(pool.close)
        results = run_all(pool, plan.pieces, _bar)
    _bar(1.0, "")
    say(plan.finish(results, threading.Event()).result(), as_json, _compared)


def _what(tree: Settings, asked: Reprocess, project: int | None) -> tuple[Reprocessed, tuple[Target, ...]]:
    """What is worked through, and the targets looked for; a folder of recordings needs no store."""
    truth = LatLon(*asked.truth) if asked.truth else None
    stored = make_store(tree.store, recording=False)
    if asked.flight_id is None and not stored.database.there():
        return Reprocessed({}, recordings_in(Path(asked.folder)), {}, truth), (
            Target("target", **tree.target.model_dump()),
        )
    with closing(stored) as store:
        store.open()
        of = store.of(project_in(store, project))
        if asked.flight_id is None:
            return Reprocessed({}, recordings_in(Path(asked.folder)), {}, truth), of.targets().all
        found = flight_recordings(of, asked.flight_id, tree.store.directory / RECORDINGS)
        readings = flight_readings(of, asked.flight_id)
        return Reprocessed(readings, found, flown_of(of, asked.flight_id), truth), of.targets().all


def _variant(text: str) -> VariantIn:
    """``locate.exponent=3,target.period_s=1.2`` as settings. Raises ``OutOfRange``."""
    values: dict[str, Any] = {"locate": {}, "target": {}}
    for part in text.split(","):
        name, equals, value = part.partition("=")
        section, _, field = name.strip().partition(".")
        try:
            known = json.loads(value)
        except ValueError:
            known = value.strip()
        if not equals or (section not in {"locate", "target"} and name != "pause_ms"):
            raise OutOfRange(f"--set {part!r}: say locate.FIELD=VALUE, target.FIELD=VALUE or pause_ms=VALUE.")
        if field:
            values[section][field] = known
        else:
            values[section] = known
    return VariantIn(**values)


def _asked(tree: Settings, method: str, route: str) -> dict[str, Any]:
    """What the station running on this computer answers. Raises ``NotConnected``, and ``AppError`` with its words."""
    folder, api = tree.store.directory, tree.api
    certificate = api.certificate or folder / CERTIFICATE
    for scheme in ("http", "https"):
        request = urllib.request.Request(  # noqa: S310 - the scheme is ours
            f"{scheme}://127.0.0.1:{api.port}{PREFIX}{route}",
            method=method,
            headers={"authorization": f"Bearer {station_token(folder)}"},
        )
        trust = ssl.create_default_context(cafile=certificate) if scheme == "https" and certificate.exists() else None
        if trust is not None:
            trust.check_hostname = False  # the station's own certificate, read from its own folder
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S, context=trust) as found:  # noqa: S310
                answer: dict[str, Any] = json.load(found)
                return answer
        except urllib.error.HTTPError as error:
            raise AppError(str(json.load(error).get("detail", error))) from error
        except (OSError, ValueError):
            continue
    raise NotConnected(f"No station answers at port {api.port} of this computer: jobs only run in one. Say --port.")


def _bar(share: float, text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{share:4.0%}  {text[:70]:70}" + "\n" * (share >= 1.0 and not text))
        sys.stderr.flush()


def _line(job: Job) -> str:
    began = datetime.fromtimestamp(job.created_s, UTC).isoformat(" ", "seconds")
    return f"{job.id:4}  {began}  {job.kind:11}  {job.state:11}  {job.text}  ({job.actor})"


def _whole(job: Job) -> str:
    told = [_line(job), f"arguments: {json.dumps(job.arguments)}"]
    told += [job.error] if job.error and job.error != job.text else []
    if job.result and job.kind is JobKind.REPROCESS:
        return "\n".join([*told, _compared(job.result)])
    return "\n".join([*told, *(f"{name}: {value}" for name, value in (job.result or {}).items())])


def _compared(result: dict[str, Any]) -> str:
    lines = [result["text"]]
    for target, rows in result["places"].items():
        lines.append(f"target {target}")
        lines += [_placed(row) for row in rows]
    for name in dict.fromkeys(row["recording"] for row in result["recordings"]):
        lines.append(name)
        lines += [_heard(row) for row in result["recordings"] if row["recording"] == name]
    return "\n".join(lines)


def _placed(row: dict[str, Any]) -> str:
    told = f"  {row['variant']:30}  {row['readings']:6} readings  "
    if not row["enough"]:
        return f"{told}{row['text']}"
    at = row["position"]
    more = [f"{row[name]:.1f} m {word}" for name, word in MEASURES if row.get(name) is not None]
    return told + f"{at['lat_deg']:.6f} {at['lon_deg']:.6f}  90 % within {row['radius_90_m']:.1f} m  " + ", ".join(more)


def _heard(row: dict[str, Any]) -> str:
    if row["problem"]:
        return f"  {row['variant']:30}  {row['problem']}"
    snr = "" if row["mean_snr_db"] is None else f", SNR {row['mean_snr_db']:.1f} dB"
    return (
        f"  {row['variant']:30}  {row['detections']:5} detections, {row['confirmed']} confirmed{snr}; "
        f"{row['only_here']} only here, {row['only_in_force']} only with the settings in force"
    )
