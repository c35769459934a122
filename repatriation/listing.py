"""What pages and lists of batches show: the home offices of a batch, open incidents, revisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from cases.models import OriginConfirmation
from kotim_social.accounts.models import User
from kotim_social.regions.models import Regency
from repatriation import workflow
from repatriation.models import Batch, OriginRequest


@dataclass(frozen=True)
class HomeOffice:
    """One kabupaten/kota of a batch: how many come from there, and what its office has said."""

    regency: Regency
    people: int
    confirmed: int
    denied: int
    asked: int
    request: OriginRequest | None

    @property
    def not_asked(self) -> int:
        return self.people - self.confirmed - self.denied - self.asked


def home_offices(batch: Batch) -> list[HomeOffice]:
    """In three queries, by the name of the region."""
    answer = OriginConfirmation.objects.filter(
        worker=OuterRef("worker"), current=True, regency=OuterRef("worker__home_regency")
    ).values("answer")[:1]
    rows = (
        batch.members.filter(active=True, worker__home_regency__isnull=False)
        .annotate(answer=Subquery(answer))
        .values("worker__home_regency")
        .annotate(
            people=Count("pk"),
            confirmed=Count("pk", filter=Q(answer="confirmed")),
            denied=Count("pk", filter=Q(answer="denied")),
            asked=Count("pk", filter=Q(answer="asked")),
        )
        .order_by()
    )
    found: dict[str, dict[str, Any]] = {row["worker__home_regency"]: dict(row) for row in rows}
    letters = {
        request.regency_id: request for request in batch.origin_requests.order_by("asked_on", "id")
    }
    regencies = Regency.objects.filter(pk__in=found).select_related("province").order_by("name")
    return [
        HomeOffice(
            regency=regency,
            people=found[regency.pk]["people"],
            confirmed=found[regency.pk]["confirmed"],
            denied=found[regency.pk]["denied"],
            asked=found[regency.pk]["asked"],
            request=letters.get(regency.pk),
        )
        for regency in regencies
    ]


def open_incidents(batch: Batch) -> Any:
    """What is to be cleared up, the most urgent first."""
    rows = batch.incidents.open().named().select_related("owner")  # type: ignore[attr-defined]
    return rows.order_by("due_on", "id")


def open_batches(user: User, *, but: Batch) -> Any:
    """Other batches that people may still be put into."""
    return (
        Batch.objects.visible_to(user)
        .filter(state__in=workflow.OPEN_FOR_JOINING)
        .exclude(pk=but.pk)
        .select_related("destination")
        .order_by("code")
    )
