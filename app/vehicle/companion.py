"""Levels that a receiver on the drone sends down, as its companion computer tells them; pure, one thread.

NAMED_VALUE_FLOAT ``RSSI``, ``NOISE`` and ``SNR`` are of the selected target: RSSI and NOISE in dB in its bandwidth, at
the receiver's input or with a gain that stays; with RSSI the level is whole, and NOISE or SNR must have come less
than two seconds before. TUNNEL with ``PAYLOAD`` holds several targets at once: time since boot (uint32, ms), then for
each frequency (uint32, Hz), RSSI and noise (float, dB), little-endian.
"""

import math
from collections.abc import Iterator
from struct import Struct

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.radio import Level, Target, Targets
from app.vehicle.boottime import BootClock
from app.vehicle.frames import Frame, Message

PAYLOAD = 0xCB52  # of TUNNEL, in the range that nobody else is given
HEARD_DB = 3.0  # above the noise: less is none
FRESH_S = 2.0
SLICE_S = 0.5  # taken for the length of what was measured, of which the messages do not tell
_LOWEST_DB, _HIGHEST_DB = -250.0, 100.0
_HEAD, _ONE = Struct("<I"), Struct("<Iff")
RECEIVER = frozenset({mavlink.MAVLINK_MSG_ID_NAMED_VALUE_FLOAT, mavlink.MAVLINK_MSG_ID_TUNNEL})


class Companion:
    """Puts levels together from messages. What cannot be is dropped and counted in ``absurd``."""

    def __init__(self) -> None:
        self.absurd = 0
        self._clocks: dict[int, BootClock] = {}  # by component: each counts from its own boot
        self._values: dict[str, tuple[float, float]] = {}  # name: when it came, value

    def hear(self, frame: Frame, time_s: float, targets: Targets) -> list[Level]:
        """The levels that this frame makes whole; none for what is not a receiver's."""
        if frame.number not in RECEIVER:
            return []
        message = frame.message
        if frame.number == mavlink.MAVLINK_MSG_ID_TUNNEL:
            return list(self._tunnel(message, frame.component, time_s, targets))
        return list(self._named(message, frame.component, time_s, targets.selected))

    def _named(self, message: Message, component: int, time_s: float, target: Target | None) -> Iterator[Level]:
        name, value = str(message.name).upper(), float(message.value)
        if name not in {"RSSI", "NOISE", "SNR"} or target is None:
            return
        if not _LOWEST_DB <= value <= _HIGHEST_DB:  # false for NaN too
            self.absurd += 1
            return
        self._values[name] = (time_s, value)
        if name != "RSSI":
            return
        noise_db = self._fresh("NOISE", time_s)
        snr_db = self._fresh("SNR", time_s)
        if noise_db is None and snr_db is not None:
            noise_db = value - snr_db
        stamp_s = self._stamp(component, message.time_boot_ms, time_s)
        if noise_db is not None and stamp_s is not None:
            yield _level(target, target.frequency_hz, stamp_s, value, noise_db)

    def _tunnel(self, message: Message, component: int, time_s: float, targets: Targets) -> Iterator[Level]:
        payload = bytes(message.payload)[: message.payload_length]
        if message.payload_type != PAYLOAD:
            return
        if len(payload) < _HEAD.size or (len(payload) - _HEAD.size) % _ONE.size:
            self.absurd += 1
            return
        stamp_s = self._stamp(component, _HEAD.unpack_from(payload)[0], time_s)
        if stamp_s is None:
            return
        for frequency_hz, rssi_db, noise_db in _ONE.iter_unpack(payload[_HEAD.size :]):
            target = _target_at(targets, frequency_hz)
            if not (_LOWEST_DB <= rssi_db <= _HIGHEST_DB and _LOWEST_DB <= noise_db <= _HIGHEST_DB):
                self.absurd += 1
            elif target is not None:
                yield _level(target, float(frequency_hz), stamp_s, rssi_db, noise_db)

    def _fresh(self, name: str, time_s: float) -> float | None:
        came_s, value = self._values.get(name, (-math.inf, 0.0))
        return value if time_s - came_s <= FRESH_S else None

    def _stamp(self, component: int, boot_ms: int, time_s: float) -> float | None:
        """Station time; None for what was repeated or overtaken."""
        return self._clocks.setdefault(component, BootClock()).to_station(boot_ms, time_s)


def _target_at(targets: Targets, frequency_hz: float) -> Target | None:
    """The target in whose channel a frequency lies; the nearest of several."""
    near = [one for one in targets.all if abs(one.frequency_hz - frequency_hz) <= one.bandwidth_hz / 2.0]
    return min(near, key=lambda one: abs(one.frequency_hz - frequency_hz), default=None)


def _level(target: Target, frequency_hz: float, time_s: float, power_db: float, noise_db: float) -> Level:
    snr_db = power_db - noise_db
    heard = snr_db >= HEARD_DB
    bound_db = power_db if heard else noise_db + HEARD_DB
    return Level(time_s, SLICE_S, target.id, frequency_hz, bound_db, bound_db, noise_db, snr_db, heard, False)
