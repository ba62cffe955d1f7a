"""A burst that was received; a value, any thread."""

from dataclasses import dataclass

from app.domain.sarsat406.message import Message


@dataclass(frozen=True, slots=True)
class Burst:
    """What a burst said, where it was in the window and how strong."""

    message: Message
    start_s: float  # in the window
    length_s: float
    offset_hz: float  # from the middle of the window's band
    power: float  # linear, full scale 1
    cn0_dbhz: float
