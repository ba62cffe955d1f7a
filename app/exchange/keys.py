"""Signing keys of links: in this computer's keyring, or where it has none in a file of its owner's; any thread.

Kept is the key of 32 bytes that a passphrase gives, never the passphrase.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Protocol

import keyring
from keyring.backends import fail, null
from keyring.errors import KeyringError, PasswordDeleteError

from app.errors import NotFound, OutOfRange, StoreError
from app.exchange.secretfile import SecretFile
from app.vehicle.signing import key_of

FILE_NAME = "signing-keys.json"
SERVICE = "kestrel signing key"
LONGEST = 1000


class KeptIn(StrEnum):
    KEYRING = "keyring"
    FILE = "file"


class Ring(Protocol):
    """What we need of the ``keyring`` package's backends."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


def system_ring() -> Ring | None:
    """This computer's keyring; None where none can be used, as on most servers."""
    found = keyring.get_keyring()
    return None if isinstance(found, fail.Keyring | null.Keyring) else found


class KeyStore:
    """The file names the links that have a key, and holds the keys themselves only where there is no keyring."""

    def __init__(self, folder: Path, find_ring: Callable[[], Ring | None]) -> None:
        """``find_ring`` is called when a keyring is first needed."""
        self._file = SecretFile(folder / FILE_NAME, "Delete it and set the keys again.")
        self._find_ring = cache(find_ring)

    def links(self) -> dict[str, KeptIn]:
        """The links that have a key, and where it is. Raises ``StoreError``."""
        return {link: KeptIn.FILE if key else KeptIn.KEYRING for link, key in sorted(self._read().items())}

    def keep(self, link: str, secret: str) -> KeptIn:
        """Keep a passphrase's key, or the key itself in 64 hex digits. Raises ``OutOfRange`` and ``StoreError``."""
        if not link.strip() or not 0 < len(secret) <= LONGEST:
            raise OutOfRange(f"A key needs a link's address and a passphrase of 1 to {LONGEST} characters.")
        key = key_of(secret).hex()
        in_ring = self._put_in_ring(link, key)
        self._file.write({**self._read(), link: "" if in_ring else key})
        return KeptIn.KEYRING if in_ring else KeptIn.FILE

    def remove(self, link: str) -> None:
        """Forget a link's key. Raises ``NotFound`` and ``StoreError``."""
        held = self._read()
        if link not in held:
            raise NotFound(f"No signing key is kept for {link!r}; kept: {', '.join(sorted(held)) or 'none'}.")
        ring = self._find_ring() if not held[link] else None
        if ring is not None:
            try:
                ring.delete_password(SERVICE, link)
            except PasswordDeleteError:
                pass  # it is gone already
            except KeyringError as error:
                raise StoreError(f"The keyring did not give up the key of {link}: {error}. Unlock it.") from error
        self._file.write({name: key for name, key in held.items() if name != link})

    def key(self, link: str) -> str:
        """The key of a link as 64 hex digits; empty when it has none.

        Raises ``StoreError`` when there is one that cannot be read: a link that is to be signed is not used unsigned.
        """
        held = self._read()
        if link not in held or held[link]:
            return held.get(link, "")
        ring = self._find_ring()
        try:
            found = ring.get_password(SERVICE, link) if ring is not None else None
        except KeyringError as error:
            raise StoreError(f"The signing key of {link} cannot be read: {error}. Unlock the keyring.") from error
        if not found:
            raise StoreError(
                f"The signing key of {link} is no longer in this computer's keyring. "
                "Set it again (kestrel keys set), or remove it (kestrel keys remove) to use the link unsigned."
            )
        return found

    def _put_in_ring(self, link: str, key: str) -> bool:
        ring = self._find_ring()
        try:
            if ring is not None:
                ring.set_password(SERVICE, link, key)
        except KeyringError:
            return False  # none that works, or locked: the file, and whoever asked is told so
        return ring is not None

    def _read(self) -> dict[str, str]:
        held = self._file.read()
        if not all(isinstance(key, str) for key in held.values()):
            raise self._file.damaged()
        return held
