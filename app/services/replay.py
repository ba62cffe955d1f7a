"""A recorded link played as if the vehicle flew now: speed, halt, any place in it; any thread."""

from concurrent.futures import Future

from app.domain.vehicle import Playback
from app.errors import OutOfRange
from app.workers.player import Player

SLOWEST, FASTEST = 0.25, 10.0


class ReplayService:
    """The recording itself is opened as any link is: ``tlog:FILE``."""

    def __init__(self, player: Player) -> None:
        self._player = player

    def playback(self) -> "Future[Playback | None]":
        """Where the replay is; None when the link is no recording."""
        return self._player.playback()

    def play(self, speed: float, at_s: float | None = None) -> "Future[Playback | None]":
        """Go on at ``speed`` times true time, 0 halts; from ``at_s`` after the beginning, or from where it is.

        Raises ``OutOfRange``, and ``NotConnected`` by the future when the link is no recording or it has ended.
        """
        if speed != 0.0 and not SLOWEST <= speed <= FASTEST:
            raise OutOfRange(f"A recording is played at {SLOWEST:g} to {FASTEST:g} times true time, or halted by 0.")
        if at_s is not None and not 0.0 <= at_s < 1e7:
            raise OutOfRange(f"{at_s} s is no place in a recording.")
        return self._player.play(speed, at_s)
