"""Real RSSI with known truth: POWDER's handhelds at 462.7 MHz, leave-one-day-out; the main thread.

The exponent, each receiver's SNR at 100 m, the shadowing and how much wider it must be taken for regions that hold are
learned on all other days; then each row, one transmission heard by 5 to 25 receivers at once, is located by itself.
Peers, on the same readings: the best receiver, a centroid, and least squares on the same learned path loss. -101 dB
is a receiver that was switched off, not one that heard nothing: it is so for whole days, near the transmitter too.
"""

import ast
import csv
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from app.bench.figures import Figure
from app.bench.trials import interval
from app.bench.worlds import PLANE, holds, reading
from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.exchange.readings import no_place
from app.locate.posterior import Posterior
from app.locate.summary import estimate
from app.settings import LocateSettings

DATA = Path("localization") / "powder_frs"
HOME = LatLon(40.766, -111.841)  # the middle of the campus
FEWEST = 5  # receivers that heard it
NEAREST_M = 20.0  # transmitter to antenna: they stand on roofs
FEWEST_TO_LEARN = 30  # receptions, more signal than noise
LEARN_EACH = 4  # of so many rows, seconds apart, one is learned from
EXPONENT_SD = 0.3
WIDENINGS, EACH_TO_WIDEN, LARGEST_SIGMA_DB = (1.0, 1.25, 1.5, 1.75, 2.0), 64, 15.0
CORRELATION_M = 100.0  # of shadowing: the antennas of a building share it
HEARD_DB = 3.0
NOISE_PERCENTILE, FEWEST_FOR_NOISE = 2.0, 20
EACH, EACH_QUICK = 8, 160  # of so many transmissions one is located
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Transmission:
    """One row: who heard it, how far above its own noise and where; and where it was, metres: (n,), (n, 2), (2,)."""

    day: str
    truth: Floats
    receivers: tuple[str, ...]
    places: Floats
    above_db: Floats  # power over the receiver's noise of that day, the noise still in it

    @property
    def snr_db(self) -> Floats:
        """Without the noise; very low where there is nothing else."""
        snr: Floats = 10.0 * np.log10(np.maximum(10.0 ** (self.above_db / 10.0) - 1.0, 1e-3))
        return snr


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """From all other days: the SNR of each receiver at 100 m, the exponent, and the shadowing."""

    snr_db: dict[str, float]
    usual_db: float
    exponent: float
    sigma_db: float

    def offset_db(self, one: Transmission) -> Floats:
        """What each receiver hears at 100 m; one that is not known is taken for a usual one."""
        return np.array([self.snr_db.get(name, self.usual_db) for name in one.receivers])


def run(data: Path, quick: bool) -> list[Figure]:
    """Median and 90th percentile of the error beside the peers', and how often the truth is in the 90 % region.

    Nothing, with a word about it, where the recordings are not.
    """
    if not (data / "single_tx.csv").is_file():
        sys.stderr.write(f"kestrel: no recordings at {data}: the figures of POWDER are left out\n")
        return []
    rows = transmissions(data)
    errors: dict[str, list[float]] = {name: [] for name in ("Kestrel", *PEERS)}
    held = tried = 0
    for day in sorted({row.day for row in rows}):
        others = [row for row in rows if row.day != day]
        learned = learn(others)
        learned = replace(learned, sigma_db=learned.sigma_db * widening(others))
        for row in [row for row in rows if row.day == day][:: EACH_QUICK if quick else EACH]:
            error_m, holding = locate(row, learned)
            errors["Kestrel"].append(error_m)
            held, tried = held + holding, tried + 1
            for name, peer in PEERS.items():
                errors[name].append(float(np.hypot(*(peer(row, learned) - row.truth))))
    inside = 100.0 * held / tried
    low, high = interval(held, tried)
    return [
        *_beside(errors, "median", 50.0),
        *_beside(errors, "p90", 90.0),
        Figure(
            f"POWDER, {tried} transmissions: truth in the 90 % region",
            inside,
            "%",
            "85 - 95",
            85.0 <= inside <= 95.0,
            interval=(100.0 * low, 100.0 * high),
        ),
    ]


