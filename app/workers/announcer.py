"""What the station tells other ground stations through the vehicle: itself, the hunt's steps and the SNR."""

import threading
from collections import deque

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.bus import Bus
from app.domain.mission import MissionState, Transition
from app.domain.radio import Level, Targets
from app.vehicle.frames import Message

TEXT_BYTES = 50


class Announcer:
    """Facts are handed over from any thread; the link worker collects the messages in its own."""

    def __init__(self, bus: Bus, first_s: float) -> None:
        self._lock = threading.Lock()
        self._texts: deque[Message] = deque(maxlen=20)
        self._level: Level | None = None
        self._selected_id = ""
        self._first_s = first_s
        bus.transition.subscribe(self._on_transition)
        bus.level.subscribe(self._on_level)
        bus.targets.subscribe(self._on_targets)

    def texts(self) -> list[Message]:
        """STATUSTEXTs not sent yet."""
        with self._lock:
            waiting = list(self._texts)
            self._texts.clear()
        return waiting

    def beats(self, now_s: float) -> list[Message]:
        """What is sent once a second: our heartbeat, and the newest SNR when there is one."""
        with self._lock:
            level, self._level = self._level, None
        beat = mavlink.MAVLink_heartbeat_message(
            mavlink.MAV_TYPE_GCS, mavlink.MAV_AUTOPILOT_INVALID, 0, 0, mavlink.MAV_STATE_ACTIVE, 3
        )
        if level is None:
            return [beat]
        boot_ms = int((now_s - self._first_s) * 1e3) & 0xFFFF_FFFF
        return [beat, mavlink.MAVLink_named_value_float_message(boot_ms, b"SNR", level.snr_db)]

    def _on_transition(self, transition: Transition) -> None:
        emergency = transition.after is MissionState.EMERGENCY
        severity = mavlink.MAV_SEVERITY_CRITICAL if emergency else mavlink.MAV_SEVERITY_NOTICE
        text = f"Kestrel: {transition.after}: {transition.reason}".encode()[:TEXT_BYTES]
        with self._lock:
            self._texts.append(mavlink.MAVLink_statustext_message(severity, text))

    def _on_level(self, level: Level) -> None:
        if level.heard:
            with self._lock:
                if level.target_id == self._selected_id:
                    self._level = level

    def _on_targets(self, targets: Targets) -> None:
        with self._lock:
            self._selected_id = targets.selected_id
