"""Something that went wrong and is being told; a value, any thread."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A device, a worker or the store in trouble (``ended`` False), or out of it again (``ended`` True)."""

    time_s: float
    source: str  # the worker's name: receiver, link, recorder, ...
    text: str  # what happened, what it means, what to do
    ended: bool = False
    count: int = 1  # how often since start
