"""A small MAVLink vehicle behind a real UDP socket, scripted by the test; its thread ends with ``close``."""

import random
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.vehicle.frames import FrameReader, FrameWriter

COPTER = {"STABILIZE": 0, "GUIDED": 4, "LOITER": 5, "RTL": 6, "LAND": 9, "BRAKE": 17}


class ScriptedVehicle:
    """Answers like an ArduCopter that is ready; ``refuses`` holds commands it says no to; ``loss`` drops both ways."""

    def __init__(self, port: int, loss: float = 0.0, seed: int = 1, system: int = 1) -> None:
        self.mode, self.armed, self.landed, self.height_m = "STABILIZE", False, True, 0.0
        self.boot_s = time.monotonic() - 100.0
        self.loss, self.silent = loss, False
        self.tells_time = True
        self.vendor_id = 0x4B53
        self.refuses: dict[int, tuple[int, str]] = {}
        self.modes_refused: set[str] = set()
        self.heard: list[Any] = []
        self.intervals: dict[int, float] = {}
        self._random = random.Random(seed)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(0.005)
        self._socket.bind(("127.0.0.1", 0))
        self._to = ("127.0.0.1", port)
        self._reader, self._writer = FrameReader(), FrameWriter(system, 1)
        self._next = {"beat": 0.0, "motion": 0.0, "slow": 0.0}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scripted vehicle")
        self._thread.start()

    def close(self) -> None:
        self._ending.set()
        self._thread.join()
        self._socket.close()

    def of(self, kind: str) -> list[Any]:
        """What was heard of one kind."""
        return [message for message in list(self.heard) if message.get_type() == kind]

    def commands(self, number: int) -> list[Any]:
        return [message for message in self.of("COMMAND_LONG") if message.command == number]

    def say(self, message: Any) -> None:
        raw = self._writer.pack(message)
        if not self.silent and self._random.random() >= self.loss:
            self._socket.sendto(raw, self._to)

    def beat(self) -> None:
        armed = mavlink.MAV_MODE_FLAG_SAFETY_ARMED if self.armed else 0
        status = mavlink.MAV_STATE_STANDBY if self.landed else mavlink.MAV_STATE_ACTIVE
        self.say(mavlink.MAVLink_heartbeat_message(2, 3, armed | 1, COPTER[self.mode], status, 3))

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                data = self._socket.recv(65536)
            except (TimeoutError, ConnectionError):
                data = b""
            for frame in self._reader.feed(data):
                if self._random.random() >= self.loss and not self.silent:
                    self.heard.append(frame.message)
                    self._answer(frame.message)
            self._stream()

    def _due(self, what: str, every_s: float) -> bool:
        now = time.monotonic()
        if now < self._next[what]:
            return False
        self._next[what] = now + every_s
        return True

    def _stream(self) -> None:
        boot_ms = int((time.monotonic() - self.boot_s) * 1e3)
        if self._due("beat", 0.2):
            self.beat()
        if mavlink.MAVLINK_MSG_ID_ATTITUDE in self.intervals and self._due("motion", 0.05):
            self.say(mavlink.MAVLink_attitude_message(boot_ms, 0.1, -0.1, 1.0, 0, 0, 0))
            height_mm = int(self.height_m * 1e3)
            self.say(
                mavlink.MAVLink_global_position_int_message(
                    boot_ms, 473_000_000, 85_000_000, 400_000 + height_mm, height_mm, 100, 0, 0, 0
                )
            )
        if mavlink.MAVLINK_MSG_ID_SYS_STATUS in self.intervals and self._due("slow", 0.1):
            bit = mavlink.MAV_SYS_STATUS_PREARM_CHECK
            self.say(mavlink.MAVLink_sys_status_message(bit, bit, bit, 0, 12_600, 100, 88, 0, 0, 0, 0, 0, 0))
            self.say(mavlink.MAVLink_gps_raw_int_message(0, 3, 473_000_000, 85_000_000, 0, 80, 90, 0, 0, 14))
            self.say(mavlink.MAVLink_ekf_status_report_message(0x1FF & ~0x80, 0.1, 0.1, 0.1, 0.1, 0.1))
            self.say(mavlink.MAVLink_extended_sys_state_message(0, 1 if self.landed else 2))

    def _answer(self, message: Any) -> None:
        if message.get_type() == "TIMESYNC" and self.tells_time and message.tc1 == 0:
            self.say(mavlink.MAVLink_timesync_message(1 + int((time.monotonic() - self.boot_s) * 1e9), message.ts1))
        if message.get_type() != "COMMAND_LONG" or message.target_system not in {0, self._writer.system}:
            return
        result, text = self.refuses.get(message.command, (0, ""))
        if result == 0:
            result, text = self._obey(message)
        if text:
            self.say(mavlink.MAVLink_statustext_message(mavlink.MAV_SEVERITY_CRITICAL, text.encode()))
        self.say(mavlink.MAVLink_command_ack_message(message.command, result))

    def _obey(self, message: Any) -> tuple[int, str]:
        obey: dict[int, Callable[[Any], tuple[int, str]]] = {
            mavlink.MAV_CMD_SET_MESSAGE_INTERVAL: self._set_interval,
            mavlink.MAV_CMD_REQUEST_MESSAGE: self._tell,
            mavlink.MAV_CMD_COMPONENT_ARM_DISARM: self._arm,
            mavlink.MAV_CMD_NAV_TAKEOFF: self._take_off,
            mavlink.MAV_CMD_DO_SET_MODE: self._set_mode,
            mavlink.MAV_CMD_DO_CHANGE_SPEED: lambda _: (0, ""),
        }
        return obey[message.command](message) if message.command in obey else (3, "")

    def _set_interval(self, message: Any) -> tuple[int, str]:
        self.intervals[int(message.param1)] = message.param2
        return 0, ""

    def _tell(self, message: Any) -> tuple[int, str]:
        if int(message.param1) == mavlink.MAVLINK_MSG_ID_AUTOPILOT_VERSION:
            self.say(mavlink.MAVLink_autopilot_version_message(0, 0, 0, 0, 0, *([0] * 8,) * 3, self.vendor_id, 0, 0))
        else:
            home = (473_000_000, 85_000_000, 400_000, 0, 0, 0, [1, 0, 0, 0], 0, 0, 0)
            self.say(mavlink.MAVLink_home_position_message(*home))
        return 0, ""

    def _arm(self, message: Any) -> tuple[int, str]:
        self.armed = bool(message.param1)
        self.beat()
        return 0, ""

    def _take_off(self, message: Any) -> tuple[int, str]:
        if not self.armed or self.mode != "GUIDED":
            return 4, ""
        self.landed, self.height_m = False, message.param7
        return 0, ""

    def _set_mode(self, message: Any) -> tuple[int, str]:
        mode = {number: name for name, number in COPTER.items()}.get(int(message.param2))
        if mode is None or mode in self.modes_refused:
            return 4, ""
        self.mode = mode
        return 0, ""
