"""The store's verbs, run as a user runs them, on a store with one recorded flight."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import commands
from app.errors import BadFile, StoreError
from app.settings import StoreSettings
from app.store import open_store

runner = CliRunner()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    store = open_store(StoreSettings(directory=tmp_path))
    project = store.current()
    flight = store.writer.begin_flight(project.id, "First", True, 1_700_000_000.0)
    store.writer.change_flight(flight.id, ended_s=1_700_000_060.0, clean=True)
    store.close()
    return tmp_path


def run(*words: str | Path) -> str:
    result = runner.invoke(commands, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_projects_lists_flights_and_labels_simulation(data: Path) -> None:
    assert "First  SIMULATION" in run("projects", "--data", data)
    (project,) = json.loads(run("projects", "--data", data, "--json"))
    assert project["flights"][0]["name"] == "First"


def test_export_writes_a_file(data: Path) -> None:
    name = run("export", "1", "1", "--form", "geojson", "--to", data, "--data", data).strip()
    assert json.loads(Path(name).read_text(encoding="utf-8"))["type"] == "FeatureCollection"


def test_backup_is_a_store_and_overwrites_nothing(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    run("db", "backup", folder / "kestrel.db", "--data", data)
    assert "First" in run("projects", "--data", folder)
    with pytest.raises(StoreError, match="there already"):
        run("db", "backup", folder / "kestrel.db", "--data", data)


def test_check_finds_damage(data: Path) -> None:
    assert "sound" in run("db", "check", "--data", data)
    file = data / "kestrel.db"
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 6] = b"\xa5" * (4096 * 3)
    file.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        run("db", "check", "--data", data)


def test_a_missing_store_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store"):
        run("projects", "--data", tmp_path / "none")


@pytest.mark.shared
def test_a_real_flight_is_imported_with_its_figures(data: Path, shared_data: Path) -> None:
    recorded = shared_data / "mavlink" / "dronekit_flight.tlog"
    found = json.loads(run("import", recorded, "--data", data, "--json"))
    assert (found["positions"], found["damaged"], found["name"]) == (2_684, 1_314, "dronekit_flight")
    assert found["figures"]["duration_s"] == pytest.approx(1377.0, abs=0.1)
    assert found["figures"]["path_length_m"] > 500.0
    assert "dronekit_flight" in run("projects", "--data", data)
    track = json.loads(
        Path(run("export", "1", found["flight"], "--to", data, "--data", data).strip()).read_text("utf-8")
    )
    lines = [one for one in track["features"] if one["geometry"]["type"] == "LineString"]
    assert lines
    assert all(-36.0 < lat < -35.0 and 149.0 < lon < 150.0 for lon, lat, *_ in lines[0]["geometry"]["coordinates"])


def test_what_is_no_recording_of_a_flight_leaves_the_store_as_it_was(data: Path) -> None:
    result = runner.invoke(commands, ["import", str(data / "kestrel.db"), "--data", str(data)])
    assert isinstance(result.exception, BadFile)
    (project,) = json.loads(run("projects", "--data", data, "--json"))
    assert len(project["flights"]) == 1


def test_the_store_is_counted_mended_and_purged(data: Path) -> None:
    counted = json.loads(run("db", "statistics", "--data", data, "--json"))
    assert (counted["rows"]["flight"], counted["place"]) == (1, str(data / "kestrel.db"))
    store = open_store(StoreSettings(directory=data))
    old = store.writer.create_project("Old", "", 1.0)
    store.writer.change_project(old.id, deleted_s=2.0)
    store.close()
    assert "1 projects would be removed" in run("db", "purge", "--data", data)
    assert "Old" in run("db", "purge", "--yes", "--data", data)
    assert "0 projects removed" in run("db", "purge", "--yes", "--data", data)
    assert "nothing was lost" in run("db", "repair", "--data", data)
    assert "First" in run("projects", "--data", data)
    assert len(list(data.glob("kestrel.set-aside.*.db"))) == 1


def test_a_project_is_carried_to_another_store(data: Path, tmp_path: Path) -> None:
    assert "1 flights" in run("bundle", "out", "1", tmp_path / "p.kestrel", "--data", data)
    other = tmp_path / "other"
    assert "Carried" in run("bundle", "in", tmp_path / "p.kestrel", "--name", "Carried", "--data", other)
    found = json.loads(run("projects", "--data", other, "--json"))
    assert [(one["name"], len(one["flights"])) for one in found] == [("Carried", 1), ("First project", 0)]
