"""How well and how fast the posterior finds a beacon: position table, speed, memory, homings; the main thread."""

import math
import time
import tracemalloc

import numpy as np

from app.bench import lawnmower, powder
from app.bench.bursts import DATA
from app.bench.figures import Figure
from app.bench.worlds import Air, World, home_in, reading
from app.domain.geometry import EastNorth
from app.locate.antenna import Attitude, Omni
from app.locate.fit import Sums
from app.locate.grid import Grid
from app.locate.informed import Informed
from app.locate.posterior import Posterior
from app.locate.shadowing import Shadowing, whiten
from app.locate.track import MOST_ROWS, Rows
from app.settings import LocateSettings, MissionSettings

FLIGHTS, FLIGHTS_QUICK = 40, 3
READINGS, READINGS_QUICK = 10_000, 3_000
SETTLED = 2_000  # readings after which no more memory may be taken
STEADY = 1.05


def run(quick: bool) -> list[Figure]:
    """With ``quick`` few seeds: within a minute, noisier."""
    return [
        *lawnmower.run(quick),
        update_time(),
        memory(READINGS_QUICK if quick else READINGS),
        *homing(FLIGHTS_QUICK if quick else FLIGHTS),
        *powder.run(DATA / powder.DATA, quick),
    ]


def _below(name: str, value: float, unit: str, goal: float, peer: str = "", peer_value: float | None = None) -> Figure:
    return Figure(name, value, unit, f"<= {goal:g}", value <= goal, peer, peer_value)


def update_time(side: int = 500, count: int = 40) -> Figure:
    """Processor time, of all threads together, to take one row of a straight track into a grid of 250 000 cells."""
    random = np.random.default_rng(1)
    ones, along = np.ones(count), np.arange(count, dtype=np.float64)
    level = (Attitude(0.0, 0.0, 0.0),) * count
    rows = Rows(
        level, along, 3.0 * along, 0.0 * ones, 40.0 * ones, random.normal(size=count), 0.0 * ones, ones, 3.0 * ones
    )
    sums = Sums(Grid.around(0.0, 0.0, 500.0, side), Omni(), 0.0, 0.0)
    whitening = whiten(rows, np.ones(count, np.bool_), 0, Shadowing(0.1, 10.0), 4.0)
    start_s = time.process_time()
    sums.add(rows, whitening, ones)
    took_ms = (time.process_time() - start_s) * 1e3 / count
    return Figure(
        f"posterior update per reading, {side} x {side} cells", took_ms, "ms", "<= 0.5", took_ms <= 0.5, limit=0.08
    )


def memory(count: int) -> Figure:
    """What a posterior holds after ``count`` readings beside what it held after the first, all over a field."""
    posterior = Posterior(LocateSettings())
    world = World(EastNorth(0.0, 0.0), Air(), 1)
    held: dict[int, int] = {}
    tracemalloc.start()
    for number in range(1, count + 1):
        lane, along = divmod(number, 200)
        place = EastNorth(-500.0 + 5.0 * (along if lane % 2 == 0 else 200 - along), -500.0 + 20.0 * lane)
        posterior.add(reading(place, 40.0, world.power_db(place, 40.0), float(number)))
        if number % 250 == 0:
            posterior.update()
            held[number] = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    most_rows = max(MOST_ROWS, SETTLED)  # rows gather until then, as they should
    grown = max(size for number, size in held.items() if number > most_rows)
    growth = grown / max(size for number, size in held.items() if number <= most_rows)
    return _below(f"posterior's memory over {count} readings, of its first {most_rows}", growth, "times", STEADY)


def homing(count: int) -> list[Figure]:
    """Closed homings from 300 - 500 m by the mission's own settings, shadowing of 4 dB alike over 10 m."""
    flights, mission = [], MissionSettings()
    for seed in range(count):
        random = np.random.default_rng(1000 + seed)
        distance_m, bearing = random.uniform(300.0, 500.0), random.uniform(0.0, math.tau)
        start = EastNorth(distance_m * math.sin(bearing), distance_m * math.cos(bearing))
        world = World(EastNorth(0.0, 0.0), Air(), seed)
        at = mission.homing_height_m, mission.homing_s, mission.goal_radius_m
        flights.append(home_in(world, Informed(), Posterior(LocateSettings()), start, *at))
    found = 100.0 * sum(flight.found for flight in flights) / count
    inside = 100.0 * sum(flight.inside_90 for flight in flights) / count
    error_m = float(np.median([flight.error_m for flight in flights]))
    took_s = float(np.median([flight.time_s for flight in flights]))
    return [
        Figure("informed homing: found within 900 s", found, "%", ">= 95", found >= 95.0),
        _below("informed homing: median error", error_m, "m", 15.0),
        Figure("informed homing: median time", took_s, "s"),
        Figure("informed homing: truth in the 90 % region", inside, "%", "85 - 95", 85.0 <= inside <= 95.0),
    ]
