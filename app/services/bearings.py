"""Bearings taken by turning, told by others or set by hand; any thread."""

import math
import threading
from collections import deque
from concurrent.futures import Future

from app.bus import Bus
from app.clock import Clock
from app.domain.bearing import Bearing, BearingSource
from app.domain.geometry import LatLon, on_earth
from app.errors import OutOfRange
from app.exchange.kraken import KrakenBearing, read_kraken
from app.locate.magnetic import declination_deg, true_bearing_deg
from app.workers.bearings import BearingWorker

MOST = 500  # kept for each target
HAND_SIGMA_DEG = 10.0


class BearingService:
    """What is known of each target's direction; the locator puts what others tell into its posterior."""

    def __init__(self, worker: BearingWorker, clock: Clock, bus: Bus) -> None:
        self._worker, self._clock, self._bus = worker, clock, bus
        self._lock = threading.Lock()
        self._bearings: dict[str, deque[Bearing]] = {}
        bus.bearing.subscribe(self._take)

    def bearings(self, target_id: str) -> tuple[Bearing, ...]:
        """Of one target, oldest first."""
        with self._lock:
            return tuple(self._bearings.get(target_id, ()))

    def turn(self, target_id: str, actor: str, directions: int = 12, radius_m: float = 0.0) -> "Future[Bearing]":
        """Turn the vehicle on the spot, or fly round a circle, and take the bearing; see ``BearingWorker.turn``."""
        return self._worker.turn(target_id, directions, radius_m, actor)

    def end_turn(self, actor: str) -> "Future[None]":
        """End the turn under way; ``Conflict`` when there is none."""
        return self._worker.ask(lambda: self._worker.cancel(actor))

    def take_last(self, target_id: str, actor: str, seconds: float = 60.0) -> "Future[Bearing]":
        """The bearing by the readings of the last seconds, in which the vehicle was turned by hand."""
        if not 1.0 <= seconds <= 600.0:
            raise OutOfRange(f"{seconds:g} s: the last 1 to 600 s can be looked at")
        return self._worker.ask(lambda: self._worker.fit(target_id, seconds, actor))

    def add(
        self, target_id: str, position: LatLon, bearing_deg: float, actor: str, sigma_deg: float = HAND_SIGMA_DEG,
        *, magnetic: bool = False, source: BearingSource = BearingSource.HAND,
    ) -> "Future[Bearing]":  # fmt: skip
        """A bearing set on the map or told by another program.

        Raises ``OutOfRange`` for what is no place or angle; the future ``NotFound`` for no target.
        """
        if not on_earth(position) or not math.isfinite(bearing_deg) or not 0.1 <= sigma_deg <= 90.0:
            raise OutOfRange("A bearing needs a place on earth, an angle and an error of 0.1 to 90 degrees")
        now_s = self._clock.now_s()
        true_deg = true_bearing_deg(bearing_deg, position, now_s) if magnetic else bearing_deg % 360.0
        fact = Bearing(
            time_s=now_s,
            target_id=target_id,
            lat_deg=position.lat_deg,
            lon_deg=position.lon_deg,
            bearing_deg=true_deg,
            sigma_deg=sigma_deg,
            ambiguous=False,
            other_deg=None,
            quality=1.0,
            source=source,
            actor=actor,
            text=f"Told by {actor}" + (" against magnetic north" if magnetic else ""),
            magnetic_deg=bearing_deg if magnetic else None,
        )
        return self._worker.ask(lambda: self._publish([fact])[0])

    def add_kraken(self, target_id: str, text: str, actor: str) -> "Future[tuple[Bearing, ...]]":
        """What KrakenSDR told, CSV or JSON. Raises ``BadFile``; the future ``NotFound`` for no target."""
        facts = [_of_kraken(one, target_id, actor) for one in read_kraken(text)]
        return self._worker.ask(lambda: self._publish(facts))

    def _publish(self, facts: list[Bearing]) -> tuple[Bearing, ...]:
        for fact in facts:
            self._worker.target(fact.target_id)
            self._bus.bearing.publish(fact)
        return tuple(facts)

    def _take(self, bearing: Bearing) -> None:
        with self._lock:
            self._bearings.setdefault(bearing.target_id, deque(maxlen=MOST)).append(bearing)


def _of_kraken(one: KrakenBearing, target_id: str, actor: str) -> Bearing:
    turn = declination_deg(one.position, one.time_s) if one.magnetic else 0.0
    return Bearing(
        time_s=one.time_s,
        target_id=target_id,
        lat_deg=one.position.lat_deg,
        lon_deg=one.position.lon_deg,
        bearing_deg=(one.bearing_deg + turn) % 360.0,
        sigma_deg=one.sigma_deg,
        ambiguous=one.mirrored,
        other_deg=None if one.other_deg is None else (one.other_deg + turn) % 360.0,
        quality=one.confidence,
        source=BearingSource.KRAKENSDR,
        actor=actor,
        text=f"KrakenSDR {one.station}".strip(),
        magnetic_deg=one.bearing_deg if one.magnetic else None,
    )
