"""Levels for tests of what lies behind the receiver."""

from app.domain.radio import Level


def heard(time_s: float, power_db: float, *, heard: bool = True, target_id: str = "t") -> Level:
    """A quarter of a second; ``power_db`` is the bound when it was not heard."""
    return Level(time_s, 0.25, target_id, 433.92e6, power_db, power_db, -90.0, 40.0, heard, overload=False)
