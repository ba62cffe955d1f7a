"""Fixtures of every level: no test may leave a thread behind."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import app  # noqa: F401  # says that OpenBLAS has one thread, which NumPy asks when it is first imported

settings.register_profile("kestrel", deadline=None, derandomize=True)  # no timed asserts, and the same draws every time
settings.load_profile("kestrel")

SHARED_DATA = Path(os.environ.get("KESTREL_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that no worker is left with one; skip what needs recordings where they are absent."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if SHARED_DATA.is_dir():
        return
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason=f"no recordings at {SHARED_DATA}"))


@pytest.fixture
def shared_data() -> Path:
    """The folder of recordings made by others; tests that use it carry the mark ``shared``."""
    return SHARED_DATA


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves a thread of ours running: a worker not stopped is a device not let go."""
    before = set(threading.enumerate())
    yield
    until = time.monotonic() + 5.0
    while leaked := {t for t in threading.enumerate() if t not in before and t.is_alive() and not _foreign(t)}:
        if time.monotonic() > until:
            pytest.fail(f"threads left running: {', '.join(sorted(t.name for t in leaked))}")
        time.sleep(0.01)


def _foreign(thread: threading.Thread) -> bool:
    """Threads that libraries keep for the life of the process."""
    return thread.name.startswith(("Dummy-", "QThread", "asyncio_", "AnyIO"))
