"""Which frames of a link are believed, by their signatures, and what is wrong with the others; the link thread."""

from collections.abc import Callable

from app.vehicle.frames import Frame
from app.vehicle.signing import Signing


class Trust:
    """Without a key everything is believed and nothing is signed. A change of what is wrong is told."""

    def __init__(self, signing: Signing | None, tell: Callable[[str, bool], None]) -> None:
        self.problem = ""
        self._signing, self._tell = signing, tell

    @property
    def signs(self) -> bool:
        return self._signing is not None

    @property
    def refused(self) -> int:
        """Frames that were not believed."""
        return self._signing.refused if self._signing is not None else 0

    def signed(self, raw: bytes) -> bytes:
        return self._signing.signed(raw) if self._signing is not None else raw

    def believes(self, frame: Frame) -> bool:
        if self._signing is None:
            return True
        believed = self._signing.takes(frame)
        if self._signing.why != self.problem:
            self.problem = self._signing.why
            self._tell(self.problem or "The vehicle's signatures are right again", not self.problem)
        return believed
