"""A project out of one store and into another of any kind: nothing is lost; what is unsound is refused whole."""

import json
import math
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.rows import Rows
from app.errors import BadFile, NotFound
from app.services.bundles import export_project, import_project
from app.store import Store
from app.store.models import FACTS
from tests.unit.store import samples
from tests.unit.store.conftest import Place, place, postgres, server
from tests.unit.store.test_upkeep_of_store import fill

__all__ = ["place", "postgres", "server"]


def opened(place: Place) -> Store:
    store = place.store()
    store.open()
    return store


def contents(store: Store, project_id: int) -> list[object]:
    of = store.of(project_id)
    found: list[object] = [of.targets(), [recording.recording for recording in of.recordings()]]
    found += [[replace(job, id=0, project_id=0) for job in of.jobs()]]
    for flight in of.flights():
        found += [(flight.name, flight.notes, flight.started_s, flight.ended_s, flight.clean, flight.simulated)]
        found += [of.rows(name, flight.id) for name in FACTS]
        found += [(one.time_s.tolist(), one.power_dbfs.tolist()) for one in of.waterfall(flight.id)]
    return found


def test_a_project_goes_there_and_back_without_loss(place: Place, tmp_path: Path) -> None:
    first = opened(Place(tmp_path / "first", ""))
    mine = first.current().id
    for _ in range(2):
        flight_id = fill(first, mine)
        first.writer.write(flight_id, [samples.estimate(200.0, radius_90_m=math.inf), samples.telemetry(math.pi * 1e8)])
        first.writer.change_flight(flight_id, ended_s=300.0)
    fill(first, first.writer.create_project("Another's", "", 1.0).id)
    rows = export_project(first, mine, tmp_path / "out.kestrel")
    assert (rows["project"], rows["flight"], rows["estimate"]) == (1, 2, 4)
    second = opened(place)
    fill(second, second.current().id)  # so that keys differ
    project, told = import_project(second, tmp_path / "out.kestrel", "Brought")
    assert (project.name, told["recordings_left_out"]) == ("Brought", 0)
    assert contents(second, project.id) == contents(first, mine)
    export_project(second, project.id, tmp_path / "back.kestrel")
    third = opened(Place(tmp_path / "third", ""))
    back, _ = import_project(third, tmp_path / "back.kestrel")
    assert contents(third, back.id) == contents(first, mine)
    assert import_project(third, tmp_path / "back.kestrel")[1]["recordings_left_out"] == 2
    with pytest.raises(NotFound):
        export_project(first, 99, tmp_path / "none.kestrel")
    assert not (tmp_path / "none.kestrel").exists()
    with pytest.raises(BadFile, match="overwritten"):
        export_project(first, mine, tmp_path / "out.kestrel")
    for store in (first, second, third):
        store.close()


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The bundle with its parts changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    made = path.with_name("changed.kestrel")
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made


def _manifest(parts: dict[str, bytes], **values: object) -> None:
    parts["manifest.json"] = json.dumps(json.loads(parts["manifest.json"]) | values).encode()


def _flip(parts: dict[str, bytes]) -> None:
    content = bytearray(parts["telemetry.parquet"])
    content[len(content) // 2] ^= 1
    parts["telemetry.parquet"] = bytes(content)


def _foreign_flight(parts: dict[str, bytes]) -> None:
    """The table of flights left empty, with a checksum that fits: rows then name a flight that is not there."""
    told = json.loads(parts["manifest.json"])
    told["tables"] = [one for one in told["tables"] if one["name"] != "flight"]
    del parts["flight.parquet"]
    parts["manifest.json"] = json.dumps(told).encode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda parts: _manifest(parts, version=2), "version 2"),
        (lambda parts: _manifest(parts, format="other"), "no bundle"),
        (lambda parts: _manifest(parts, tables=None), "names no tables"),
        (lambda parts: parts.update({"manifest.json": b"{"}), "no sound bundle"),
        (lambda parts: parts.pop("manifest.json"), "no bundle"),
        (lambda parts: parts.pop("reading.parquet"), "does not hold"),
        (lambda parts: parts.update({"../../evil": b"x"}), "does not hold"),
        (lambda parts: parts.update({"manifest.json": b" " * 2_000_000}), "too long"),
        (_flip, "changed or cut short"),
        (_foreign_flight, "does not hold"),
    ],
)
def test_what_is_unsound_is_refused_and_leaves_the_store_as_it_was(
    tmp_path: Path, change: Callable[[dict[str, bytes]], None], words: str
) -> None:
    store = opened(Place(tmp_path / "store", ""))
    fill(store, store.current().id)
    export_project(store, store.current().id, tmp_path / "good.kestrel")
    before = store.counts()
    with pytest.raises(BadFile, match=words):
        import_project(store, rewritten(tmp_path / "good.kestrel", change))
    assert store.counts() == before
    cut = tmp_path / "cut.kestrel"
    cut.write_bytes((tmp_path / "good.kestrel").read_bytes()[:-500])
    for bad in (cut, tmp_path / "missing.kestrel"):
        with pytest.raises(BadFile, match="no sound bundle"):
            import_project(store, bad)
    assert store.counts() == before
    assert isinstance(store.of(1).rows("telemetry", 1), Rows)
    store.close()
