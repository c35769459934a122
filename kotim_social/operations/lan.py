"""Serving the other machines of one office's network: their way here, and a certificate of its own.

`python -m kotim_social.operations.lan` prints the hosts that `./run --lan` may be asked as.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Browsers refuse a certificate of more than 398 days.
VALID_FOR, REMADE_BEFORE = timedelta(days=397), timedelta(days=30)
# A clock that runs behind must not take it for one of tomorrow.
CLOCK_SKEW = timedelta(days=1)
HERE = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Certificate:
    """Where certificate and key lie (PEM), and the SHA-256 that a browser shows of it."""

    certificate: Path
    key: Path
    fingerprint: str


def addresses() -> list[str]:
    """IPv4 addresses by which other machines reach this one, in a lasting order."""
    found = {
        address.address
        for interface in psutil.net_if_addrs().values()
        for address in interface
        if address.family == socket.AF_INET
    }
    return sorted(address for address in found if _is_of_a_network(address))


def _is_of_a_network(address: str) -> bool:
    parsed = ip_address(address)
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)


def hosts() -> list[str]:
    """Every name and address that this machine answers to; the first is for other machines."""
    return [*addresses(), socket.gethostname().lower(), *HERE]


def certificate(names: Sequence[str], folder: Path) -> Certificate:
    """The certificate for these names: the one in the folder, or a new one.

    It is made anew when the machine has got another address, and a month before it ends.
    """
    at = Certificate(folder / "certificate.pem", folder / "key.pem", "")
    known = _read(at.certificate) if at.key.exists() else None
    if known is None or _names_of(known) != set(names) or _ends_soon(known):
        known = _make(names, at)
    return Certificate(at.certificate, at.key, known.fingerprint(hashes.SHA256()).hex(":").upper())


def _read(path: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _names_of(known: x509.Certificate) -> set[str]:
    names = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    found: Iterable[object] = (
        *names.get_values_for_type(x509.DNSName),
        *names.get_values_for_type(x509.IPAddress),
    )
    return {str(name) for name in found}


def _ends_soon(known: x509.Certificate) -> bool:
    return known.not_valid_after_utc - REMADE_BEFORE < datetime.now(UTC)


def _make(names: Sequence[str], at: Certificate) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    # What it is for is told to everybody on the network: nothing of the office stands in it.
    title = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kotim Social")])
    made = (
        x509.CertificateBuilder()
        .subject_name(title)
        .issuer_name(title)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now - CLOCK_SKEW + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .sign(key, hashes.SHA256())
    )
    at.key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    at.key.touch(mode=0o600)
    at.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    at.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return made


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


if __name__ == "__main__":
    print(",".join(hosts()))  # noqa: T201
