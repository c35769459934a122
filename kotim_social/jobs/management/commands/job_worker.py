"""Does background jobs until it is stopped; `--once` does what waits and ends."""

from __future__ import annotations

import os
import signal
import socket
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from kotim_social.drafts.actions import lapse_drafts
from kotim_social.jobs.actions import beat, quit_work, reap
from kotim_social.jobs.chores import do_chores
from kotim_social.jobs.made_files import expire_made_files

SECONDS_BETWEEN_BEATS = 5
BEATS_BETWEEN_CLEANINGS = 720


class Command(BaseCommand):
    help = "Does background jobs: large sets of papers, for instance."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when nothing waits any more")
        parser.add_argument("--parent", type=int, help="end when this process is gone")

    def handle(self, *args: Any, **options: Any) -> None:
        name = socket.gethostname()[:64]
        beat(name)
        reap()
        _clean()
        do_chores()
        over = threading.Event()
        if not options["once"]:
            life = threading.Thread(
                target=self._live, args=(name, over, options["parent"]), daemon=True
            )
            life.start()
        try:
            call_command("db_worker", batch=options["once"], startup_delay=False, verbosity=0)
        finally:
            over.set()
            quit_work(name)

    @staticmethod
    def _live(name: str, over: threading.Event, parent: int | None) -> None:
        """Beats, and looks after jobs of workers that were killed."""
        beats = 0
        while not over.wait(SECONDS_BETWEEN_BEATS):
            if parent and os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGTERM)
                break
            beat(name)
            reap()
            do_chores()
            beats += 1
            if beats % BEATS_BETWEEN_CLEANINGS == 0:
                _clean()
        connections.close_all()


def _clean() -> None:
    """What has had its time: half-filled forms, and files that somebody asked for."""
    lapse_drafts()
    expire_made_files()
