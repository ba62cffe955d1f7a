"""Facts as a table of plain values: what the store gives and what is exported or reckoned from; any thread."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table in the order of their times; ``values`` hold what ``columns`` name, None where not known."""

    columns: tuple[str, ...]
    values: list[tuple[Any, ...]]

    def column(self, name: str) -> list[Any]:
        at = self.columns.index(name)
        return [row[at] for row in self.values]

    def as_dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.values]


class Kind(StrEnum):
    """What a column holds."""

    NUMBER = "number"  # 64 bits, infinite too
    INTEGER = "integer"  # 64 bits
    FLAG = "flag"
    TEXT = "text"  # JSON too
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One whole table of the store, in pieces; any value may be None where the column allows it."""

    name: str
    columns: dict[str, Kind]
    pieces: Iterable[list[tuple[Any, ...]]]
