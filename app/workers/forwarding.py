"""Other ground stations on the same vehicle: what it says goes to them, what they may say goes to it; link thread."""

from collections.abc import Callable, Iterable

from app.errors import AppError
from app.ports import Wire
from app.settings import ForwardSettings
from app.vehicle.frames import FrameReader
from app.vehicle.relaying import Relay, passes
from app.workers.retry import Retry

FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 30.0  # true time
MOST_READS = 20  # of one endpoint in a step, so that none keeps the others waiting


class Endpoint:
    """One of them: a wire that is opened again whenever it breaks, and how much may come from it."""

    def __init__(self, settings: ForwardSettings, open_wire: Callable[[str], Wire], tell: Callable[[str, bool], None]):
        self.relay = Relay(settings.relay)
        self._url, self._open_wire = settings.url, open_wire
        self._wire: Wire | None = None
        self._reader = FrameReader()
        self._retry = Retry(FIRST_RETRY_S, LONGEST_RETRY_S, tell)

    def write(self, raw: bytes) -> None:
        """Send a frame there; one that cannot be sent is lost."""
        wire = self._opened()
        if wire is not None:
            try:
                wire.write(raw)
            except AppError as error:
                self._broke(str(error))

    def read(self) -> bytes:
        """What has come from there."""
        parts = []
        for _ in range(MOST_READS):
            wire = self._opened()
            if wire is None:
                break
            try:
                came = wire.read(0.0)
            except AppError as error:
                self._broke(str(error))
                break
            if came is None:
                break
            parts.append(came.data)
        return b"".join(parts)

    def frames(self, steering: bool, vehicles: Iterable[int]) -> list[bytes]:
        """Frames from there that may go on to the vehicle; what claims to come from a vehicle may not."""
        found = []
        for frame in self._reader.feed(self.read()):
            foreign = frame.system not in vehicles
            if foreign and passes(frame.message, self.relay, steering):
                found.append(frame.raw)
        return found

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def _opened(self) -> Wire | None:
        if self._wire is None and self._retry.is_due:
            try:
                wire = self._open_wire(self._url)
                wire.open()
            except AppError as error:
                self._broke(str(error))
                return None
            self._wire, self._reader = wire, FrameReader()
            self._retry.mended(f"Forwarding to {self._url} works again")
        return self._wire

    def _broke(self, why: str) -> None:
        self.close()
        self._retry.broke(f"Nothing is forwarded to {self._url}: {why}")


class Forwarding:
    """All endpoints. Every frame of the vehicle and of this station goes to each of them."""

    def __init__(
        self,
        settings: Iterable[ForwardSettings],
        open_wire: Callable[[str], Wire],
        tell: Callable[[str, bool], None],
    ) -> None:
        self._endpoints = [Endpoint(one, open_wire, tell) for one in settings]

    def spread(self, raws: list[bytes]) -> None:
        """Frames, one by one, to all."""
        for endpoint in self._endpoints:
            for raw in raws:
                endpoint.write(raw)

    def gather(self, steering: bool, vehicles: Iterable[int]) -> list[bytes]:
        """What may go from all of them to the vehicle. ``steering``: this station has a motion in force."""
        known = tuple(vehicles)
        return [raw for endpoint in self._endpoints for raw in endpoint.frames(steering, known)]

    def close(self) -> None:
        for endpoint in self._endpoints:
            endpoint.close()
