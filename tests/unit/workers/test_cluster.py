"""Pieces of work on a Dask cluster of two workers on this computer; one of them is killed in the middle."""

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.errors import NotConnected
from app.workers.cluster import DaskPool
from app.workers.pool import Event, Failure, Result, Step, run_all
from tests.unit.workers import work
from tests.unit.workers.waiting import until

distributed = pytest.importorskip("distributed", reason="the optional extra dask is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # its own libraries warn of each other


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> None:
    """In place of the one for all tests: Dask keeps threads of its own for the life of the process."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two processes."""
    made = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    )
    yield made
    made.close()


@pytest.fixture
def pool(cluster: Any) -> Iterator[DaskPool]:
    made = DaskPool(cluster.scheduler_address)
    yield made
    made.close()


def gathered(pool: DaskPool, count: int) -> list[Event]:
    """All events until that many pieces have ended."""
    events: list[Event] = []
    until(lambda: sum(not isinstance(event, Step) for event in events) == count, lambda: events.extend(pool.poll(0.2)))
    return events


def test_pieces_run_there_and_tell_how_far_they_are(pool: DaskPool) -> None:
    said: list[str] = []
    found = run_all(pool, [partial(work.double, number) for number in range(6)], lambda _, text: said.append(text))
    assert found == [0, 2, 4, 6, 8, 10]
    assert any(text.startswith("doubling") for text in said)
    pool.start(1, work.refuse)
    assert gathered(pool, 1)[-1] == Failure(1, "The file is torn: bring another.")


def test_a_worker_killed_in_the_middle_costs_no_piece(pool: DaskPool, tmp_path: Path) -> None:
    places = [tmp_path / f"piece-{number}" for number in range(4)]
    for number, begun in enumerate(places):
        pool.start(number, partial(work.slowly, begun, 60))
    until(lambda: sum(begun.exists() and begun.read_text() != "" for begun in places) >= 2)
    killed = int(next(begun for begun in places if begun.exists()).read_text().split()[0])
    os.kill(killed, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    ended = [event for event in gathered(pool, 4) if not isinstance(event, Step)]
    assert sorted(event.number for event in ended) == [0, 1, 2, 3]
    results = [event for event in ended if isinstance(event, Result)]
    assert len(results) == 4, ended
    assert killed not in {result.value for result in results}
    assert any(len(begun.read_text().split()) == 2 for begun in places)  # begun again elsewhere


def test_a_cancelled_piece_stops_at_its_next_word(pool: DaskPool, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    pool.start(1, partial(work.forever_telling, begun))
    until(lambda: begun.exists() and begun.read_text() != "")
    pool.cancel(1)
    pool.start(2, partial(work.double, 4))
    pool.start(3, partial(work.double, 5))  # both workers are free again, or one of these would wait for ever
    assert {(event.number, event.value) for event in gathered(pool, 2) if isinstance(event, Result)} == {
        (2, 8),
        (3, 10),
    }


def test_a_scheduler_that_is_not_there_is_told() -> None:
    with pytest.raises(NotConnected, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        DaskPool("tcp://127.0.0.1:9").free()
