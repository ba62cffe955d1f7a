"""The station's own TLS certificate, made on first use and again when it no longer fits; any thread.

It is self-signed: a browser asks once whether to trust it, and what it shows then is compared with the fingerprint
that the station tells.
"""

import contextlib
import ipaddress
import os
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.errors import SettingsError, StoreError
from app.exchange.secretfile import OWNER_ONLY

DAYS = 825  # the longest that Apple's systems take
LEAST_DAYS = 30  # left, else a new one is made
CERTIFICATE, KEY = "tls-certificate.pem", "tls-key.pem"


@dataclass(frozen=True, slots=True)
class Identification:
    """The files of a certificate and its key; ``fingerprint`` is the SHA-256 that browsers show."""

    certificate: Path
    key: Path
    fingerprint: str


def given(certificate: Path, key: Path) -> Identification:
    """A certificate of the operator's. Raises ``SettingsError`` when the two files do not work together."""
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key, password=_no_password)
        return Identification(certificate, key, _fingerprint(x509.load_pem_x509_certificate(certificate.read_bytes())))
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The certificate {certificate} and the key {key} cannot be used: {error}. Both are PEM files, the key "
            f"without a password; api.certificate and api.key name them."
        ) from error


def own(folder: Path) -> Identification:
    """The one kept in ``folder``, if it covers what this computer is called today and lasts; else a new one.

    Raises ``StoreError`` when it cannot be kept.
    """
    certificate, key = folder / CERTIFICATE, folder / KEY
    names = _names()
    if (kept := _kept(certificate, key, names)) is not None:
        return kept
    made, secret = _made(names)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        key.unlink(missing_ok=True)
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
            file.write(secret)
        certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    except OSError as error:
        raise StoreError(f"The TLS key {key} cannot be kept: {error.strerror}. Free or open that folder.") from error
    return Identification(certificate, key, _fingerprint(made))


def _no_password() -> str:
    raise ValueError("the key has a password")


def _names() -> tuple[str, ...]:
    """What this computer may be called: names and addresses."""
    host = socket.gethostname().partition(".")[0]
    found = {"localhost", host, f"{host}.local", "127.0.0.1", "::1"}
    for addresses in psutil.net_if_addrs().values():
        for one in addresses:
            with contextlib.suppress(ValueError):
                found.add(str(ipaddress.ip_address(one.address.partition("%")[0])))
    return tuple(sorted(name for name in found if name))


def _kept(certificate: Path, key: Path, names: tuple[str, ...]) -> Identification | None:
    try:
        found = given(certificate, key)
        read = x509.load_pem_x509_certificate(certificate.read_bytes())
        covered = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, SettingsError, x509.ExtensionNotFound):
        return None
    addresses = {str(one) for one in covered.get_values_for_type(x509.IPAddress)}
    covers = addresses | set(covered.get_values_for_type(x509.DNSName)) >= set(names)
    lasts = read.not_valid_after_utc - datetime.now(UTC) > timedelta(days=LEAST_DAYS)
    return found if covers and lasts else None


def _made(names: tuple[str, ...]) -> tuple[x509.Certificate, bytes]:
    """A certificate for the names, and its key as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kestrel ground station")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([_general(one) for one in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made, secret


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()
