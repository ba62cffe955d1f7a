"""The safety gate's rules: each a pure function of what is known, the motion asked for and the limits; any thread.

Every condition is written so that NaN and a missing input fail it. A rule's text gives what was found, in figures,
and when it stands against the motion also what would open it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.geometry import distance_m, on_earth
from app.domain.mission import MissionState
from app.domain.safety import GateInputs, GateReport, Motion, Purpose, SafetyLimits, Verdict
from app.domain.way import fence_on_way, no_fly_on_way

Rule = Callable[[GateInputs, Motion, SafetyLimits], Verdict]

HEIGHT_SLACK_M = 2.0  # of the vehicle's own height: GPS and barometer noise must not close the gate at the edge
FUTURE_S = 1.0  # a fact stamped further ahead than this says that a clock is wrong
EARLIEST_S = 1_577_836_800.0  # 2020-01-01: a computer that lost its time begins before
NO_VEHICLE = "No vehicle has been heard; connect one"
NO_POSITION = "No sound position of the vehicle is known; check its telemetry and GPS"
NO_HOME = "Home is not known; wait until the vehicle reports its home position"


def emergency(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    """EMERGENCY closes everything; the operator's own goto is for when no mission flies the vehicle."""
    del limits
    if inputs.state is MissionState.EMERGENCY:
        return Verdict("mission", False, "The emergency stop is latched; reset it with a reason")
    if motion.purpose is Purpose.GOTO and inputs.state is not MissionState.IDLE:
        return Verdict("mission", False, f"The mission is {inputs.state} and flies the vehicle; stop it first")
    return Verdict("mission", True, f"Mission {inputs.state}, no emergency stop")


