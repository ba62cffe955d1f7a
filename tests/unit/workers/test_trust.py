"""Which key judges which link."""

import pytest

from app.errors import StoreError
from app.vehicle.frames import FrameReader
from app.vehicle.signing import Signing, key_of
from app.workers.trust import Trust
from tests.unit.vehicle.play import beat, framed

NOW_S = 1.8e9
KEYS = {"a": "lost and found", "b": "another"}


def signing(key: bytes) -> Signing:
    return Signing(key, lambda: NOW_S)


def trust(told: list[tuple[str, bool]]) -> Trust:
    return Trust(lambda link: KEYS.get(link, ""), signing, lambda text, ended: told.append((text, ended)))


def test_each_link_has_its_own_key_and_one_without_is_open() -> None:
    told: list[tuple[str, bool]] = []
    judged = trust(told)
    plain = framed(beat(4))
    seen = []
    for link in ("none", "a", "b", "none"):
        judged.use(link)
        seen.append((judged.signs, judged.believes(plain), judged.refused))
    assert seen == [(False, True, 0), (True, False, 1), (True, False, 1), (False, True, 0)]
    assert judged.problem == ""


def test_what_was_heard_is_not_heard_again_after_a_reconnection() -> None:
    judged, sender = trust([]), Signing(key_of(KEYS["a"]), lambda: NOW_S)
    judged.use("a")
    frame = FrameReader().feed(sender.signed(framed(beat(4)).raw))[0]
    assert judged.believes(frame)
    judged.use("a")
    assert not judged.believes(frame)


def test_a_key_that_cannot_be_read_changes_nothing() -> None:
    def locked(link: str) -> str:
        if link == "b":
            raise StoreError("locked")
        return KEYS["a"]

    judged = Trust(locked, signing, lambda *_: None)
    judged.use("a")
    with pytest.raises(StoreError):
        judged.use("b")
    assert judged.signs
