import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from app.api import certificate
from app.errors import SettingsError, StoreError


def test_one_is_made_once_for_what_this_computer_is_called(tmp_path: Path) -> None:
    made = certificate.own(tmp_path)
    again = certificate.own(tmp_path)
    assert made == again
    assert len(made.fingerprint.split(":")) == 32
    assert made.key.stat().st_mode & 0o077 == 0
    read = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "localhost" in names.get_values_for_type(x509.DNSName)
    assert "127.0.0.1" in map(str, names.get_values_for_type(x509.IPAddress))
    assert read.not_valid_after_utc - datetime.now(UTC) > timedelta(days=800)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(made.certificate, made.key)


def test_a_new_one_is_made_when_the_old_no_longer_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = certificate.own(tmp_path)
    monkeypatch.setattr(certificate, "_names", lambda: ("127.0.0.1", "10.9.8.7"))
    second = certificate.own(tmp_path)
    assert second.fingerprint != first.fingerprint
    monkeypatch.setattr(certificate, "LEAST_DAYS", certificate.DAYS)
    assert certificate.own(tmp_path).fingerprint != second.fingerprint
    monkeypatch.undo()
    (tmp_path / certificate.KEY).write_text("cut short")
    assert certificate.own(tmp_path).key.read_bytes().startswith(b"-----BEGIN")


def test_files_that_do_not_belong_together_are_told(tmp_path: Path) -> None:
    one, two = certificate.own(tmp_path / "one"), certificate.own(tmp_path / "two")
    assert certificate.given(one.certificate, one.key) == one
    for files in ((one.certificate, two.key), (one.key, one.certificate), (tmp_path / "none", one.key)):
        with pytest.raises(SettingsError, match="cannot be used"):
            certificate.given(*files)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be kept"):
        certificate.own(tmp_path / "file")
