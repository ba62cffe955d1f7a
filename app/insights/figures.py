"""Every figure of one flight beside its goal, and of a project from those of its flights; pure, any thread."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from app.domain.geometry import LatLon, distance_m
from app.domain.mission import MissionState
from app.domain.rows import Rows
from app.insights.flight import FlightFigures, track_of
from app.insights.goals import KINDS, Figure, Goal, figure

FEWEST_FOR_SPREAD = 3
SEARCHING, DETECTING = MissionState.SEARCHING, MissionState.DETECTING


@dataclass(frozen=True, slots=True)
class Known:
    """What a flight is reckoned from; ``truth`` is where the beacon was, where somebody knows it."""

    figures: FlightFigures
    tables: dict[str, Rows]
    lost_samples: int | None  # of the recordings made in it; None: there is none
    sweep_width_m: float
    truth: LatLon | None = None
    told: LatLon | None = None  # the last place that was told with enough to say it

    @property
    def beacon(self) -> LatLon | None:
        """The truth, else the place that was told."""
        return self.truth or self.told


def told_place(estimates: Rows) -> LatLon | None:
    """The last place that was told with enough to say it."""
    columns = (estimates.column(name) for name in ("enough", "mode_lat_deg", "mode_lon_deg"))
    last = [row for row in zip(*columns, strict=True) if row[0]][-1:]
    return LatLon(last[0][1], last[0][2]) if last else None


def flight_figures(known: Known) -> list[Figure]:
    """Every figure there is, in the order of ``KINDS``; None where the flight holds nothing that gives one."""
    found = {one.name: one for one in _figures(known)}
    return [found[name] for name in KINDS]


def _figures(known: Known) -> Iterator[Figure]:
    yield from _of_flight(known)
    yield from _ranges(known)
    yield from _search(known)
    yield from _end(known)
    yield from _receiving(known)
    yield from _safety(known)
    for name in ("battery_percent_per_km", "latency_ms"):
        yield figure(name, None, "it is not recorded with flights")


def _of_flight(known: Known) -> Iterator[Figure]:
    flown = known.figures
    yield figure("duration_s", flown.duration_s, "start to end" if flown.duration_s else "it is being recorded")
    without = "no track of a vehicle"
    yield figure("path_length_m", flown.path_length_m, without if flown.path_length_m is None else "over ground")
    for name, state in (("time_to_detect_s", "DETECTING"), ("time_to_find_s", "HOLDING")):
        value: float | None = getattr(flown, name)
        yield figure(name, value, f"no search that came to {state}" if value is None else "by the mission's states")
    ratio = flown.homing_path_ratio
    yield figure("homing_path_ratio", ratio, "no homing that ended over the beacon" if ratio is None else "of homing")
    lost_s, lasted_s = flown.link_lost_s, flown.duration_s
    share = lost_s / lasted_s if lost_s is not None and lasted_s else None
    yield figure("link_lost_s", lost_s, without if lost_s is None else "silences of the telemetry above 3 s")
    yield figure("link_lost_share", share, without if share is None else "of the whole flight")


def _ranges(known: Known) -> Iterator[Figure]:
    beacon, rows = known.beacon, known.tables["reading"]
    names = ("time_s", "heard", "lat_deg", "lon_deg")
    columns = (rows.column(name) for name in names)
    heard = [row for row in zip(*columns, strict=True) if row[1] and None not in row]
    why = "it was never heard" if not heard else "nobody says where the beacon is" if beacon is None else ""
    if why or beacon is None:
        yield figure("detection_range_m", None, why)
        yield figure("farthest_heard_m", None, why)
        return
    apart_m = [distance_m(beacon, LatLon(row[2], row[3])) for row in heard]
    basis = "from the truth" if known.truth is not None else "from the place that was told at the end"
    yield figure("detection_range_m", apart_m[0], basis)
    yield figure("farthest_heard_m", max(apart_m), basis)


def spans(transitions: Rows, state: MissionState) -> list[tuple[float, float]]:
    """From when to when the mission was in that state; a state that nothing ended is left out."""
    rows = list(zip(transitions.column("time_s"), transitions.column("after"), strict=True))
    return [(start, end) for (start, after), (end, _) in pairwise(rows) if after == state]


def _search(known: Known) -> Iterator[Figure]:
    names = ("searched_m2_per_min", "coverage", "pod")
    track = _searched(known.tables["telemetry"], spans(known.tables["transition"], SEARCHING))
    area_m2 = _area_m2(track, known.sweep_width_m)
    if area_m2 is None:
        for name in names:
            yield figure(name, None, "no track of a search that ended")
        return
    length_m = float(np.hypot(*np.diff(track[:, 1:], axis=0).T).sum())
    seconds = float(sum(end - start for start, end in spans(known.tables["transition"], SEARCHING)))
    swept_m2 = length_m * known.sweep_width_m
    coverage = swept_m2 / area_m2
    basis = f"sweep width {known.sweep_width_m:g} m, over what the searched track encloses"
    yield figure(names[0], min(swept_m2, area_m2) / (seconds / 60.0), basis)
    yield figure(names[1], coverage, basis)
    yield figure(names[2], 1.0 - math.exp(-coverage), f"1 - exp(-C), {basis}")


def _searched(telemetry: Rows, during: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Places in those times, as ``track_of`` tells them."""
    columns = (telemetry.column(name) for name in ("time_s", "lat_deg", "lon_deg"))
    rows = [row for row in zip(*columns, strict=True) if None not in row]
    return track_of([row for row in rows if any(start <= row[0] <= end for start, end in during)])


