"""The nightly look at itself: money, groups, trail, orphans; exit 1 when something is wrong."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from cases.models import ReadinessDifference
from disbursements.reconciliation import differences, orphans, years_with_identity
from kotim_social.audit.sealing import seal, verify
from kotim_social.audit.trail import record
from kotim_social.desk.groups import fold
from kotim_social.desk.models import GroupDifference
from kotim_social.desk.totals import totals


class Command(BaseCommand):
    help = (
        "Totals, the groups they are read from, what lists ask of a person's row, the ceilings' "
        "identity, the trail and orphans; one row in the trail."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            wrong = self._wrong()
            for sentence in wrong:
                self.stderr.write(sentence)
            record(
                "system.self_check",
                by=None,
                object_type="system",
                object_id="self_check",
                changes={"wrong": [None, len(wrong)]},
            )
        if wrong:
            sys.exit(1)
        self.stdout.write("everything adds up")

    @staticmethod
    def _wrong() -> list[str]:
        """Sentences without a name: a log may keep them. The register numbers open on the page."""
        wrong = []
        if not totals().adds_up:
            wrong.append("totals: entitled is not the sum of its parts")
        for year, rows in years_with_identity():
            wrong += [
                f"ceiling {year.pk} {row.kind.pk}: off by {row.difference}, free {row.free}"
                for row in rows
                if not row.adds_up
            ]
        if found := differences():
            numbers = ", ".join(sorted({one.register_no for one in found}))
            wrong.append(f"reconciliation: {len(found)} differences at {numbers}")
        fold()
        wrong += [f"groups: {group}" for group in GroupDifference.objects.all()]
        wrong += [f"readiness: {she}" for she in ReadinessDifference.objects.all()]
        wrong += [f"orphans: {name} {count}" for name, count in orphans().items() if count]
        seal()
        verdict = verify()
        if not verdict.ok:
            wrong.append(f"trail: {verdict.sentence}")
        return wrong
