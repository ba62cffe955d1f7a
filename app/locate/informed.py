"""The default strategy: fly the leg that is expected to shrink the posterior most for each second; pure, one thread.

A candidate leg is scored by what a sample of hypotheses would hear along it. Two hypotheses whose powers along the leg
differ by D standard deviations stay confused by exp(-D^2 / 4); half the mean squared distance between what is confused
is then the variance of place after the leg, exact for Gaussian posteriors that shrink much. The mean is geometric, so
that the far tail of a wide posterior does not decide alone. Places near earlier readings tell little that is new, as
their shadowing is known already.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from app.domain.geometry import EastNorth
from app.locate.homing import REACHED_M, Leg, Situation, no_way
from app.locate.posterior import Hypotheses, Posterior
from app.locate.regions import mode_and_radii

Matrix = NDArray[np.float64]
HYPOTHESES = 128
POINTS = 8  # along each leg
LENGTHS_M = (50.0, 100.0, 200.0, 400.0)
COURSES = 16
ROUND_THE_MODE = 12
TURN_S = 3.0  # lost at each new leg
RETHINK_S = 4.0
CLEARLY_BETTER = 1.6
COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Candidate legs from one place: their times, and by which factor each is expected to shrink the radius."""

    time_s: Matrix
    shrinking: Matrix

    @property
    def rate(self) -> Matrix:
        """Expected logarithmic shrinking a second."""
        rate: Matrix = -np.log(self.shrinking) / self.time_s
        return rate


class Informed:
    """Picks legs by their outlook, keeps them, and ends over the mode."""

    name = "informed"

    def __init__(self) -> None:
        self._leg: Leg | None = None
        self._thought_s = -math.inf
        self._until_s = -math.inf

    def next_leg(self, posterior: Posterior, now: Situation) -> Leg | None:
        if posterior.view is None:
            return None
        place, _, radius_m = mode_and_radii(posterior.view.surface.grid, posterior.view.mass)
        mode = EastNorth(*place)
        if radius_m <= now.goal_radius_m:
            self._leg = self._approach(now, mode, radius_m)
            self._thought_s = -math.inf
            return self._leg
        away = math.inf if self._leg is None else (self._leg.goal - now.place).length_m
        over = away < REACHED_M or not self._thought_s <= now.time_s <= self._until_s
        over = over or (self._leg is not None and not now.free(now.place, self._leg.goal))
        if over or now.time_s - self._thought_s >= RETHINK_S:
            self._think(posterior, now, mode, radius_m, keep=None if over else self._leg)
        return self._leg

    def _approach(self, now: Situation, mode: EastNorth, radius_m: float) -> Leg:
        """Over the beacon, round what is not allowed, or as near to it as is allowed."""
        known = f"90 % within {radius_m:.0f} m"
        if now.free(now.place, mode):
            return Leg(mode, now.speed_mps, f"flying over the beacon: {known}")
        ends = [EastNorth(float(east), float(north)) for east, north in _open_ends(now, mode)]
        round_it = [end for end in ends if now.free(end, mode)]
        if round_it:
            goal = min(round_it, key=lambda end: (end - now.place).length_m + (mode - end).length_m)
            return Leg(goal, now.speed_mps, f"flying round what is not allowed towards the beacon: {known}")
        goal = min(ends, key=lambda end: (mode - end).length_m, default=now.place)
        gap_m = (mode - goal).length_m
        if gap_m >= (mode - now.place).length_m - REACHED_M:
            return no_way(now, self._leg)
        text = f"flying to {gap_m:.0f} m from the beacon ({known}): no nearer is allowed by fence and no-fly areas"
        return Leg(goal, now.speed_mps, text)

    def _think(self, posterior: Posterior, now: Situation, mode: EastNorth, radius_m: float, keep: Leg | None) -> None:
        """Choose a leg; the one to ``keep`` stays unless another is clearly better."""
        hypotheses = posterior.hypotheses(HYPOTHESES)
        if hypotheses is None:
            return
        self._thought_s = now.time_s
        ends = _open_ends(now, mode)
        if len(ends) == 0 and keep is None:
            self._leg = no_way(now, self._leg)
            self._until_s = now.time_s + RETHINK_S
            return
        if keep is not None:
            ends = np.vstack([[keep.goal.east_m, keep.goal.north_m], ends])
        outlook = _outlook(posterior, hypotheses, now, ends)
        rate = outlook.rate
        best = int(np.argmax(rate))
        if keep is not None and rate[best] <= CLEARLY_BETTER * rate[0]:
            return
        goal = EastNorth(float(ends[best, 0]), float(ends[best, 1]))
        after_m = radius_m * float(outlook.shrinking[best])
        self._leg = Leg(goal, now.speed_mps, _words(now.place, goal, mode, radius_m, after_m))
        self._until_s = now.time_s + 2.0 * float(outlook.time_s[best])


def _ends(now: Situation, mode: EastNorth) -> Matrix:
    """Where candidate legs may end: all round the vehicle, at the mode, beyond it, and round it."""
    courses = np.arange(COURSES) * (math.tau / COURSES)
    rays = np.array(LENGTHS_M)[:, None, None] * np.column_stack([np.sin(courses), np.cos(courses)])[None, :, :]
    here, there = np.array([now.place.east_m, now.place.north_m]), np.array([mode.east_m, mode.north_m])
    way = there - here
    onward = way / max(float(np.hypot(*way)), 1.0)
    height_m = max(abs(now.height_m), 20.0)
    turns = np.arange(ROUND_THE_MODE) * (math.tau / ROUND_THE_MODE)
    circle = np.column_stack([np.sin(turns), np.cos(turns)])
    ends = np.vstack(
        [
            here + rays.reshape(-1, 2),
            there,
            there + onward * height_m,
            there + onward * 2.5 * height_m,
            there + circle * height_m,
            there + circle * 2.0 * height_m,
        ]
    )
    far = np.hypot(*(ends - here).T) > 2.0 * REACHED_M
    kept: Matrix = ends[far]
    return kept


