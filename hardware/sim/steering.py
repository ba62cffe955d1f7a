"""Position and speed control of the simulated autopilot: pure functions, any thread."""

import math


def towards(to_go: complex, speed_mps: float, accel_mps2: float) -> complex:
    """Velocity that covers ``to_go`` at most at ``speed_mps`` and stops there.

    ArduPilot's square-root controller: proportional (1/s) near the goal, constant deceleration farther out.
    """
    distance_m = abs(to_go)
    if distance_m < 1e-6:
        return 0j
    return to_go / distance_m * min(speed_mps, _approach(distance_m, 0.5 * accel_mps2))


def climb(to_go_m: float, up_mps: float, down_mps: float, accel_mps2: float) -> float:
    """Vertical speed that covers ``to_go_m`` and stops there."""
    speed = _approach(abs(to_go_m), accel_mps2)
    return min(speed, up_mps) if to_go_m > 0.0 else -min(speed, down_mps)


def _approach(distance_m: float, decel_mps2: float) -> float:
    if distance_m < decel_mps2:
        return distance_m
    return math.sqrt(2.0 * decel_mps2 * (distance_m - 0.5 * decel_mps2))