def clock(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    del motion, limits
    now_s = inputs.time_s
    if not EARLIEST_S <= now_s < math.inf:
        return Verdict("clock", False, "This computer's clock is before 2020; set it")
    beat_s = inputs.vehicle.heartbeat_s if inputs.vehicle is not None else now_s
    pose_s = inputs.telemetry.time_s if inputs.telemetry is not None else now_s
    if not (beat_s - now_s <= FUTURE_S and pose_s - now_s <= FUTURE_S):
        ahead_s = max(beat_s, pose_s) - now_s
        return Verdict("clock", False, f"Vehicle data stamped {ahead_s:.1f} s ahead of now; restart the station")
    return Verdict("clock", True, "The station's clock agrees with the facts")


def heartbeat(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    del motion
    if inputs.vehicle is None:
        return Verdict("heartbeat", False, NO_VEHICLE)
    age_s = inputs.time_s - inputs.vehicle.heartbeat_s
    if not (inputs.vehicle.connected and age_s <= limits.heartbeat_s):
        return Verdict(
            "heartbeat", False, f"Last heartbeat {age_s:.1f} s ago, {limits.heartbeat_s:.0f} s allowed; check the link"
        )
    return Verdict("heartbeat", True, f"Heartbeat {max(age_s, 0.0):.1f} s ago")


def position(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    del motion
    telemetry = inputs.telemetry
    if telemetry is None:
        return Verdict("position", False, NO_POSITION)
    age_s = inputs.time_s - telemetry.time_s
    if not age_s <= limits.heartbeat_s:
        return Verdict(
            "position", False, f"Position {age_s:.1f} s old, {limits.heartbeat_s:.0f} s allowed; check the link"
        )
    return Verdict("position", True, f"Position {max(age_s, 0.0):.1f} s old")


def mode(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    del motion, limits
    if inputs.vehicle is None:
        return Verdict("mode", False, NO_VEHICLE)
    guided = inputs.vehicle.guided
    if not inputs.vehicle.follows:
        return Verdict(
            "mode", False, f"The vehicle is in {inputs.vehicle.mode or 'an unknown mode'}; it must be {guided}"
        )
    return Verdict("mode", True, f"Mode {guided}")


def pilot(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    """A station never pulls the vehicle back: whoever left GUIDED has it until the operator asks anew."""
    del limits
    guided = inputs.vehicle.guided if inputs.vehicle is not None else "GUIDED"
    if motion.purpose is Purpose.TAKEOFF and inputs.vehicle is not None and inputs.vehicle.climbs_alone:
        return Verdict("pilot", True, "Take-off is a mode of its own, asked for by the operator")
    if inputs.guided_left:
        return Verdict("pilot", False, f"The vehicle was taken out of {guided}; ask for {guided} again to take it over")
    return Verdict("pilot", True, f"{guided} was not left since it was asked for")


def armed(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    del motion, limits
    if inputs.vehicle is None:
        return Verdict("armed", False, NO_VEHICLE)
    if inputs.vehicle.armed is not True:
        return Verdict("armed", False, "The vehicle is not armed; arm it")
    return Verdict("armed", True, "Armed")


def in_air(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    del motion, limits
    if inputs.vehicle is None or inputs.vehicle.in_air is None:
        return Verdict("in the air", False, "Not known whether the vehicle is in the air; wait for its telemetry")
    if inputs.vehicle.in_air is not True:
        return Verdict("in the air", False, "The vehicle is on the ground; take off")
    return Verdict("in the air", True, "In the air")


def gps(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    del motion
    vehicle = inputs.vehicle
    if vehicle is None:
        return Verdict("GPS", False, NO_VEHICLE)
    fix, satellites, hdop = vehicle.gps_fix, vehicle.satellites, vehicle.hdop
    if fix is None or satellites is None or hdop is None:
        return Verdict("GPS", False, "The vehicle has not reported its GPS; wait for it")
    found = f"GPS fix {fix}, {satellites} satellites, HDOP {hdop:.1f}"
    if not (fix >= 3 and satellites >= limits.satellites and 0.0 <= hdop <= limits.hdop):
        needed = f"needed: 3D fix (3), {limits.satellites} satellites, HDOP at most {limits.hdop:.1f}"
        return Verdict("GPS", False, f"{found}; {needed}")
    return Verdict("GPS", True, found)


def ekf(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    del motion, limits
    if inputs.vehicle is None or inputs.vehicle.ekf_healthy is None:
        return Verdict("EKF", False, "The vehicle has not reported its EKF; wait for it")
    if inputs.vehicle.ekf_healthy is not True:
        return Verdict("EKF", False, "The vehicle's position filter (EKF) is not healthy; wait, or fly by hand")
    return Verdict("EKF", True, "EKF healthy")


def battery(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    """Charge that must be left on landing, and on top of it what the way home from here takes."""
    del motion
    vehicle, telemetry = inputs.vehicle, inputs.telemetry
    if vehicle is None or vehicle.battery_percent is None:
        return Verdict("battery", False, "The vehicle has not reported its battery; wait for it")
    if vehicle.home is None or telemetry is None:
        return Verdict("battery", False, f"The way home cannot be told. {NO_HOME}")
    home_m = distance_m(vehicle.home, telemetry.position)
    made_mps = min(limits.return_speed_mps, limits.airspeed_mps - limits.wind_mps)  # the wind may stand against it
    if not made_mps > 0.0:
        against = f"{limits.wind_mps:.0f} m/s of wind with {limits.airspeed_mps:.0f} m/s of airspeed"
        return Verdict("battery", False, f"The vehicle does not come home against {against}; do not fly")
    return_percent = home_m / made_mps / limits.endurance_s * 100.0
    needed = limits.battery_percent + return_percent
    found = f"Battery {vehicle.battery_percent:.0f} %, {needed:.0f} % needed"
    why = f"{limits.battery_percent:.0f} % to be left and {return_percent:.0f} % for the {home_m:.0f} m home"
    if not needed <= vehicle.battery_percent <= 100.0:
        return Verdict("battery", False, f"{found} ({why}); return home")
    return Verdict("battery", True, f"{found} ({why})")


def fence(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    """Inside the fence here, at the goal and on the whole straight way: a position once asked for is flown to
    even if the link dies on the way, so what the next seconds lead to is not enough to know."""
    if inputs.vehicle is None or inputs.vehicle.home is None:
        return Verdict("fence", False, NO_HOME)
    if inputs.telemetry is None:
        return Verdict("fence", False, NO_POSITION)
    return fence_on_way(inputs.vehicle.home, inputs.telemetry.position, motion.goal, limits)


def no_fly(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    if inputs.telemetry is None:
        return Verdict("no-fly areas", False, NO_POSITION)
    return no_fly_on_way(inputs.telemetry.position, motion.goal, limits)


def height(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    """The height asked for lies in the band; in flight the vehicle's own does too."""
    band = f"{limits.lowest_m:.0f} to {limits.highest_m:.0f} m"
    if not limits.lowest_m <= motion.height_m <= limits.highest_m:
        return Verdict("height", False, f"Height {motion.height_m:.0f} m asked for, allowed is {band} above home")
    if motion.purpose is Purpose.TAKEOFF:
        return Verdict("height", True, f"Height {motion.height_m:.0f} m asked for, allowed is {band}")
    if inputs.telemetry is None:
        return Verdict("height", False, NO_POSITION)
    own_m = inputs.telemetry.height_m
    if not limits.lowest_m - HEIGHT_SLACK_M <= own_m <= limits.highest_m + HEIGHT_SLACK_M:
        return Verdict(
            "height", False, f"The vehicle is {own_m:.0f} m above home, allowed is {band}; correct it by hand"
        )
    return Verdict("height", True, f"{own_m:.0f} m above home, {motion.height_m:.0f} m asked for, allowed is {band}")


def goal(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    del inputs, limits
    if motion.goal is None:
        return Verdict("goal", False, "There is no sound position to fly to; choose one")
    return Verdict("goal", True, f"To {motion.goal.lat_deg:.5f}, {motion.goal.lon_deg:.5f}")


def speed(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    del inputs
    asked = f"Speed {motion.speed_mps:.1f} m/s asked for, {limits.speed_mps:.1f} m/s allowed"
    if not 0.0 < motion.speed_mps <= limits.speed_mps:
        return Verdict("speed", False, f"{asked}; ask for less")
    return Verdict("speed", True, asked)


def activation(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    del motion
    if inputs.activated_s is None:
        return Verdict("activation", False, "Homing is off; activate it in two steps")
    age_s = inputs.time_s - inputs.activated_s
    if not age_s >= -FUTURE_S:
        return Verdict("activation", False, "The clock went back since homing was activated; activate it anew")
    if not age_s <= limits.activation_s:
        return Verdict("activation", False, f"Homing was activated {age_s:.0f} s ago and has lapsed; activate it anew")
    return Verdict("activation", True, f"Homing activated, lapses in {limits.activation_s - age_s:.0f} s")


def signal(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    del motion
    if inputs.level is None:
        return Verdict("signal", False, "The target has not been heard")
    age_s = inputs.time_s - inputs.level.time_s
    allowed_s = max(limits.signal_s, inputs.silence_s)
    if not (inputs.level.heard and abs(age_s) <= allowed_s):
        return Verdict("signal", False, f"The target was last heard {age_s:.0f} s ago, {allowed_s:.0f} s allowed")
    return Verdict("signal", True, f"Target heard {max(age_s, 0.0):.1f} s ago at {inputs.level.snr_db:.0f} dB SNR")


def receiver(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> Verdict:
    del motion, limits
    if inputs.receiver_overload is None:
        return Verdict("receiver", False, "No receiver is connected; connect one")
    if inputs.receiver_overload:
        return Verdict("receiver", False, "The receiver is overloaded, its levels are wrong; lower the gain")
    return Verdict("receiver", True, "Receiver connected, not overloaded")


@dataclass(frozen=True, slots=True)
class Held:
    """A rule and the purposes that are held to it."""

    rule: Rule
    purposes: frozenset[Purpose]


EVERY = frozenset(Purpose)
MOVING = frozenset({Purpose.GOTO, Purpose.SEARCH, Purpose.HOMING})
RISING = MOVING | {Purpose.TAKEOFF}
HOMING = frozenset({Purpose.HOMING})

RULES: tuple[Held, ...] = (
    Held(emergency, EVERY),
    Held(clock, EVERY),
    Held(heartbeat, EVERY),
    Held(position, EVERY),
    Held(mode, MOVING),  # arming comes before GUIDED; take-off in another mode the vehicle refuses itself
    Held(pilot, RISING),
    Held(armed, RISING),
    Held(in_air, MOVING),
    Held(gps, EVERY),
    Held(ekf, EVERY),
    Held(battery, EVERY),
    Held(fence, EVERY),
    Held(no_fly, EVERY),
    Held(height, RISING),
    Held(goal, MOVING),
    Held(speed, MOVING),
    Held(activation, HOMING),
    Held(signal, HOMING),
    Held(receiver, HOMING),
)


def judge(inputs: GateInputs, motion: Motion, limits: SafetyLimits) -> GateReport:
    """All rules its purpose is held to; open only when every one passed."""
    inputs, motion = _sound(inputs, motion)
    verdicts = tuple(held.rule(inputs, motion, limits) for held in RULES if motion.purpose in held.purposes)
    passed = all(verdict.passed for verdict in verdicts)
    return GateReport(inputs.time_s, motion.purpose, passed, verdicts)


def _sound(inputs: GateInputs, motion: Motion) -> tuple[GateInputs, Motion]:
    """Both without places that are none on earth: what cannot be is not known."""
    telemetry, vehicle = inputs.telemetry, inputs.vehicle
    if telemetry is not None and not (on_earth(telemetry.position) and math.isfinite(telemetry.height_m)):
        inputs = replace(inputs, telemetry=None)
    if vehicle is not None and vehicle.home is not None and not on_earth(vehicle.home):
        inputs = replace(inputs, vehicle=replace(vehicle, home=None))
    if motion.goal is not None and not on_earth(motion.goal):
        motion = replace(motion, goal=None)
    return inputs, motion
