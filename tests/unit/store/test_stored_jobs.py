"""Jobs in the store: kept, brought up to date, listed by page, and what an ended program left."""

from dataclasses import replace

import pytest

from app.domain.job import JobKind, JobState
from app.errors import NotFound
from app.services.bundles import export_project
from app.store import Store
from tests.unit.store import samples
from tests.unit.store.conftest import Place


def test_a_job_comes_back_as_it_was_and_is_brought_up_to_date(store: Store) -> None:
    mine = store.current().id
    job = store.writer.jobs.add(samples.job(mine, JobState.RUNNING))
    assert store.of(mine).job(job.id) == job
    ended = replace(job, state=JobState.FAILED, ended_s=110.0, error="The disk is full: make room.", progress=1.0)
    store.writer.jobs.save(ended)
    assert store.of(mine).jobs() == [ended]
    with pytest.raises(NotFound):
        store.writer.jobs.add(samples.job(99))


def test_they_are_listed_newest_first_by_kind_state_and_page(store: Store) -> None:
    mine = store.current().id
    made = [store.writer.jobs.add(samples.job(mine)) for _ in range(5)]
    waits = store.writer.jobs.add(replace(samples.job(mine, JobState.WAITING), kind=JobKind.BACKUP))
    of = store.of(mine)
    assert [job.id for job in of.jobs(limit=3)] == [waits.id, made[4].id, made[3].id]
    assert [job.id for job in of.jobs(limit=3, before_id=made[3].id)] == [made[2].id, made[1].id, made[0].id]
    assert of.jobs(kind=JobKind.BACKUP) == of.jobs(state=JobState.WAITING) == [waits] == store.writer.jobs.left_open()


def test_a_bundle_leaves_what_is_under_way_behind(store: Store, place: Place) -> None:
    mine = store.current().id
    for state in (JobState.DONE, JobState.RUNNING):
        store.writer.jobs.add(samples.job(mine, state))
    assert export_project(store, mine, place.directory / "out.kestrel")["job"] == 1
