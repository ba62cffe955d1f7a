"""Where one target may be: the Bayesian posterior of all its readings; pure, one thread adds and asks."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.bearing import Bearing
from app.domain.geometry import LatLon, LocalPlane
from app.domain.radio import Reading
from app.domain.sarsat406.message import Decoded
from app.locate.admission import Admission, Gatekeeper, measured
from app.locate.antenna import antenna_for
from app.locate.emitters import Emitters, emitters
from app.locate.fit import path_term_db
from app.locate.frames import FEWEST_ROWS, Frames, View, Work
from app.locate.rays import Hearsay
from app.locate.shadowing import Shadowing, Whitening, candidates, whiten
from app.locate.track import Rows, Silence, Track
from app.settings import LocateSettings

OUTLIER = 2.5  # standard deviations from which on a row counts less
PLACES_FOR_TRUST = 24
CLEARLY_BETTER = 2.0  # nats by which another covariance must explain the readings better
RECOUNT = 1.2  # times the rows at which emitters are counted again
AS_SET = 3.0  # nats in favour of the covariance of the settings


@dataclass(frozen=True, slots=True, eq=False)
class Hypotheses:
    """Places drawn from the posterior with equal probability, each with the parameters that go with it; shape (n,)."""

    east_m: NDArray[np.float64]
    north_m: NDArray[np.float64]
    exponent: NDArray[np.float64]
    reference_db: NDArray[np.float64]  # power at 100 m

    def predict_db(
        self, east_m: NDArray[np.float64], north_m: NDArray[np.float64], up_m: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Power at k places under each hypothesis, without antenna gain, shape (k, n); ``up_m`` to the beacon."""
        square = (self.east_m - east_m[:, None]) ** 2 + (self.north_m - north_m[:, None]) ** 2 + (up_m**2)[:, None]
        predicted: NDArray[np.float64] = self.reference_db + self.exponent * path_term_db(square.astype(np.float32))
        return predicted


