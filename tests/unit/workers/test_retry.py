"""Tried again later and later, told once."""

import pytest

from app.workers import retry
from app.workers.retry import Retry


class Hand:
    def __init__(self) -> None:
        self.time_s = 100.0

    def monotonic(self) -> float:
        return self.time_s


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    turned = Hand()
    monkeypatch.setattr(retry, "time", turned)
    return turned


def wait_s(one: Retry, hand: Hand) -> float:
    """Until it is due again."""
    begun_s = hand.time_s
    while not one.is_due:
        hand.time_s += 0.01
    return hand.time_s - begun_s


def test_waits_grow_to_the_longest_with_jitter_and_trouble_is_told_once(hand: Hand) -> None:
    told: list[tuple[str, bool]] = []
    one = Retry(1.0, 8.0, lambda text, ended: told.append((text, ended)))
    assert one.is_due
    waits = []
    for _ in range(6):
        one.broke("gone")
        waits.append(wait_s(one, hand))
    for wait, usual in zip(waits, (1.0, 2.0, 4.0, 8.0, 8.0, 8.0), strict=True):
        assert 0.75 * usual - 0.02 <= wait <= 1.25 * usual + 0.02
    assert len({round(wait, 2) for wait in waits[3:]}) > 1
    one.mended("back")
    one.mended("back")
    assert told == [("gone", False), ("back", True)]
    one.broke("gone again")
    assert wait_s(one, hand) <= 1.27
    assert told[-1] == ("gone again", False)


def test_never_lasts_until_restart(hand: Hand) -> None:
    one = Retry(1.0, 8.0, lambda *_: None)
    one.never()
    hand.time_s += 1e9
    assert not one.is_due
    one.restart()
    assert one.is_due
