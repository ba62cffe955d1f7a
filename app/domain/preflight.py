"""What must be right before a search begins; a pure function, any thread."""

from itertools import pairwise

from app.domain.geometry import LatLon
from app.domain.mission import SearchPlan
from app.domain.radio import Target
from app.domain.rules import NO_HOME, NO_POSITION, judge
from app.domain.safety import GateInputs, Motion, Purpose, SafetyLimits
from app.domain.way import fence_on_way, no_fly_on_way


def preflight(inputs: GateInputs, target: Target | None, plan: SearchPlan, limits: SafetyLimits) -> tuple[str, ...]:
    """Reasons against flying this plan for this target now, in words; none when all is well.

    Holds the plan's every leg against fence and no-fly areas before the vehicle leaves the ground, and asks the gate
    all that does not depend on mode and flight.
    """
    reasons = list(judge(inputs, Motion(Purpose.ARM, None, 0.0, 0.0), limits).reasons)
    if target is None:
        reasons.append("No target is selected; choose what to search for")
    if inputs.receiver_overload is None:
        reasons.append("No receiver is connected; a search would hear nothing. Connect one")
    vehicle = inputs.vehicle
    if vehicle is not None and not vehicle.armed and vehicle.ready_to_arm is not True:
        reasons.append("The vehicle is not ready to arm; its messages say why")
    return (*reasons, *_against_plan(inputs, plan, limits))


def _against_plan(inputs: GateInputs, plan: SearchPlan, limits: SafetyLimits) -> list[str]:
    reasons = []
    if not limits.lowest_m <= plan.height_m <= limits.highest_m:
        band = f"{limits.lowest_m:.0f} to {limits.highest_m:.0f} m"
        reasons.append(f"The search is planned at {plan.height_m:.0f} m, allowed is {band} above home")
    if not plan.speed_mps <= limits.speed_mps:
        reasons.append(f"The search is planned at {plan.speed_mps:.1f} m/s, {limits.speed_mps:.1f} m/s are allowed")
    vehicle, telemetry = inputs.vehicle, inputs.telemetry
    if vehicle is None or vehicle.home is None or telemetry is None:
        return [*reasons, f"The plan cannot be checked. {NO_HOME if telemetry is not None else NO_POSITION}"]
    percent = plan.time_s / limits.endurance_s * 100.0 + limits.battery_percent
    if vehicle.battery_percent is not None and percent > vehicle.battery_percent:
        reasons.append(
            f"The search takes {plan.time_s / 60.0:.0f} min and, with what is to be left, {percent:.0f} % battery; "
            f"it has {vehicle.battery_percent:.0f} %. Search a smaller area or widen the track spacing"
        )
    return reasons + _against_ways(vehicle.home, (telemetry.position, *plan.waypoints), limits)


def _against_ways(home: LatLon, places: tuple[LatLon, ...], limits: SafetyLimits) -> list[str]:
    """The first leg that each of fence and no-fly areas stands against."""
    found: dict[str, str] = {}
    for leg, (start, end) in enumerate(pairwise(places), 1):
        for verdict in (fence_on_way(home, start, end, limits), no_fly_on_way(start, end, limits)):
            if not verdict.passed:
                found.setdefault(verdict.rule, f"Leg {leg} of the search: {verdict.text}")
    return list(found.values())
