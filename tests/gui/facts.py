"""Facts the window's tests feed: one made-up flight over a beacon."""

from typing import Any

import numpy as np

from app.domain.estimate import Estimate, PosteriorGrid
from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.mission import MissionState, MissionStatus, SearchPlan
from app.domain.radio import BeaconKind, Detection, Level, RadioState, Reading, Target, Targets
from app.domain.recording import Cause, Recording, RecordingState
from app.domain.safety import GateReport, Purpose, Verdict
from app.domain.vehicle import LinkState, Telemetry, VehicleState
from app.services.homing import Activation

HOME = LatLon(47.3977, 8.5456)
PLANE = LocalPlane(HOME)
BEACON = PLANE.to_globe(EastNorth(140.0, 210.0))
TARGETS = Targets(
    (
        Target("t1", "Beacon", BeaconKind.CARRIER, 433.92e6),
        Target("t2", "Tag 7", BeaconKind.PULSED, 433.955e6, bandwidth_hz=1_000.0),
    ),
    "t1",
)


def at(east_m: float, north_m: float) -> LatLon:
    return PLANE.to_globe(EastNorth(east_m, north_m))


def pose(east_m: float = 0.0, north_m: float = 0.0, time_s: float = 1_000.0) -> Telemetry:
    place = at(east_m, north_m)
    return Telemetry(time_s, 1, place.lat_deg, place.lon_deg, 480.0, 40.0, 2.0, -3.0, 30.0, 4.0, 1.0, 0.0)


def level(power_db: float = -60.0, heard: bool = True, time_s: float = 1_000.0, target_id: str = "t1") -> Level:
    return Level(time_s, 0.2, target_id, 433.92e6, power_db + 20.0, power_db, -95.0, power_db + 95.0, heard, False)


def reading(east_m: float, north_m: float, power_db: float = -60.0, heard: bool = True) -> Reading:
    place = at(east_m, north_m)
    return Reading(level(power_db, heard), place.lat_deg, place.lon_deg, 40.0, 30.0, 0.0, 0.0)


def vehicle(armed: bool = True, connected: bool = True, simulated: bool = False) -> VehicleState:
    return VehicleState(
        1_000.0, 1, connected, simulated, "ArduPilot", "quadrotor", "GUIDED", armed, armed, True, 999.5, 81.0, 15.4,
        3, 14, 0.8, True, HOME, 440.0,
    )  # fmt: skip


def link(connected: bool = True, problem: str = "", url: str = "tcp:127.0.0.1:5760") -> LinkState:
    return LinkState(1_000.0, url, connected, 87.0, 0.4, 0, problem)


def radio(connected: bool = True, simulated: bool = False, problem: str = "") -> RadioState:
    gains = (0.0, 9.0, 14.4, 27.9, 36.4, 49.6)
    return RadioState(
        1_000.0, "rtl_tcp://127.0.0.1:1234", "R820T", connected, simulated, 433.95e6, 240e3, 27.9, True, gains,
        1_000_000, 0, False, problem,
    )  # fmt: skip


def status(state: MissionState = MissionState.SEARCHING, activated: bool = False) -> MissionStatus:
    text = "Leg 3 of 9 of the parallel search"
    return MissionStatus(1_000.0, state, 990.0, text, "t1", activated, False, 2, 9, False, at(150.0, -300.0))


def gate(is_open: bool = False) -> GateReport:
    verdicts = (
        Verdict("armed", True, "Armed and in the air"),
        Verdict("gps", is_open, "GPS fix 3D" if is_open else "GPS fix 2D: wait for a 3D fix"),
    )
    return GateReport(1_000.0, Purpose.HOMING, is_open, verdicts)


def plan() -> SearchPlan:
    waypoints = tuple(at(e, n) for e in (-150.0, 0.0, 150.0) for n in ((-300.0, 300.0) if e else (300.0, -300.0)))
    return SearchPlan("parallel", waypoints, 40.0, 5.0, 150.0, 2_100.0, 460.0, 270_000.0, 2.0, 0.86)


def detection(confirmed: bool = True) -> Detection:
    return Detection(1_000.0, 0.3, "t1", BeaconKind.CARRIER, 433.9201e6, 900.0, -41.0, 31.0, confirmed, "steady line")


def estimate(enough: bool = True) -> Estimate:
    cells = 80
    axis = np.arange(cells) * 10.0 - 195.0
    away = np.hypot(axis[None, :] - 140.0, axis[:, None] - 210.0)
    probability = np.exp(-0.5 * (away / 25.0) ** 2).astype(np.float32)
    grid = PosteriorGrid(HOME, -200.0, -200.0, 10.0, probability / probability.sum())
    ring = tuple(at(140.0 + e, 210.0 + n) for e, n in ((30.0, 0.0), (0.0, 30.0), (-30.0, 0.0), (0.0, -30.0)))
    text = "120 readings over 310 m" if enough else "3 readings from one side: fly across the first leg"
    return Estimate(
        1_000.0, "t1", 120, enough, text, BEACON, BEACON, 18.0, 41.0, 900.0, 4_800.0, (ring,), (ring,), 8.1, grid
    )


def idle() -> MissionStatus:
    return MissionStatus(1_000.0, MissionState.IDLE, 0.0, "Ready", "t1", False, False, 0, 0, False, None)


def activation() -> Activation:
    return Activation("1234", 1_030.0)


def no_recording(**more: Any) -> RecordingState:
    given: dict[str, Any] = {
        "time_s": 1_000.0,
        "running": (),
        "held_s": 10.0,
        "rate_bytes_per_s": 480_000.0,
        "room_bytes": 48_000_000_000,
        "seconds_left": 100_000.0,
        "automatic": False,
    }
    return RecordingState(**(given | more))


def recording(**more: Any) -> Recording:
    given: dict[str, Any] = {
        "name": "20261121T083012Z_433920000Hz_240000sps_cu8",
        "cause": Cause.ASKED,
        "started_s": 1_000.0,
        "ended_s": None,
        "rate_hz": 240_000.0,
        "centre_hz": 433.92e6,
        "datatype": "cu8",
        "samples": 14_400_000,
        "size_bytes": 28_800_000,
        "lost_samples": 0,
        "captures": 1,
        "detections": 3,
        "simulated": False,
        "complete": False,
    }
    return Recording(**(given | more))
