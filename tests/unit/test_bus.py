import logging

import pytest

from app.bus import Topic


def test_every_subscriber_gets_every_fact_until_it_leaves() -> None:
    topic = Topic[int]("numbers")
    first: list[int] = []
    second: list[int] = []
    leave = topic.subscribe(first.append)
    topic.subscribe(second.append)
    topic.publish(1)
    leave()
    leave()
    topic.publish(2)
    assert (first, second) == ([1], [1, 2])


def test_one_failing_subscriber_does_not_disturb_the_others(caplog: pytest.LogCaptureFixture) -> None:
    topic = Topic[int]("numbers")
    got: list[int] = []

    def fail(fact: int) -> None:
        raise ValueError(fact)

    topic.subscribe(fail)
    topic.subscribe(got.append)
    with caplog.at_level(logging.ERROR):
        topic.publish(7)
    assert got == [7]
    assert "numbers" in caplog.text
