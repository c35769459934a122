"""Which payments an issued paper is the original of."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from disbursements.models.payment import PaymentLine
from kotim_social.audit.immutable import ImmutableModel
from kotim_social.documents.models import IssuedPaper


class PaperLine(ImmutableModel):
    """One payment on one issued paper: bank list, receipt, collective receipt or hand-over.

    A payment has one original of each kind that is not voided; the database refuses a second.
    """

    paper = models.ForeignKey(IssuedPaper, models.PROTECT, related_name="payment_lines")
    line = models.ForeignKey(PaymentLine, models.PROTECT, related_name="papers")
    privacy: ClassVar[dict[str, str]] = {"id": "umum", "paper": "umum", "line": "umum"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "line"],
                name="paper_line_once",
                violation_error_message=_("This payment stands on the paper already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
