"""Waiting for a condition, never for a time."""

import time
from collections.abc import Callable

import pytest

LONGEST_S = 120.0  # a process of a job is long in coming on a busy machine


def until(condition: Callable[[], bool], meanwhile: Callable[[], object] = lambda: time.sleep(0.01)) -> None:
    """Fails the test when the condition has not come true in time."""
    end_s = time.monotonic() + LONGEST_S
    while not condition():
        if time.monotonic() > end_s:
            pytest.fail("what was waited for did not come")
        meanwhile()
