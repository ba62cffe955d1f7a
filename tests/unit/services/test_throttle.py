import pytest

from app.errors import TooMany
from app.services.throttle import FORGOTTEN_S, FREE_TRIES, LONGEST_WAIT_S, MOST, Throttle


class Seconds:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_each_failure_beyond_the_free_ones_doubles_the_wait() -> None:
    now = Seconds()
    throttle = Throttle(now)
    waits = []
    for number in range(20):
        try:
            throttle.admit("ann")
        except TooMany as error:
            waits.append(error.wait_s)
            now.now_s += error.wait_s
            throttle.admit("ann")
        assert len(waits) == max(0, number - FREE_TRIES + 1)
        throttle.failed("ann", "address")
    assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
    assert waits[-1] == LONGEST_WAIT_S
    throttle.admit("ben")
    with pytest.raises(TooMany):
        throttle.admit("ben", "address")


def test_success_and_time_make_good() -> None:
    now = Seconds()
    throttle = Throttle(now)
    for _ in range(FREE_TRIES):
        throttle.failed("ann", "ben")
    throttle.succeeded("ann")
    throttle.admit("ann")
    now.now_s += FORGOTTEN_S + 1.0
    throttle.failed("ben")
    throttle.admit("ben")


def test_not_more_is_remembered_than_there_is_room_for() -> None:
    throttle = Throttle(Seconds())
    for number in range(MOST + 10):
        throttle.failed(str(number))
    assert len(throttle._tries) == MOST
