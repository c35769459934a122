"""Sets the office up if need be, makes the demo in an empty one, and serves it."""

from __future__ import annotations

import os
import subprocess  # nosec B404: it starts this very program
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application
from django.db import connections
from gunicorn.app.base import BaseApplication

from kotim_social.operations.doctor.findings import Level
from kotim_social.operations.doctor.rounds import vital_round
from kotim_social.operations.lan import Certificate, certificate
from kotim_social.operations.management.commands.doctor import lines
from kotim_social.operations.office import (
    demo_file,
    is_empty,
    make_demo_office,
    set_up,
    write_demo_file,
)

HERE, LAN = "127.0.0.1:8000", "0.0.0.0:8443"  # nosec B104: what --lan is for
UNSIGNED = (
    "Peramban akan memperingatkan, karena sertifikat ini dibuat mesin ini sendiri. Sebelum\n"
    "melanjutkan, cocokkan sidik jari SHA-256 sertifikat di peramban dengan yang berikut:"
)


class Office(BaseApplication):
    """Gunicorn inside this process, so that the embedded database lives as long as it does."""

    def __init__(self, bind: str, secured: Certificate | None) -> None:
        self.bind = bind
        self.secured = secured
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": self.bind,
            "workers": 2,
            "threads": 4,
            "worker_class": "gthread",
            "preload_app": True,
            "accesslog": None,
            "loglevel": "warning",
            "timeout": 60,
        }.items():
            self.cfg.set(name, value)
        if self.secured is not None:
            self.cfg.set("certfile", str(self.secured.certificate))
            self.cfg.set("keyfile", str(self.secured.key))

    def load(self) -> Any:
        return get_wsgi_application()


@contextmanager
def job_worker() -> Iterator[None]:
    """The worker of the background jobs, in a process of its own, as long as this one lives."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "job_worker"]
    worker = subprocess.Popen([*command, "--parent", str(os.getpid())])  # noqa: S603
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(timeout=20)


class Command(BaseCommand):
    help = "Sets up and serves on this machine; an empty office becomes the demo office."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bind", help=f"default {HERE}, with --lan {LAN}")
        parser.add_argument("--lan", action="store_true", help="HTTPS; what ./run --lan calls")
        parser.add_argument("--no-demo", action="store_true", help="leave an empty office empty")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["lan"] and not settings.HTTPS:
            raise CommandError("Layani jaringan kantor dengan ./run --lan.")
        set_up()
        if not options["no_demo"] and is_empty():
            self.stdout.write("Membuat kantor contoh …")
            write_demo_file(make_demo_office(self.stdout.write))
        settings.IS_DEMO = demo_file().exists()
        self._refuse_to_lose_data()
        bind = options["bind"] or (LAN if options["lan"] else HERE)
        secured = None
        if options["lan"]:
            secured = certificate(settings.ALLOWED_HOSTS, Path(settings.VAR_DIR) / "tls")
        self._say_where(bind, secured)
        connections.close_all()
        with job_worker():
            Office(bind, secured).run()

    def _refuse_to_lose_data(self) -> None:
        """An installation that would lose or open data does not start."""
        bad = [finding for finding in vital_round() if finding.level == Level.ERROR]
        if bad:
            raise CommandError("\n".join(lines(bad)))

    def _say_where(self, bind: str, secured: Certificate | None) -> None:
        place = f"http://{bind}/"
        if secured is not None:
            place = f"https://{settings.ALLOWED_HOSTS[0]}:{bind.rpartition(':')[2]}/"
        self.stdout.write(self.style.SUCCESS(f"\nKotim Social: {place}"))
        if secured is not None:
            self.stdout.write(f"{UNSIGNED}\n{secured.fingerprint}\n")
        if demo_file().exists():
            self.stdout.write(demo_file().read_text())
            self.stdout.write("Kode verifikasi pengguna contoh: ./run kode NAMA")
        self.stdout.write("Berhenti: Ctrl+C\n")
        self.stdout.flush()
