import threading
import time

import pytest

from app.clock import Clock


def test_runs_at_its_rate() -> None:
    clock = Clock(50.0)
    first, true_first = clock.now_s(), time.monotonic()
    while time.monotonic() - true_first < 0.02:
        pass
    gone, true_gone = clock.now_s() - first, time.monotonic() - true_first
    assert gone == pytest.approx(50.0 * true_gone, rel=0.2)


def test_wait_ends_with_the_event() -> None:
    event = threading.Event()
    event.set()
    assert Clock().wait(event, 1000.0)


@pytest.mark.parametrize("rate", [0.0, -1.0, 1000.0])
def test_absurd_rates_are_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        Clock(rate)
