"""One fact of each kind, with values of its own, for the tests of the store and what stands on it."""

import numpy as np

from app.domain.bearing import Bearing, BearingSlice, BearingSource
from app.domain.estimate import Estimate, PosteriorGrid
from app.domain.fault import Fault
from app.domain.geometry import LatLon
from app.domain.job import Job, JobKind, JobState
from app.domain.mission import MissionState, Transition
from app.domain.radio import BeaconKind, Detection, Level, RadioState, Reading
from app.domain.safety import GateReport, Purpose, Verdict
from app.domain.sarsat406.digits import message_of
from app.domain.sarsat406.message import Decoded
from app.domain.sarsat406.message import decoded as told
from app.domain.vehicle import CommandRecord, Outcome, Telemetry, VehicleMessage, VehicleState
from app.store import Fact

HOME = LatLon(47.0, 8.0)


def telemetry(time_s: float, lat_deg: float = 47.0, lon_deg: float = 8.0, vehicle_id: int = 1) -> Telemetry:
    return Telemetry(time_s, vehicle_id, lat_deg, lon_deg, 500.0, 40.0, 1.0, -2.0, 90.0, 0.5, 4.5, -0.1)


def level(time_s: float, snr_db: float = 15.0, heard: bool = True) -> Level:
    return Level(time_s, 0.1, "t1", 433.92e6, -50.0 + snr_db, -70.0 + snr_db, -50.0, snr_db, heard, overload=False)


def reading(time_s: float, snr_db: float = 15.0, heard: bool = True) -> Reading:
    return Reading(level(time_s, snr_db, heard), 47.001, 8.001, 40.0, 90.0, 1.0, -2.0)


def decoded(time_s: float) -> Decoded:
    return told(message_of("90127B92922BC022FF103504422535"), time_s, "t1", 406.025e6, 40.0)


def detection(time_s: float) -> Detection:
    return Detection(time_s, 0.2, "t1", BeaconKind.CARRIER, 433.92e6, 200.0, -40.0, 14.0, True, "a steady line")


def estimate(time_s: float, target_id: str = "t1", enough: bool = True, radius_90_m: float = 18.0) -> Estimate:
    cells = np.full((500, 500), 1.0 / 250_000.0, dtype=np.float32)
    ring = (LatLon(47.001, 8.001), LatLon(47.001, 8.002), LatLon(47.002, 8.002))
    return Estimate(
        time_s=time_s,
        target_id=target_id,
        readings=120,
        enough=enough,
        text="rests on 120 readings",
        mode=LatLon(47.0011, 8.0011),
        mean=LatLon(47.0012, 8.0012),
        radius_50_m=8.0,
        radius_90_m=radius_90_m,
        area_50_m2=200.0,
        area_90_m2=1000.0,
        region_50=(ring,),
        region_90=(ring, ring),
        entropy_bits=9.5,
        grid=PosteriorGrid(HOME, -500.0, -500.0, 2.0, cells),
    )


def transition(time_s: float, after: MissionState = MissionState.SEARCHING) -> Transition:
    return Transition(time_s, MissionState.IDLE, after, "the operator started a search", "ada")


def command(time_s: float) -> CommandRecord:
    return CommandRecord(time_s, "ada", "arm", "", Outcome.ACCEPTED, "accepted")


def bearing(time_s: float) -> Bearing:
    slices = BearingSlice(10.0, -50.0, True), BearingSlice(190.0, -70.0, False)
    return Bearing(
        time_s, "t1", 47.001, 8.001, 123.0, 4.5, True, 303.0, 0.9, BearingSource.ROTATION, "ada", "good", slices, 120.0
    )


def message(time_s: float) -> VehicleMessage:
    return VehicleMessage(time_s, 1, 6, "Arming motors")


def fault(time_s: float) -> Fault:
    return Fault(time_s, "receiver", "No samples: check the cable", count=2)


def gate(time_s: float, passed: bool = True, text: str = "HDOP 0.8") -> GateReport:
    return GateReport(time_s, Purpose.HOMING, passed, (Verdict("gps", passed, text),))


def vehicle(time_s: float, armed: bool, vehicle_id: int = 1, simulated: bool = False) -> VehicleState:
    return VehicleState(
        time_s=time_s,
        vehicle_id=vehicle_id,
        connected=True,
        simulated=simulated,
        autopilot="ArduPilot",
        kind="quadrotor",
        mode="GUIDED",
        armed=armed,
        in_air=armed,
        ready_to_arm=True,
        heartbeat_s=time_s,
        battery_percent=90.0,
        battery_v=16.0,
        gps_fix=3,
        satellites=12,
        hdop=0.8,
        ekf_healthy=True,
        home=HOME,
        home_altitude_m=460.0,
    )


def radio(time_s: float, simulated: bool) -> RadioState:
    return RadioState(
        time_s, "rtl_tcp://x", "R820T", True, simulated, 434e6, 240e3, 20.0, False, (0.0, 20.0), 1000, 0, overload=False
    )


def job(project_id: int, state: JobState = JobState.DONE) -> Job:
    arguments = {"flight_id": 1, "form": "kml"}
    ended_s, result = (103.0, {"file": "flight.kml"}) if state is JobState.DONE else (None, None)
    return Job(0, project_id, JobKind.EXPORT, arguments, "ada", state, 0.5, "a", 101.0, 102.0, ended_s, result)


def one_of_each(time_s: float) -> dict[str, Fact]:
    """A fact for each table."""
    return {
        "telemetry": telemetry(time_s),
        "reading": reading(time_s),
        "detection": detection(time_s),
        "decoded": decoded(time_s),
        "estimate": estimate(time_s),
        "bearing": bearing(time_s),
        "transition": transition(time_s),
        "command": command(time_s),
        "message": message(time_s),
        "fault": fault(time_s),
        "gate": gate(time_s),
    }
