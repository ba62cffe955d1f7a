"""What is kept: projects and their flights; values, any thread."""

from dataclasses import dataclass

LARGEST_ID = 2**31 - 1  # of a row: what both databases can hold


@dataclass(frozen=True, slots=True)
class Project:
    id: int
    name: str
    notes: str
    created_s: float
    deleted_s: float | None = None


@dataclass(frozen=True, slots=True)
class Flight:
    """One flight of one project; everything recorded belongs to exactly one flight."""

    id: int
    project_id: int
    name: str
    notes: str
    simulated: bool
    started_s: float
    ended_s: float | None  # None while it is being recorded
    clean: bool  # False when the program ended without closing it
