"""Where the station is reached by others: told by its API while that runs; any thread."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """An address that opens in a browser; ``fingerprint`` is SHA-256 of the certificate, empty without TLS."""

    url: str
    fingerprint: str
    open_to_network: bool  # False: this computer alone

    def pairing_url(self, code: str) -> str:
        """What another device opens to sign in with a code, which browsers send to nobody in this part."""
        return f"{self.url}#pair={code}"


class ReachService:
    """Holds the place; the API alone changes it."""

    def __init__(self) -> None:
        self._place: Place | None = None

    def place(self) -> Place | None:
        """None while the API does not run."""
        return self._place

    def opened(self, place: Place) -> None:
        self._place = place

    def closed(self) -> None:
        self._place = None
