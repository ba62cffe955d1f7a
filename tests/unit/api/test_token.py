import stat
import sys
from pathlib import Path

import pytest

from app.api.token import FILE_NAME, Keys, station_token
from app.errors import StoreError


def test_the_token_is_made_once_and_kept(tmp_path: Path) -> None:
    first = station_token(tmp_path / "data")
    assert len(first) == 43
    assert station_token(tmp_path / "data") == first
    assert station_token(tmp_path / "other") != first


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permission")
def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME
    station_token(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    station_token(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_damaged_token_is_replaced(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"\xff\x00short")
    assert len(station_token(tmp_path)) == 43


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="token"):
        station_token(tmp_path / "file")


def test_keys_take_the_token_and_nothing_else() -> None:
    keys = Keys("secret", 8137)
    assert keys.is_token("secret")
    assert not keys.is_token("secre")
    assert not keys.is_token("")
    assert not keys.is_token("sécret")
    assert keys.access_cookie != Keys("secret", 8138).access_cookie
    assert len({keys.access_cookie, keys.refresh_cookie, keys.csrf_cookie}) == 3
