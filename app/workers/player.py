"""The transport of a replay: how fast a recorded link is played and from where; the link worker's thread."""

from collections.abc import Callable
from concurrent.futures import Future

from app.domain.vehicle import Playback
from app.workers.connection import Connection

Ask = Callable[[Callable[[], Playback | None]], "Future[Playback | None]"]


class Player:
    """Asked from any thread; what it asks runs in the link worker."""

    def __init__(self, connection: Connection, ask: Ask, jumped: Callable[[], None]) -> None:
        """``jumped`` is called when play goes on from another place: what was heard before no longer holds."""
        self._connection, self._ask, self._jumped = connection, ask, jumped

    def playback(self) -> "Future[Playback | None]":
        """Where the replay is; None when the link is no recording."""
        return self._ask(self._connection.playback)

    def play(self, speed: float, at_s: float | None) -> "Future[Playback | None]":
        """Go on at this speed, 0 halts, from ``at_s`` or from where it is. ``NotConnected`` when nothing is played."""
        return self._ask(lambda: self._play(speed, at_s))

    def _play(self, speed: float, at_s: float | None) -> Playback:
        found = self._connection.play(speed, at_s)
        if at_s is not None:
            self._jumped()
        return found
