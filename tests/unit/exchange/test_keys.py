"""Signing keys: in the keyring where one works, else in a file of the owner's; never unsigned by mishap."""

import os
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked, NoKeyringError, PasswordDeleteError

from app.errors import NotFound, OutOfRange, StoreError
from app.exchange.keys import FILE_NAME, KeptIn, KeyStore
from app.vehicle.signing import key_of

LINK = "serial:/dev/ttyUSB0:57600"
SECRET = "lost and found"


class Ring:
    """A keyring in memory that can be locked."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.trouble: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        self._try()
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._try()
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._try()
        if (service, username) not in self.held:
            raise PasswordDeleteError("not there")
        del self.held[service, username]

    def _try(self) -> None:
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
def ring() -> Ring:
    return Ring()


def test_the_keyring_holds_the_key_and_the_file_only_the_links_name(ring: Ring, tmp_path: Path) -> None:
    store = KeyStore(tmp_path, lambda: ring)
    assert store.key(LINK) == ""
    assert store.keep(LINK, SECRET) is KeptIn.KEYRING
    assert store.key(LINK) == key_of(SECRET).hex()
    assert store.key("udpin:0.0.0.0:14550") == ""
    assert store.links() == {LINK: KeptIn.KEYRING}
    text = (tmp_path / FILE_NAME).read_text()
    assert SECRET not in text
    assert store.key(LINK) not in text
    store.remove(LINK)
    assert (store.links(), ring.held) == ({}, {})


def test_without_a_keyring_a_file_that_others_cannot_read(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "new", lambda: None)
    assert store.keep(LINK, SECRET) is KeptIn.FILE
    assert store.keep("tcp:127.0.0.1:5760", "ab" * 32) is KeptIn.FILE
    assert store.key("tcp:127.0.0.1:5760") == "ab" * 32
    file = tmp_path / "new" / FILE_NAME
    assert SECRET not in file.read_text()
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
        file.chmod(0o644)
        assert KeyStore(tmp_path / "new", lambda: None).key(LINK) == key_of(SECRET).hex()
        assert file.stat().st_mode & 0o777 == 0o600
    store.remove(LINK)
    assert list(store.links()) == ["tcp:127.0.0.1:5760"]


@pytest.mark.parametrize("trouble", [NoKeyringError("none"), KeyringLocked("locked")])
def test_a_keyring_that_does_not_work_is_no_keyring(ring: Ring, trouble: Exception, tmp_path: Path) -> None:
    ring.trouble = trouble
    store = KeyStore(tmp_path, lambda: ring)
    assert store.keep(LINK, SECRET) is KeptIn.FILE
    assert store.key(LINK) == key_of(SECRET).hex()


def test_a_key_that_cannot_be_read_is_an_error_and_not_an_unsigned_link(ring: Ring, tmp_path: Path) -> None:
    store = KeyStore(tmp_path, lambda: ring)
    store.keep(LINK, SECRET)
    ring.trouble = KeyringLocked("locked")
    with pytest.raises(StoreError, match="Unlock"):
        store.key(LINK)
    with pytest.raises(StoreError, match="Unlock"):
        store.remove(LINK)
    ring.trouble = None
    ring.held.clear()
    with pytest.raises(StoreError, match="no longer"):
        store.key(LINK)
    with pytest.raises(StoreError, match="no longer"):
        KeyStore(tmp_path, lambda: None).key(LINK)
    store.remove(LINK)
    assert store.key(LINK) == ""


def test_wrong_use_is_told(tmp_path: Path) -> None:
    store = KeyStore(tmp_path, lambda: None)
    for link, secret in ((LINK, ""), ("", SECRET), (LINK, "x" * 1001)):
        with pytest.raises(OutOfRange):
            store.keep(link, secret)
    with pytest.raises(NotFound, match="kept: none"):
        store.remove(LINK)


@pytest.mark.parametrize("damage", ["{", "[]", '{"a": 1}', "\xff"])
def test_a_damaged_file_is_told(damage: str, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(damage, encoding="latin-1")
    with pytest.raises(StoreError, match="damaged"):
        KeyStore(tmp_path, lambda: None).key(LINK)
