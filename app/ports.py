"""What the station needs from hardware: protocols, implemented in ``hardware/``; called by the device's owner."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from app.domain.radio import FrontEnd
from app.domain.vehicle import Playback


@dataclass(frozen=True, slots=True)
class ReceiverInfo:
    """What answered when the receiver was opened."""

    device: str
    simulated: bool
    centre_hz: float
    rate_hz: float
    gains_db: tuple[float, ...]  # ascending; empty when the gain cannot be set
    slips: bool = False  # a busy computer makes its samples late but loses none: a recording, a simulation


@dataclass(frozen=True, slots=True)
class Taken:
    """What a recording says its samples were taken with."""

    centre_hz: float
    gain_db: float
    dbm_offset_db: float | None = None  # what makes dBm of its dBFS; None: it does not say


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Samples that follow each other without a gap.

    ``iq`` has shape (n,), complex64, full scale 1, and may be reused by the receiver at the next ``read``.
    ``first_sample`` counts from the start of the stream, the ``lost`` samples right before this block included.
    ``raw`` are the device's own bytes of the same samples in ``datatype`` (a SigMF name: cu8, ci16_le, cf32_le ...).
    ``taken`` is set only by a recording, which nobody can tune: it may go on with another tuning at any block.
    """

    first_sample: int
    lost: int
    iq: NDArray[np.complex64]
    clipped: float  # share of samples at the rails, 0 ... 1
    raw: memoryview
    datatype: str
    taken: Taken | None = None
    waiting: int = 0  # samples received after these and not read yet: they came later, not these late


class EndOfRecording(Exception):
    """A recording has been played to its end."""


class Receiver(Protocol):
    """A source of samples: a device, a network receiver or a recording."""

    def open(self) -> ReceiverInfo:
        """Connect and start streaming. Raises ``NotConnected``, ``DeviceError`` or ``BadFile``."""
        ...

    def read(self, timeout_s: float) -> Block | None:
        """The next block, or None when nothing came in ``timeout_s``.

        Raises ``DeviceError`` when the device has gone and ``EndOfRecording`` after the last block of a recording.
        """
        ...

    def tune(self, centre_hz: float) -> float:
        """Set the centre frequency; returns the one in force. Raises ``OutOfRange`` or ``DeviceError``."""
        ...

    def set_gain(self, gain_db: float) -> float:
        """Set the tuner's gain to the nearest step; returns the step in force."""
        ...

    def close(self) -> None:
        """Let the device go; may be called twice and after a failed ``open``."""
        ...


@runtime_checkable
class Switchable(Protocol):
    """A receiver with switches of its own beside frequency and gain."""

    @property
    def switches(self) -> tuple[str, ...]:
        """Fields of ``FrontEnd`` that it has."""
        ...

    def set_front_end(self, front_end: FrontEnd) -> None:
        """Set those it has. Raises ``DeviceError`` when it refuses one."""
        ...


@dataclass(frozen=True, slots=True)
class FoundReceiver:
    """A receiver that is plugged in: ``source`` is the address to connect to."""

    source: str
    name: str
    serial: str


@dataclass(frozen=True, slots=True)
class WireBytes:
    """Bytes from the vehicle; ``time_s`` is set only by a recording and is the time at which they were recorded."""

    data: bytes
    time_s: float | None = None


class Wire(Protocol):
    """Bytes to and from vehicles: a socket, a serial port or a recorded tlog."""

    def open(self) -> None:
        """Connect or bind. Raises ``NotConnected`` with what to do."""
        ...

    def read(self, timeout_s: float) -> WireBytes | None:
        """What has arrived, or None when nothing did in ``timeout_s``.

        Raises ``NotConnected`` when the other side has gone and ``EndOfRecording`` at the end of a tlog.
        """
        ...

    def write(self, data: bytes) -> None:
        """Send one frame; dropped silently while no vehicle has been heard on a listening socket.

        Raises ``NotConnected`` when the other side has gone.
        """
        ...

    def close(self) -> None:
        """Let go; may be called twice and after a failed ``open``."""
        ...


@runtime_checkable
class Playable(Protocol):
    """A wire that is a recording; only the thread that owns the wire asks."""

    def playback(self) -> Playback:
        """Where it is, how long it is, and how fast it goes."""
        ...

    def play(self, speed: float, at_s: float | None) -> None:
        """Go on at ``speed`` times true time, 0 halts; from ``at_s`` after its beginning, None: from where it is."""
        ...
