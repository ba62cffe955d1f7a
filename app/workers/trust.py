"""Which frames of a link are believed, by their signatures, and what is wrong with the others; the link thread."""

from collections.abc import Callable

from app.vehicle.frames import Frame
from app.vehicle.signing import Signing, key_of


class Trust:
    """Without a key everything is believed and nothing is signed. A change of what is wrong is told."""

    def __init__(
        self,
        secret_of: Callable[[str], str],
        make_signing: Callable[[bytes], Signing],
        tell: Callable[[str, bool], None],
    ) -> None:
        """``secret_of`` gives the key of a link, by its address, as the settings have one; empty: it has none."""
        self.problem = ""
        self._secret_of, self._make_signing, self._tell = secret_of, make_signing, tell
        self._key: bytes | None = None
        self._signing: Signing | None = None

    def use(self, link: str) -> None:
        """Sign and judge this link from now on. Raises ``StoreError`` when it has a key that cannot be read."""
        secret = self._secret_of(link)
        key = key_of(secret) if secret else None
        if key == self._key:
            return  # and what was heard with it may still not be heard again
        self._key, self.problem = key, ""
        self._signing = self._make_signing(key) if key is not None else None

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
