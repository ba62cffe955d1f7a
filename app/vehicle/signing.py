"""MAVLink 2 signing, https://mavlink.io/en/guide/message_signing.html; pure, owned by one thread."""

import hashlib
import re
from collections.abc import Callable
from hmac import compare_digest

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.vehicle.frames import SIGNATURE, Frame, flagged

EPOCH_S = 1_420_070_400  # 2015-01-01, of which stamps count units of 10 us
TICKS = 100_000
OLDEST = 60 * TICKS  # a sender heard for the first time may be so far behind
LINK = 1  # our own number on a link
_ALWAYS = {mavlink.MAVLINK_MSG_ID_RADIO_STATUS, mavlink.MAVLINK_MSG_ID_RADIO}  # telemetry radios cannot sign
_HEX = re.compile(r"[0-9a-fA-F]{64}")

UNSIGNED = (
    "Messages without a signature were dropped: this link has a signing key and takes only signed ones. Give the "
    "vehicle the same key (signing set-up in Mission Planner or MAVProxy), or take vehicle.signing_key away."
)
FOREIGN = (
    "Messages signed with another key were dropped. Set the vehicle's own passphrase or key as vehicle.signing_key."
)
OLD = (
    "Signed messages with a time that lies behind were dropped: they were recorded and sent again, or a clock is "
    "wrong. Correct this computer's clock; the vehicle takes its own from GPS."
)


def key_of(secret: str) -> bytes:
    """64 hexadecimal digits are the key itself; anything else a passphrase, as MAVProxy and Mission Planner take it."""
    return bytes.fromhex(secret) if _HEX.fullmatch(secret) else hashlib.sha256(secret.encode()).digest()


class Signing:
    """Signs what is sent and judges what is heard. ``refused`` counts what was not let in, ``why`` says it, last."""

    def __init__(self, key: bytes, now_s: Callable[[], float], allow_unsigned: bool = False, link: int = LINK) -> None:
        self.refused = 0
        self.why = ""  # empty once something was let in again
        self._key, self._now_s, self._allow_unsigned = key, now_s, allow_unsigned
        self._link = link  # by which the vehicle tells our wires apart
        self._stamp = 0  # the newest sent or heard
        self._heard: dict[tuple[int, int, int], int] = {}  # link, system, component -> stamp

    def signed(self, raw: bytes) -> bytes:
        """The frame with our signature; one of version 1 or one that is signed already stays as it is."""
        body = flagged(raw)
        if body is None:
            return raw
        self._stamp = max(self._stamp + 1, self._now())
        body += bytes([self._link]) + self._stamp.to_bytes(6, "little")
        return body + self._digest(body)

    def takes(self, frame: Frame) -> bool:
        """Whether a frame may be believed."""
        why = self._against(frame)
        self.refused += bool(why)
        if why or frame.signed:
            self.why = why
        return not why

    def _against(self, frame: Frame) -> str:
        raw = frame.raw
        if not frame.signed:
            return "" if self._allow_unsigned or frame.number in _ALWAYS else UNSIGNED
        if not compare_digest(self._digest(raw[:-6]), raw[-6:]):
            return FOREIGN
        sender = (raw[-SIGNATURE], frame.system, frame.component)
        stamp, before = int.from_bytes(raw[-12:-6], "little"), self._heard.get(sender)
        if stamp <= before if before is not None else stamp + OLDEST < max(self._stamp, self._now()):
            return OLD
        self._heard[sender] = stamp
        self._stamp = max(self._stamp, stamp)
        return ""

    def _now(self) -> int:
        return int((self._now_s() - EPOCH_S) * TICKS)

    def _digest(self, body: bytes) -> bytes:
        return hashlib.sha256(self._key + body).digest()[:6]
