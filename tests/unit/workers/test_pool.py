"""Pieces of work in processes: results, failures, progress, cancelling, processes that die."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from app.errors import AppError
from app.workers.pool import Event, Failure, LocalPool, Result, Step, run_all
from tests.unit.workers import work
from tests.unit.workers.waiting import until


@pytest.fixture
def pool() -> Iterator[LocalPool]:
    made = LocalPool(2)
    yield made
    made.close()


def last(pool: LocalPool) -> Event:
    """The last event of the one piece that runs."""
    events: list[Event] = []
    until(lambda: bool([e for e in events if not isinstance(e, Step)]), lambda: events.extend(pool.poll(0.1)))
    return events[-1]


def test_pieces_come_back_in_their_order_with_what_they_say_on_the_way(pool: LocalPool) -> None:
    said: list[tuple[float, str]] = []
    found = run_all(pool, [partial(work.double, number) for number in range(5)], lambda *step: said.append(step))
    assert found == [0, 2, 4, 6, 8]
    assert said[-1][0] == 1.0
    assert any(text.startswith("doubling") for _, text in said)
    assert pool.free() == 2
    with pytest.raises(AppError, match="torn"):
        run_all(pool, [work.refuse], lambda *_: None)


@pytest.mark.parametrize(
    ("piece", "text", "traced"),
    [(work.refuse, "The file is torn: bring another.", False), (work.fail, "RuntimeError: a bug", True)],
)
def test_what_goes_wrong_is_told(pool: LocalPool, piece: Callable[..., None], text: str, traced: bool) -> None:
    pool.start(7, piece)
    event = last(pool)
    assert isinstance(event, Failure)
    assert (event.number, text in event.text, bool(event.trace)) == (7, True, traced)


def test_a_process_that_dies_costs_its_own_piece_only(pool: LocalPool) -> None:
    pool.start(1, work.die)
    event = last(pool)
    assert isinstance(event, Failure)
    assert "exit code 3" in event.text
    pool.start(2, partial(work.double, 4))
    assert last(pool) == Result(2, 8)


def test_cancelling_ends_the_process_whatever_it_does(pool: LocalPool, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    pool.start(1, partial(work.forever, begun))
    until(lambda: begun.exists() and begun.read_text() != "")
    process = int(begun.read_text())
    assert pool.free() == 1
    pool.cancel(1)
    assert not psutil.pid_exists(process)
    assert (pool.free(), pool.poll(0.0)) == (2, [])
    pool.cancel(1)  # nothing more happens
