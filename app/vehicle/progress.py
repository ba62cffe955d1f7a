"""How far a transfer has got, seen in what is said and heard of it; pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from app.vehicle.frames import Message
from app.vehicle.talk import Talk, Wait

ResultT = TypeVar("ResultT")
_ASKED = {"MISSION_REQUEST", "MISSION_REQUEST_INT"}
_ITEMS = {"MISSION_ITEM", "MISSION_ITEM_INT"}


@dataclass(frozen=True, slots=True)
class Progress:
    """``total`` is 0 while nobody has said how much there is."""

    what: str
    done: int
    total: int


def watched(talk: Talk[ResultT], what: str, tell: Callable[[Progress | None], None]) -> Talk[ResultT]:
    """Play ``talk`` as it is and tell how far it is, None at its end. Several lists in one talk are told one by one."""
    so_far = _SoFar(what)
    tell(so_far.progress)
    try:
        said = next(talk)
        while True:
            if not isinstance(said, Wait):
                for message in said if isinstance(said, tuple) else (said,):
                    so_far.said(message)
            heard = yield said
            if heard is not None and so_far.heard(heard):
                tell(so_far.progress)
            said = talk.send(heard)
    except StopIteration as end:
        result: ResultT = end.value
        return result
    finally:
        talk.close()
        tell(None)


class _SoFar:
    def __init__(self, what: str) -> None:
        self._what = what
        self._done: set[int] = set()
        self._total = 0

    @property
    def progress(self) -> Progress:
        return Progress(self._what, len(self._done), self._total)

    def said(self, message: Message) -> None:
        if message.get_type() == "MISSION_COUNT":
            self._done, self._total = set(), message.count

    def heard(self, message: Message) -> bool:
        """Take what was heard; returns whether it says how far it is."""
        kind = message.get_type()
        if kind == "MISSION_COUNT":
            self._done, self._total = set(), message.count
        elif kind == "PARAM_VALUE" and message.param_index < message.param_count:
            self._total = message.param_count
            self._done.add(message.param_index)
        elif (kind in _ASKED or kind in _ITEMS) and message.seq < self._total:
            self._done.add(message.seq)
        else:
            return False
        return True
