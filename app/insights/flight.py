"""Figures of one flight, reckoned from its tables; where there is no data there is no figure; pure, any thread."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.geometry import LatLon, LocalPlane
from app.domain.mission import MissionState
from app.domain.project import Flight
from app.domain.rows import Rows

FIGURED = ("telemetry", "reading", "estimate", "transition")  # tables that ``figures_of`` takes, in this order
Times = NDArray[np.float64]
STEP_M = 1.0  # shorter moves are the receiver's noise of a vehicle standing still
LINK_LOST_S = 3.0  # a longer silence of the telemetry is a lost link, as for the safety gate
SHORTEST_HOMING_M = 5.0  # below this a path over a straight line says nothing


@dataclass(frozen=True, slots=True)
class FlightFigures:
    """What a flight came to; None where it holds no data for the figure."""

    duration_s: float | None  # None while it is being recorded
    path_length_m: float | None  # over ground
    time_to_detect_s: float | None  # from the search's start to DETECTING
    time_to_find_s: float | None  # from the search's start to HOLDING over the beacon
    target_id: str | None  # which the estimate below is of
    final_radius_90_m: float | None
    final_area_90_m2: float | None
    readings: int
    heard: int  # readings in which the target was heard
    mean_snr_db: float | None  # of those
    max_snr_db: float | None
    link_lost_s: float | None  # sum of the silences of the telemetry above 3 s
    homing_path_ratio: float | None  # path flown from homing to holding over the straight line; 1 is best


def figures_of(flight: Flight, telemetry: Rows, readings: Rows, estimates: Rows, transitions: Rows) -> FlightFigures:
    searching_s = _first_time(transitions, MissionState.SEARCHING)
    holding_s = _first_time(transitions, MissionState.HOLDING)
    snr_db = _heard_snr(readings)
    last = next((row for row in reversed(estimates.as_dicts()) if row["enough"]), None)
    tracks = _tracks(telemetry)
    return FlightFigures(
        duration_s=None if flight.ended_s is None else flight.ended_s - flight.started_s,
        path_length_m=sum(_length_m(track) for track in tracks) if tracks else None,
        time_to_detect_s=_between(searching_s, _first_time(transitions, MissionState.DETECTING)),
        time_to_find_s=_between(searching_s, holding_s),
        target_id=last["target_id"] if last else None,
        final_radius_90_m=last["radius_90_m"] if last else None,
        final_area_90_m2=last["area_90_m2"] if last else None,
        readings=len(readings.values),
        heard=len(snr_db),
        mean_snr_db=float(np.mean(snr_db)) if len(snr_db) else None,
        max_snr_db=float(np.max(snr_db)) if len(snr_db) else None,
        link_lost_s=sum(_silence_s(track) for track in tracks) if tracks else None,
        homing_path_ratio=_homing_ratio(tracks, _first_time(transitions, MissionState.HOMING), holding_s),
    )


def _first_time(transitions: Rows, after: MissionState) -> float | None:
    pairs = zip(transitions.column("time_s"), transitions.column("after"), strict=True)
    return next((time_s for time_s, state in pairs if state == after), None)


def _between(start_s: float | None, end_s: float | None) -> float | None:
    return end_s - start_s if start_s is not None and end_s is not None and end_s >= start_s else None


def _heard_snr(readings: Rows) -> Times:
    """SNR of the readings in which the target was heard, dB, shape (n,)."""
    pairs = zip(readings.column("snr_db"), readings.column("heard"), strict=True)
    return np.array([snr_db for snr_db, heard in pairs if heard and snr_db is not None], dtype=np.float64)


def _tracks(telemetry: Rows) -> list[Times]:
    """The way of each vehicle with at least two positions: shape (n, 3), time in s, metres east and north."""
    names = ("vehicle_id", "time_s", "lat_deg", "lon_deg")
    rows = [row for row in zip(*(telemetry.column(name) for name in names), strict=True) if None not in row]
    tracks = []
    for vehicle_id in sorted({row[0] for row in rows}):
        mine = [row for row in rows if row[0] == vehicle_id]
        if len(mine) >= 2:
            tracks.append(track_of([row[1:] for row in mine]))
    return tracks


def track_of(places: Sequence[Sequence[float]]) -> Times:
    """Times, latitudes and longitudes as shape (n, 3): time in s, metres east and north of the first."""
    if not places:
        return np.zeros((0, 3))
    plane = LocalPlane(LatLon(places[0][1], places[0][2]))
    points = [(time_s, plane.to_plane(LatLon(lat_deg, lon_deg))) for time_s, lat_deg, lon_deg in places]
    return np.array([(time_s, at.east_m, at.north_m) for time_s, at in points])


def _length_m(track: Times) -> float:
    """Path over ground; only moves of a metre count."""
    length_m = 0.0
    last = track[0, 1:]
    for point in track[1:, 1:]:
        if (step_m := float(np.hypot(*(point - last)))) >= STEP_M:
            length_m += step_m
            last = point
    return length_m


def _silence_s(track: Times) -> float:
    gaps_s = np.diff(track[:, 0])
    return float(gaps_s[gaps_s > LINK_LOST_S].sum())


def _homing_ratio(tracks: list[Times], homing_s: float | None, holding_s: float | None) -> float | None:
    if homing_s is None or holding_s is None or len(tracks) != 1:
        return None
    track = tracks[0]
    part = track[(track[:, 0] >= homing_s) & (track[:, 0] <= holding_s)]
    if len(part) < 2 or (straight_m := float(np.hypot(*(part[-1, 1:] - part[0, 1:])))) < SHORTEST_HOMING_M:
        return None
    return max(_length_m(part) / straight_m, 1.0)
