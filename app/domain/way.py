"""What the fence and the no-fly areas say of one straight way, flown now or planned; pure functions, any thread."""

from collections.abc import Callable

from app.domain.areas import way_gap_m, way_inside
from app.domain.geometry import LatLon, distance_m
from app.domain.safety import SafetyLimits, Verdict

SPARE_M = 3.0  # kept on top of each distance by what is planned: wind and GPS noise must not close the gate at the edge
Way = Callable[[LatLon, LatLon], bool]


def ways_from(home: LatLon | None, here: LatLon, limits: SafetyLimits) -> Way:
    """Says of straight ways whether fence and no-fly areas let them be planned from ``here``.

    A vehicle that is itself nearer to an edge than ``SPARE_M`` may plan along it. While home is not known the radius is
    not looked at: the gate is closed then.
    """
    spared = limits.model_copy(
        update={
            "no_fly_distance_m": limits.no_fly_distance_m + SPARE_M,
            "fence_radius_m": limits.fence_radius_m - SPARE_M,
        }
    )

    def open_by(held: SafetyLimits, start: LatLon, goal: LatLon) -> bool:
        return fence_on_way(home or start, start, goal, held).passed and no_fly_on_way(start, goal, held).passed

    used = spared if open_by(spared, here, here) else limits
    return lambda start, goal: open_by(used, start, goal)


def fence_on_way(home: LatLon, start: LatLon, goal: LatLon | None, limits: SafetyLimits) -> Verdict:
    """The fence for one straight way, also of a plan that is not flown yet."""
    end = start if goal is None else goal
    here_m, there_m = distance_m(home, start), distance_m(home, end)
    radius = f"{limits.fence_radius_m:.0f} m allowed"
    if not here_m <= limits.fence_radius_m:
        return Verdict("fence", False, f"The vehicle is {here_m:.0f} m from home, {radius}; return by RTL or by hand")
    if not there_m <= limits.fence_radius_m:
        return Verdict("fence", False, f"The way leads {there_m:.0f} m from home, {radius}; choose a nearer goal")
    if limits.fence and not way_inside(limits.fence, start, start):
        return Verdict("fence", False, "The vehicle is outside the drawn geofence; return by RTL or by hand")
    if limits.fence and not way_inside(limits.fence, start, end):
        return Verdict("fence", False, "The way leads out of the drawn geofence; choose a goal within it")
    inside = " and inside the drawn fence" if limits.fence else ""
    return Verdict("fence", True, f"{max(here_m, there_m):.0f} m from home at most, {radius}{inside}")


def no_fly_on_way(start: LatLon, goal: LatLon | None, limits: SafetyLimits) -> Verdict:
    """Distance from the no-fly areas along one straight way, also of a plan that is not flown yet."""
    if not limits.no_fly:
        return Verdict("no-fly areas", True, "No no-fly area is drawn")
    end = start if goal is None else goal
    gaps = [way_gap_m(area, start, end) for area in limits.no_fly]
    kept = f"{limits.no_fly_distance_m:.0f} m to be kept"
    if not all(gap > 0.0 and gap >= limits.no_fly_distance_m for gap in gaps):
        text = f"The way passes a no-fly area at {min(gaps):.0f} m, {kept}; choose another way"
        return Verdict("no-fly areas", False, text)
    return Verdict("no-fly areas", True, f"Nearest no-fly area {min(gaps):.0f} m from the way, {kept}")
