"""Which antenna the vehicle carries and how it is mounted; values, any thread."""

import math
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

AntennaKind = Literal["omni", "dipole", "yagi2", "yagi3", "table"]
Cut = tuple[tuple[float, float], ...]  # (angle in degrees, gain in dB), in the order of the angles
FEWEST_POINTS = 4
LARGEST_GAP_DEG = 60.0  # between two angles of a measured cut: what lies between must not be guessed


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class AntennaSetup:
    """An antenna by its kind or its measured pattern, and its mounting on the vehicle.

    Mounted straight (all angles 0) a Yagi looks along the nose with level elements and a dipole stands along the mast.
    """

    kind: AntennaKind = Field(default="omni", description="omni, dipole, yagi2, yagi3 (elements), or table: measured")
    heading_deg: float = Field(
        default=0.0, ge=-360.0, le=360.0, description="Boresight, clockwise from the nose, degrees"
    )
    tilt_deg: float = Field(default=0.0, ge=-90.0, le=90.0, description="Boresight above level, degrees")
    roll_deg: float = Field(
        default=0.0,
        ge=-180.0,
        le=180.0,
        description="Turned about its boresight, right side down; 90: elements upright",
    )
    horizontal_db: Cut = Field(
        default=(), max_length=3600, description="Of a table: angle (clockwise) and gain, degrees, dB"
    )
    vertical_db: Cut = Field(
        default=(), max_length=3600, description="Of a table: angle (upward) and gain; empty: not known"
    )
    name: str = Field(default="", max_length=80, description="Of a table: what it was read from")

    @model_validator(mode="after")
    def _measured(self) -> "AntennaSetup":
        if (self.kind == "table") != bool(self.horizontal_db):
            raise ValueError("a table needs angles with gains in horizontal_db, and only a table has them")
        for cut in (self.horizontal_db, self.vertical_db):
            check_cut(cut)
        return self

    @property
    def words(self) -> str:
        """In a few words, for people."""
        what = self.name or {"yagi2": "Yagi, 2 elements", "yagi3": "Yagi, 3 elements"}.get(self.kind, self.kind)
        turned = f", {self.heading_deg:g}° from the nose" if self.heading_deg else ""
        return what + turned + (f", tilted {self.tilt_deg:g}°" if self.tilt_deg else "")


def check_cut(cut: Cut) -> None:
    """Raises ``ValueError`` for angles that do not rise or leave a gap, and for what is no gain."""
    if not cut:
        return
    angles = [angle for angle, _ in cut]
    if len(cut) < FEWEST_POINTS or not all(math.isfinite(a) and -200.0 <= g <= 100.0 for a, g in cut):
        raise ValueError(f"a pattern needs at least {FEWEST_POINTS} angles, each with a gain in dB")
    gaps = [after - before for before, after in pairwise(angles)]
    whole = angles[-1] - angles[0] > 180.0
    ends = 360.0 - (angles[-1] - angles[0]) if whole else 180.0 - (angles[-1] - angles[0])
    if min(gaps) <= 0.0 or max(*gaps, ends) > LARGEST_GAP_DEG:
        raise ValueError(f"its angles must rise, go round or from 0 to 180, and lie within {LARGEST_GAP_DEG:g} degrees")


def _from_name(value: object) -> object:
    return {"kind": value} if isinstance(value, str) else value


NamedAntenna = Annotated[AntennaSetup, BeforeValidator(_from_name)]  # a kind's name will do
