"""The position of each person in each kind: a view, from which every total is summed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Sum
from django.db.models.functions import Coalesce

from cases.models import OfAPerson, Worker
from disbursements.models.entitlement import Entitlement
from disbursements.models.payment import PaymentLine
from disbursements.models.programme import AssistanceKind, Funder
from kotim_social.regions.models import Place

MEASURES = ("entitled", "paid", "in_process", "returned", "withheld", "open")


class PositionQuerySet(OfAPerson):
    def sums(self) -> dict[str, int]:
        """Measure → rupiah over the whole set."""
        return self.aggregate(**{name: Coalesce(Sum(name), 0) for name in MEASURES})


class Position(models.Model):
    """entitled = paid + in process + returned + withheld + open, for one person and kind.

    Rows are those of the view `disbursements_position` (see its migration): a determined
    entitlement, or what she would get by today's policies and rates (`determined` false).
    """

    key = models.CharField(max_length=60, primary_key=True)
    worker = models.ForeignKey(Worker, models.DO_NOTHING, related_name="positions")
    place = models.ForeignKey(Place, models.DO_NOTHING, related_name="+")
    kind = models.ForeignKey(AssistanceKind, models.DO_NOTHING, related_name="+")
    funder = models.ForeignKey(Funder, models.DO_NOTHING, related_name="+")
    entitlement = models.ForeignKey(Entitlement, models.DO_NOTHING, null=True, related_name="+")
    last_line = models.ForeignKey(PaymentLine, models.DO_NOTHING, null=True, related_name="+")
    determined = models.BooleanField()
    held = models.BooleanField()
    entitled = models.BigIntegerField()
    paid = models.BigIntegerField()
    in_process = models.BigIntegerField()
    returned = models.BigIntegerField()
    withheld = models.BigIntegerField()
    open = models.BigIntegerField()

    objects = PositionQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        name: "spesifik"
        for name in (
            "key",
            "worker",
            "place",
            "kind",
            "funder",
            "entitlement",
            "last_line",
            "determined",
            "held",
            *MEASURES,
        )
    }

    class Meta:
        managed = False
        db_table = "disbursements_position"

    def __str__(self) -> str:
        return str(self.key)