def transmissions(data: Path) -> list[Transmission]:
    """The rows with receptions by at least ``FEWEST`` receivers, on the plane at ``HOME``.

    A receiver's noise is what it reports at the least of a day: it needs no transmitter's place, as every receiver
    knows its own. Levels over it compare between days and between receivers (gains changed by up to 37 dB).
    """
    fixed = ast.literal_eval((data / "location_coordinates.json").read_text(encoding="utf-8"))
    with (data / "single_tx.csv").open(encoding="utf-8", newline="") as file:
        rows = [_row(one, fixed) for one in csv.DictReader(file)]
    found: list[Transmission] = []
    for day in sorted({row.day for row in rows}):
        found += _above_noise([row for row in rows if row.day == day])
    return [row for row in found if len(row.receivers) >= FEWEST]


def _above_noise(rows: Sequence[Transmission]) -> list[Transmission]:
    """The rows of one day with powers over noise, without receivers that are heard of too seldom to know it."""
    names, power_db = (
        np.concatenate([row.receivers for row in rows]),
        np.concatenate([row.above_db for row in rows]),
    )
    noise_db = {
        name: float(np.percentile(power_db[names == name], NOISE_PERCENTILE))
        for name in np.unique(names)
        if (names == name).sum() >= FEWEST_FOR_NOISE
    }
    found = []
    for row in rows:
        use = np.array([name in noise_db for name in row.receivers], np.bool_)
        used = tuple(name for name in row.receivers if name in noise_db)
        above_db = row.above_db[use] - np.array([noise_db[name] for name in used])
        found.append(replace(row, receivers=used, places=row.places[use], above_db=above_db))
    return found


def learn(rows: Sequence[Transmission]) -> Learned:
    """One exponent and an SNR at 100 m for each receiver: robust least squares, noise and signal together."""
    rows = rows[::LEARN_EACH]
    known, which = np.unique(np.concatenate([row.receivers for row in rows]), return_inverse=True)
    path = np.concatenate([path_db(row.places, row.truth) for row in rows])
    above = np.concatenate([row.above_db for row in rows])

    def model(guess: Floats) -> tuple[Floats, Floats]:
        """What is expected of each reception, and the signal's share in it."""
        signal = 10.0 ** ((guess[1 + which] + guess[0] * path) / 10.0)
        return 10.0 * np.log10(signal + 1.0), signal / (signal + 1.0)

    def slope(guess: Floats) -> Floats:
        share = model(guess)[1]
        table = np.zeros((len(above), len(guess)))
        table[:, 0], table[np.arange(len(above)), 1 + which] = share * path, share
        return table

    def rest(guess: Floats) -> Floats:
        missed: Floats = model(guess)[0] - above
        return missed

    begun = np.array([3.0, *np.full(len(known), 40.0)])
    found = optimize.least_squares(rest, begun, slope, loss="soft_l1", f_scale=4.0)
    expected, share = model(found.x)
    enough = np.bincount(which, share > 0.5) >= FEWEST_TO_LEARN
    offset = found.x[1:][enough]
    sigma_db = float(np.std((above - expected)[(share > 0.5) & enough[which]]))
    kept = dict(zip(known[enough].tolist(), offset.tolist(), strict=True))
    return Learned(kept, float(np.median(offset)), float(found.x[0]), sigma_db)


def widening(rows: Sequence[Transmission]) -> float:
    """By how much the shadowing must be taken larger so that regions hold what they say; each day left out in turn.

    In a town receptions are wrong together: their scatter alone promises too much.
    """
    held, tried = dict.fromkeys(WIDENINGS, 0), 0
    for day in sorted({row.day for row in rows}):
        learned = learn([row for row in rows if row.day != day])
        for row in [row for row in rows if row.day == day][::EACH_TO_WIDEN]:
            tried += 1
            for wide in WIDENINGS:
                held[wide] += locate(row, replace(learned, sigma_db=learned.sigma_db * wide))[1]
    return next((wide for wide in WIDENINGS if held[wide] >= 0.9 * tried), WIDENINGS[-1])


def path_db(places: Floats, point: Floats) -> Floats:
    """-10 log10(d / 100 m), shape (receivers,)."""
    distance_m = np.hypot(*(places - point).T)
    loss: Floats = -10.0 * np.log10(np.maximum(distance_m, NEAREST_M) / 100.0)
    return loss


def strongest(row: Transmission, learned: Learned) -> Floats:
    """Where the receiver is that heard it best, as it would be without learning."""
    del learned
    place: Floats = row.places[np.argmax(row.above_db)]
    return place