def _area_m2(track: NDArray[np.float64], sweep_m: float) -> float | None:
    """The convex hull of the track with half the sweep width round it; None for less than a triangle."""
    if len(track) < 3:
        return None
    try:
        hull = ConvexHull(track[:, 1:])
    except QhullError:  # a straight line
        return None
    return float(
        hull.volume + hull.area * sweep_m / 2.0 + math.pi * (sweep_m / 2.0) ** 2
    )  # in the plane: area, outline


def _end(known: Known) -> Iterator[Figure]:
    flown = known.figures
    why = "no place was told" if flown.final_radius_90_m is None else "the last estimate with enough to say"
    yield figure("final_radius_90_m", flown.final_radius_90_m, why)
    yield figure("final_area_90_m2", flown.final_area_90_m2, why)
    if known.truth is None or known.told is None:
        yield figure("final_error_m", None, "nobody says where the beacon was" if known.told else "no place was told")
        return
    yield figure("final_error_m", distance_m(known.truth, known.told), "from the truth")


def _receiving(known: Known) -> Iterator[Figure]:
    flown, count = known.figures, known.figures.readings
    overload = [bool(one) for one in known.tables["reading"].column("overload")]
    why = "no reading" if not count else f"of {count} readings"
    yield figure("heard_share", flown.heard / count if count else None, why)
    yield figure("overload_share", sum(overload) / count if count else None, why)
    for name in ("mean_snr_db", "max_snr_db"):
        value: float | None = getattr(flown, name)
        yield figure(name, value, "it was never heard" if value is None else f"of {flown.heard} readings")
    lost = known.lost_samples
    yield figure(
        "lost_samples", lost, "no recording of samples in this flight" if lost is None else "of its recordings"
    )


def _safety(known: Known) -> Iterator[Figure]:
    closures = gate_closures(known.tables["gate"])
    there = bool(known.tables["gate"].values)
    words = ", ".join(f"{rule} {count}" for rule, count in sorted(closures.items(), key=lambda one: -one[1]))
    why = (words or "none") if there else "the gate was not looked at"
    yield figure("gate_closures", float(sum(closures.values())) if there else None, why)
    transitions = known.tables["transition"]
    hours = sum(end - start for start, end in spans(transitions, SEARCHING)) / 3600.0
    after = transitions.column("after")
    unheld = sum(one == DETECTING and other == SEARCHING for one, other in pairwise(after))
    rate = unheld / hours if hours > 0.0 else None
    yield figure("false_alarms_per_h", rate, "no search that ended" if rate is None else f"{unheld} that did not hold")


def gate_closures(gate: Rows) -> dict[str, int]:
    """How often each rule went from passed to not passed, for each purpose it is asked for."""
    before: dict[tuple[str, str], bool] = {}
    closures: dict[str, int] = {}
    for purpose, verdicts in zip(gate.column("purpose"), gate.column("verdicts"), strict=True):
        for verdict in verdicts:
            key = str(purpose), str(verdict["rule"])
            if before.get(key, False) and not verdict["passed"]:
                closures[key[1]] = closures.get(key[1], 0) + 1
            before[key] = bool(verdict["passed"])
    return closures


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over the flights that have it; quartiles from three on."""

    name: str
    title: str
    unit: str
    goal: Goal | None
    flights: int
    median: float
    low: float | None
    high: float | None
    met: int | None  # flights that met the goal


def project_figures(flights: Sequence[Sequence[Figure]]) -> list[Spread]:
    """Each figure that at least one flight has."""
    found = []
    for name, kind in KINDS.items():
        mine = [one for flight in flights for one in flight if one.name == name and one.value is not None]
        if not mine:
            continue
        values = np.array([one.value for one in mine], np.float64)
        enough = len(mine) >= FEWEST_FOR_SPREAD
        low, high = (float(one) for one in np.percentile(values, (25, 75))) if enough else (None, None)
        met = None if kind.goal is None else sum(bool(one.ok) for one in mine)
        middle = float(np.median(values))
        found.append(Spread(name, kind.title, kind.unit, kind.goal, len(mine), middle, low, high, met))
    return found