def _open_ends(now: Situation, mode: EastNorth) -> Matrix:
    """Those to which fence and no-fly areas allow a straight way."""
    ends = _ends(now, mode)
    allowed = [now.free(now.place, EastNorth(float(east), float(north))) for east, north in ends]
    kept: Matrix = ends[np.array(allowed, dtype=bool)]
    return kept


def _outlook(posterior: Posterior, hypotheses: Hypotheses, now: Situation, ends: Matrix) -> Outlook:
    here = np.array([now.place.east_m, now.place.north_m])
    length_m = np.hypot(*(ends - here).T)
    share = (np.arange(POINTS) + 0.5) / POINTS
    points = here + share[None, :, None] * (ends - here)[:, None, :]
    weight = _information(posterior, points, length_m / POINTS, now)
    known = posterior.view.surface.weight / posterior.variance_db2 if posterior.view is not None else 0.0
    up = np.full(points.shape[0] * POINTS, posterior.settings.beacon_height_m - now.height_m)
    flat = points.reshape(-1, 2)
    heard = hypotheses.predict_db(flat[:, 0], flat[:, 1], up).reshape(len(ends), POINTS, -1)
    if posterior.noise_db is not None:
        above_db = heard - (posterior.noise_db + now.drop_db)
        weight *= ndtr(above_db / math.sqrt(posterior.variance_db2)).mean(axis=2)
    confused = np.exp(np.float32(-0.25) * _separation(heard, weight, known))
    apart = _log_distance(hypotheses, now.goal_radius_m)
    after = (np.einsum("lij,ij->li", confused, apart) / confused.sum(axis=2)).mean(axis=1).astype(np.float64)
    return Outlook(length_m / max(now.speed_mps, 0.1) + TURN_S, np.exp(after - float(apart.mean())))


def _separation(heard: Matrix, weight: Matrix, known: float) -> NDArray[np.float32]:
    """Squared separation of each two hypotheses by each leg, (legs, n, n).

    ``heard`` (legs, points, n) in dB, ``weight`` (legs, points) in 1/dB2. Each hypothesis may still shift its level
    with a standard deviation of ``known`` ** -0.5, so a common difference counts only as far as the level is known.
    """
    scaled = ((heard - heard.mean(axis=2, keepdims=True)) * np.sqrt(weight)[:, :, None]).astype(np.float32)
    inner = np.matmul(scaled.transpose(0, 2, 1), scaled)
    common = np.einsum("lp,lpn->ln", np.sqrt(weight).astype(np.float32), scaled)
    common /= np.sqrt(weight.sum(axis=1) + known + 1e-12).astype(np.float32)[:, None]
    inner -= common[:, :, None] * common[:, None, :]
    norm = np.einsum("lii->li", inner).copy()
    inner *= np.float32(-2.0)
    inner += norm[:, :, None]
    inner += norm[:, None, :]
    separation: NDArray[np.float32] = np.maximum(inner, np.float32(0.0), out=inner)
    return separation


def _log_distance(hypotheses: Hypotheses, goal_radius_m: float) -> NDArray[np.float32]:
    """Log of the distance between each two; precision far beyond the goal or the sample's own is worth nothing."""
    east, north = hypotheses.east_m, hypotheses.north_m
    square = (east[:, None] - east) ** 2 + (north[:, None] - north) ** 2
    floor = max((0.3 * goal_radius_m) ** 2, float(np.median(square)) / len(east))
    distance: NDArray[np.float32] = (0.5 * np.log(square + floor)).astype(np.float32)
    return distance


def _information(posterior: Posterior, points: Matrix, spacing_m: Matrix, now: Situation) -> Matrix:
    """Independent readings' worth of each point over the variance of one, shape (legs, POINTS)."""
    model, rows = posterior.model, posterior.track.rows()
    step_m = 2.0 * model.length_m * (1.0 - model.nugget) + 3.0 * model.nugget  # integral of the covariance
    places = np.column_stack([rows.east_m, rows.north_m, rows.height_m])
    flat = points.reshape(-1, 2)
    square = (flat[:, :1] - places[:, 0]) ** 2 + (flat[:, 1:] - places[:, 1]) ** 2 + (now.height_m - places[:, 2]) ** 2
    alike = model.between(np.sqrt(square.min(axis=1))).reshape(points.shape[:2])
    weight: Matrix = (spacing_m / step_m)[:, None] * (1.0 - alike) / (1.0 + alike) / posterior.variance_db2
    return weight


def _words(place: EastNorth, goal: EastNorth, mode: EastNorth, radius_m: float, after_m: float) -> str:
    way = goal - place
    compass = COMPASS[round(way.bearing_deg / 45.0) % 8]
    share = ((mode - place).east_m * way.east_m + (mode - place).north_m * way.north_m) / max(way.length_m, 1.0) ** 2
    passing = (place + way * min(max(share, 0.0), 1.0) - mode).length_m
    over = passing < 0.3 * (mode - place).length_m and passing < 60.0
    manner = "over the likeliest place" if over else "across the likely area" if share > 0.2 else "to see it from aside"
    gain = f"brings the 90 % radius from {radius_m:.0f} m to about {after_m:.0f} m"
    return f"flying {way.length_m:.0f} m {compass} {manner}: it {gain}"