def centroid(row: Transmission, learned: Learned) -> Floats:
    """Of the receivers, weighted by amplitude."""
    weight = 10.0 ** ((row.above_db - row.above_db.max()) / 20.0)
    del learned
    middle: Floats = weight @ row.places / weight.sum()
    return middle


def least_squares(row: Transmission, learned: Learned) -> Floats:
    """The place whose path loss fits best what was learned, the power free, over a grid of 25 m."""
    heard = _heard(row)
    axis = np.arange(-2000.0, 2000.1, 25.0)
    east, north = (side.ravel() for side in np.meshgrid(axis, axis))
    places, power_db = row.places[heard], (row.snr_db - learned.offset_db(row))[heard]
    distance_m = np.hypot(east[:, None] - places[:, 0], north[:, None] - places[:, 1])
    rest = power_db + learned.exponent * 10.0 * np.log10(np.maximum(distance_m, NEAREST_M) / 100.0)
    best = int(np.argmin(rest.var(axis=1)))
    return np.array([east[best], north[best]])


def _heard(row: Transmission) -> NDArray[np.bool_]:
    """Which receivers heard more than their noise: those above ``HEARD_DB``, three at least."""
    third_db = np.sort(row.snr_db)[-3]
    heard: NDArray[np.bool_] = row.snr_db >= min(HEARD_DB, float(third_db))
    return heard


PEERS: dict[str, Callable[[Transmission, Learned], Floats]] = {
    "strongest receiver": strongest,
    "centroid": centroid,
    "least squares": least_squares,
}


def locate(row: Transmission, learned: Learned) -> tuple[float, bool]:
    """Error of the posterior's mode, metres, and whether the 90 % region holds the truth."""
    settings = LocateSettings(
        exponent=learned.exponent,
        exponent_sd=EXPONENT_SD,
        sigma_db=float(np.clip(learned.sigma_db, 0.5, LARGEST_SIGMA_DB)),
        correlation_m=CORRELATION_M,
        beacon_height_m=-NEAREST_M,
    )
    heard, posterior, offset_db = _heard(row), Posterior(settings), learned.offset_db(row)
    power_db = np.where(heard, row.snr_db, HEARD_DB) - offset_db
    truth = EastNorth(*row.truth.tolist())
    for number, at in enumerate(np.argsort(np.where(heard, -power_db, np.inf))):
        place, snr_db = EastNorth(*row.places[at].tolist()), float(row.snr_db[at])
        posterior.add(reading(place, 0.0, float(power_db[at]), 10.0 * number, bool(heard[at]), snr_db))
    posterior.close()
    said = estimate(posterior, "", 0.0)
    if said is None:
        return math.inf, False
    return (PLANE.to_plane(said.mode) - truth).length_m, holds(said, truth)


def _beside(errors: dict[str, list[float]], name: str, share: float) -> list[Figure]:
    own, *others = (float(np.percentile(errors[who], share)) for who in errors)
    return [
        Figure(f"POWDER, {len(errors['Kestrel'])} transmissions: {name} error", own, "m", f"<= {other:.0f}",
               own <= other, who, other)
        for who, other in zip(PEERS, others, strict=True)
    ]  # fmt: skip


def _row(one: dict[str, str], fixed: dict[str, tuple[float, float] | None]) -> Transmission:
    """A receiver that moves has columns of its place; -101 and -1 mean that it heard nothing."""
    heard: list[tuple[str, float, Floats]] = []
    for name, place in fixed.items():
        rss_db = float(one[name if place else f"{name}_rss"])
        lat, lon = place or (float(one[f"{name}_x"]), float(one[f"{name}_y"]))
        if rss_db not in {-101.0, -1.0} and math.isfinite(rss_db) and not no_place(lat, lon):
            heard.append((name, rss_db, _plane(lat, lon)))
    truth = _plane(float(one["tx_x_coord"]), float(one["tx_y_coord"]))
    names, rss, places = zip(*heard, strict=True) if heard else ((), (), ())
    return Transmission(one["timestamp"][:10], truth, names, np.array(places).reshape(-1, 2), np.array(rss))


def _plane(lat_deg: float, lon_deg: float) -> Floats:
    at = LocalPlane(HOME).to_plane(LatLon(lat_deg, lon_deg))
    return np.array([at.east_m, at.north_m])
