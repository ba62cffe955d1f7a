"""One measured figure beside its goal, its peer and its limit; a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """``goal`` is in words such as "<= 8.5"; ``ok`` is None where there is no goal."""

    name: str
    value: float
    unit: str
    goal: str = ""
    ok: bool | None = None
    peer: str = ""
    peer_value: float | None = None
    limit: float | None = None
