"""`./run --lan`: other machines of the office's network reach the program by HTTPS."""

from __future__ import annotations

import os
import socket
import ssl
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import pytest
import time_machine
from cryptography import x509
from django.conf import settings
from django.core.management import CommandError, call_command

from kotim_social.operations import lan
from kotim_social.operations.management.commands.serve import Office

NAMES = ["192.168.1.20", "sosial-pc", "127.0.0.1", "localhost"]


def test_a_browser_that_knows_the_certificate_finds_no_fault_in_it(tmp_path: Path) -> None:
    """A real handshake, by address as the other machines of the office do it."""
    made = lan.certificate(NAMES, tmp_path / "tls")
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(made.certificate, made.key)
    knows = ssl.create_default_context(cafile=str(made.certificate))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answer = Thread(target=lambda: serving.wrap_socket(listener.accept()[0], server_side=True))
        answer.start()
        with (
            socket.create_connection(listener.getsockname()) as plain,
            knows.wrap_socket(plain, server_hostname=NAMES[0]) as secured,
        ):
            seen = secured.getpeercert(binary_form=True)
            assert secured.version() in {"TLSv1.2", "TLSv1.3"}
        answer.join()
    assert seen is not None
    assert x509.load_der_x509_certificate(seen) == x509.load_pem_x509_certificate(
        made.certificate.read_bytes()
    )


def test_it_is_kept_until_the_machine_has_another_address(tmp_path: Path) -> None:
    first = lan.certificate(NAMES, tmp_path)
    assert lan.certificate(NAMES, tmp_path) == first
    assert stat.S_IMODE(first.key.stat().st_mode) == 0o600
    moved = lan.certificate(["192.168.1.21", *NAMES[1:]], tmp_path)
    assert moved.fingerprint != first.fingerprint


def test_it_is_made_anew_before_it_ends(tmp_path: Path) -> None:
    first = lan.certificate(NAMES, tmp_path)
    ends = x509.load_pem_x509_certificate(first.certificate.read_bytes()).not_valid_after_utc
    assert ends - datetime.now(UTC) < timedelta(days=398)
    with time_machine.travel(ends - timedelta(days=31)):
        assert lan.certificate(NAMES, tmp_path) == first
    with time_machine.travel(ends - timedelta(days=29)):
        assert lan.certificate(NAMES, tmp_path).fingerprint != first.fingerprint


def test_a_spoiled_certificate_or_a_lost_key_is_replaced(tmp_path: Path) -> None:
    first = lan.certificate(NAMES, tmp_path)
    first.certificate.write_text("x")
    second = lan.certificate(NAMES, tmp_path)
    second.key.unlink()
    third = lan.certificate(NAMES, tmp_path)
    assert len({first.fingerprint, second.fingerprint, third.fingerprint}) == 3


def test_hosts_are_those_of_this_machine() -> None:
    assert {"127.0.0.1", "localhost", socket.gethostname().lower()} <= set(lan.hosts())
    assert not any(ip_address(address).is_loopback for address in lan.addresses())


def test_without_https_settings_it_does_not_serve_the_network() -> None:
    with pytest.raises(CommandError, match="--lan"):
        call_command("serve", lan=True)


def test_the_server_speaks_https_with_it(tmp_path: Path) -> None:
    made = lan.certificate(NAMES, tmp_path)
    office = Office("0.0.0.0:8443", made)
    assert office.cfg.is_ssl
    assert office.cfg.ssl_options["certfile"] == str(made.certificate)
    assert not Office("127.0.0.1:8000", None).cfg.is_ssl


def test_cookies_are_secure_and_no_browser_is_told_to_insist() -> None:
    """Settings as `run` gives them; a browser that insists lets nobody past an unknown signer."""
    asked = (
        "from kotim_social import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS,"
        " s.SECURE_HSTS_PRELOAD, s.SECURE_SSL_REDIRECT)"
    )
    found = {}
    for name, more in {"lan": {"HSTS_SECONDS": "0"}, "server": {}}.items():
        environment = {**os.environ, "HTTPS": "on", "SECRET_KEY": "x" * 50, **more}
        found[name] = subprocess.run(
            [sys.executable, "-c", asked], env=environment, cwd=settings.BASE_DIR,
            capture_output=True, text=True, check=True,
        ).stdout.split()  # fmt: skip
    assert found["lan"] == ["True", "True", "0", "False", "True"]
    assert found["server"] == ["True", "True", "31536000", "True", "True"]
