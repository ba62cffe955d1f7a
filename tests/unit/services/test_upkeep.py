"""The store as a whole through its service: removed by the rule and no other way, files too; backed up while used."""

from pathlib import Path

import pytest

from app.errors import Conflict
from app.services.station import Station
from app.store import Store
from tests.stations import quiet_station


def binned(station: Station, name: str, days_ago: float) -> int:
    project = station.projects.create(name).result(10.0)
    deleted = station.projects.delete(project.id).result(10.0)
    assert deleted.deleted_s is not None
    store: Store = station.upkeep._store
    worker = station.upkeep._recorder
    worker.ask(lambda: store.writer.change_project(project.id, deleted_s=worker.now_s() - days_ago * 86_400.0)).result(
        10.0
    )
    return project.id


def test_a_purge_takes_what_is_due_and_nothing_else(tmp_path: Path) -> None:
    with quiet_station(tmp_path) as station:
        kept = station.projects.current()
        old, young = binned(station, "Old", 91.0), binned(station, "Young", 89.0)
        assert [project.id for project in station.upkeep.purgeable()] == [old]
        assert [project.id for project in station.upkeep.purge("ada").result(10.0)] == [old]
        assert {project.id for project in station.projects.projects(deleted=True)} == {kept.id, young}
        assert station.projects.restore(young).result(10.0).name == "Young"
        assert station.upkeep.purge("ada").result(10.0) == []
        with pytest.raises(Conflict):
            station.projects.delete(kept.id).result(10.0)


def test_figures_check_and_backup_of_a_store_in_use(tmp_path: Path) -> None:
    with quiet_station(tmp_path) as station:
        flight = station.projects.start_flight("Here", "ada").result(10.0)
        station.upkeep.check()
        copy = station.upkeep.backup("ada")
        figures = station.upkeep.statistics()
        assert (figures.rows["project"], figures.rows["flight"], figures.slow) == (1, 1, ())
        assert figures.size_bytes > 0
        assert figures.queries > 0
    (tmp_path / "again").mkdir()
    copy.rename(tmp_path / "again" / "kestrel.db")
    again = Store(tmp_path / "again")
    again.open()
    assert [one.name for one in again.of(flight.project_id).flights()] == ["Here"]
    again.close()
