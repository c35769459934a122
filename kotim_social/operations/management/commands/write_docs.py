"""Writes docs/states.md and docs/permissions.md from the code; --check only compares."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from cases.workflow import WORKFLOWS as CASES
from disbursements.workflow import WORKFLOWS as DISBURSEMENTS
from kotim_social.accounts.roles import permissions_as_markdown
from kotim_social.jobs.workflow import WORKFLOWS as JOBS
from kotim_social.workflow import states_as_markdown
from repatriation.workflow import WORKFLOWS as REPATRIATION


def pages() -> dict[str, str]:
    """File name under docs/ → what it must hold."""
    with translation.override("en"):
        return {
            "states.md": states_as_markdown([*CASES, *DISBURSEMENTS, *REPATRIATION, *JOBS]),
            "permissions.md": permissions_as_markdown(),
        }


class Command(BaseCommand):
    help = "Writes the generated pages of docs/."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when a page is not current")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = []
        for name, text in pages().items():
            path = settings.BASE_DIR / "docs" / name
            if not path.exists() or path.read_text() != text:
                stale.append(name)
                if not options["check"]:
                    path.write_text(text)
        if stale and options["check"]:
            self.stderr.write(f"not current: {', '.join(stale)}; run manage.py write_docs")
            sys.exit(1)