class Posterior:
    """Everything one target's readings say about its place.

    ``add`` takes readings as they come; ``update`` works off what has gathered, best some 2 times a second. Thinned
    readings are kept, so grids, weights and the covariance of the errors can be made anew at any time.
    """

    def __init__(self, settings: LocateSettings) -> None:
        self.settings = settings
        self.antenna = antenna_for(settings.antenna)
        self._gatekeeper = Gatekeeper()
        self._models = candidates(settings.correlation_m)
        self._forget()

    def _forget(self) -> None:
        self.plane: LocalPlane | None = None
        self.track = Track(float(np.clip(self.settings.correlation_m / 3.0, 2.0, 10.0)), self.antenna.directional)
        self.model: Shadowing = self._models[0]
        self.variance_db2 = self.settings.sigma_db**2
        self.view: View | None = None
        self._silence = Silence()
        self._frames: Frames | None = None
        self.hearsay = Hearsay()
        self._whitening = Whitening.none()
        self._trust = np.zeros(0)
        self._chosen_at = self._rewritten = 0
        self._emitters: tuple[int, Emitters | None] = (0, None)  # and for how many rows
        self._stale = True
        self.noise_db: float | None = None  # of the newest reading that was heard, as its power

    @property
    def refused(self) -> int:
        """Readings that were no numbers or no place on earth."""
        return self._gatekeeper.refused

    def add(self, reading: Reading) -> bool:
        """Take a reading; False when it is refused. Several in a row from far away begin a new posterior there."""
        admission = self._gatekeeper.judge(reading, self.plane)
        if admission is Admission.REFUSED:
            return False
        if admission is Admission.MOVED:
            self._forget()
        if self.plane is None:
            self.plane = LocalPlane(LatLon(reading.lat_deg, reading.lon_deg))
            self.hearsay.begin(self.plane)
        one = measured(reading, self.plane)
        if reading.level.heard:
            self.track.add(one)
            self._silence.heard(one)
            self.noise_db = one.power_db - reading.level.snr_db
        else:
            self._silence.add(one)
        self._stale = True
        return True

    def add_told(self, fact: Bearing | Decoded) -> bool:
        """Take a bearing told by others, or the position that the beacon sent; False where it says nothing.

        A bearing of our own antenna's turns is not to be added: its readings, each with the antenna's gain, say it
        already.
        """
        self._stale |= (taken := self.hearsay.add(fact, self.plane))
        return taken

    def close(self) -> None:
        """Make the last readings a row, too: nothing more is to come."""
        self.track.close()
        self._stale = True

    def update(self) -> None:
        """Work the rows closed since the last time into the grids, then lay these anew where that is better."""
        rows = self.track.rows()
        if len(rows) == 0 or not self._stale:
            return
        self._stale = False
        frames = self._frames
        if frames is None or self.track.rewritten != self._rewritten:
            self._rewritten = self.track.rewritten
            frames = self._lay_again(rows)
        elif len(rows) > len(self._trust):
            self._append(rows, frames)
        view = self._look(frames)
        if len(rows) >= max(2 * FEWEST_ROWS, 1.3 * self._chosen_at) and self._choose_model(rows, frames):
            view = self._look(self._lay_again(rows))
        for _ in range(3):
            if not frames.reframe(view, self._all(rows)):
                break
            view = self._look(frames)

    def hypotheses(self, count: int) -> Hypotheses | None:
        """``count`` places spread evenly over the posterior (systematic sampling); None before anything was heard."""
        if self.view is None:
            return None
        held = np.cumsum(self.view.mass.ravel())
        at = np.searchsorted(held, (np.arange(count) + 0.5) / count * held[-1])
        return self._places(self.view, np.minimum(at, held.size - 1))

    def residual_db(self, rows: Rows, places: Hypotheses) -> NDArray[np.float64]:
        """Power of each row less what each hypothesis predicts, shape (rows, hypotheses)."""
        up = self.settings.beacon_height_m - rows.height_m
        predicted = places.predict_db(rows.east_m, rows.north_m, up)
        if self.antenna.directional:
            for i, attitude in enumerate(rows.attitudes):
                east = (places.east_m - rows.east_m[i]).astype(np.float32)
                north = (places.north_m - rows.north_m[i]).astype(np.float32)
                predicted[i] += self.antenna.gain_db(east, north, float(up[i]), attitude)
        residual: NDArray[np.float64] = rows.power_db[:, None] - predicted
        return residual

    def emitters(self) -> Emitters | None:
        """How many emitters explain the rows, as it was found when there were at most a fifth fewer of them."""
        rows, (known, found) = self.track.rows(), self._emitters
        if not known <= len(rows) <= RECOUNT * known:
            apart_m = max(self.settings.correlation_m, 2.0 * self.model.length_m * (1.0 - self.model.nugget))
            found = emitters(rows, self.settings.beacon_height_m, apart_m, self.antenna)
            self._emitters = len(rows), found
        return found

    def trusted(self) -> NDArray[np.bool_]:
        """Which of the rows worked in are no outliers, shape (rows,)."""
        trusted: NDArray[np.bool_] = self._trust > 0.5
        return trusted

    def _places(self, view: View, cells: NDArray[np.intp]) -> Hypotheses:
        surface = view.surface
        row, column = np.divmod(cells, surface.grid.side)
        return Hypotheses(
            surface.grid.east_m()[column].astype(np.float64),
            surface.grid.north_m()[row].astype(np.float64),
            surface.exponent.ravel()[cells].astype(np.float64),
            surface.reference_db.ravel()[cells].astype(np.float64) + float(self.track.rows().power_db[0]),
        )

    def _all(self, rows: Rows) -> Work:
        return Work(rows, self._whitening, self._trust)

    def _append(self, rows: Rows, frames: Frames) -> None:
        known = len(self._trust)
        trusted = np.concatenate([self.trusted(), np.ones(len(rows) - known, np.bool_)])
        later = whiten(rows, trusted, known, self.model, self.settings.sigma_db)
        trust = self._trust_in(rows, later)
        self._trust = np.concatenate([self._trust, trust])
        self._whitening = self._whitening.followed_by(later)
        frames.append(Work(rows, later, trust))

    def _lay_again(self, rows: Rows) -> Frames:
        """All sums from the rows; each row's trust is judged again by what is known now."""
        first = whiten(rows, np.ones(len(rows), np.bool_), 0, self.model, self.settings.sigma_db)
        self._trust = self._trust_in(rows, first)
        self._whitening = whiten(rows, self.trusted(), 0, self.model, self.settings.sigma_db)
        if self._frames is None:
            self._frames = Frames(self.settings, self.antenna, self._all(rows))
        else:
            self._frames.lay_again(self._all(rows))
        return self._frames

    def _look(self, frames: Frames) -> View:
        frames.told = self.hearsay.evidence
        self.view = frames.look(self._silence.places(), self.variance_db2)
        self.variance_db2 = float(self.view.surface.variance_db2.ravel()[self.view.peak])
        return self.view

    def _trust_in(self, rows: Rows, whitening: Whitening) -> NDArray[np.float64]:
        """Weight of each row of ``whitening``: 1, less where no likely place explains it."""
        places = self.hypotheses(PLACES_FOR_TRUST)
        if places is None or len(rows) < 2 * FEWEST_ROWS:
            return np.ones(len(whitening.scale))
        white = whitening.apply(self.residual_db(rows, places)) / math.sqrt(self.variance_db2)
        least = np.abs(white).min(axis=1)
        trust: NDArray[np.float64] = np.minimum(1.0, (OUTLIER / np.maximum(least, 1e-6)) ** 2)
        return trust

    def _choose_model(self, rows: Rows, frames: Frames) -> bool:
        """Take the covariance that explains the readings best; changed, True, only when clearly better."""
        self._chosen_at = len(rows)
        everything = self.trusted()
        score = {}
        for model in self._models:
            whitening = whiten(rows, everything, 0, model, self.settings.sigma_db)
            evidence = frames.log_evidence(Work(rows, whitening, self._trust), self.variance_db2)
            score[model] = evidence + (AS_SET if model is self._models[0] else 0.0)
        best = max(score, key=lambda model: score[model])
        if score[best] <= score[self.model] + CLEARLY_BETTER:
            return False
        self.model = best
        return True
