"""Whether she agreed: the question that stands before everything that leaves the office (R65)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from cases.models import Consent, Layer, Worker
from kotim_social.lib.names import fold_name
from kotim_social.regions.models import Regency


def allows(worker: Worker | UUID, layer: Layer | str, receiver: str = "") -> bool:
    """Whether her yes to this layer stands now; for sharing, her yes to this very receiver.

    Nothing recorded means no. `receiver` is a name; spellings of one name count as one.
    """
    return not without([worker], layer, receiver)


def without(workers: Iterable[Worker | UUID], layer: Layer | str, receiver: str = "") -> set[UUID]:
    """Of these people the ids of those whose yes does not stand; one query."""
    ids = {worker.pk if isinstance(worker, Worker) else worker for worker in workers}
    said_yes = Consent.objects.in_force().filter(
        worker__in=ids,
        layer=Layer(layer),
        receiver_folded=receiver_form(receiver),
        agreed=True,
    )
    return ids - set(said_yes.values_list("worker", flat=True))


def refused_statistics() -> Q:
    """Workers who were asked for their part in statistics and whose yes does not stand."""
    asked = Consent.objects.filter(worker=OuterRef("pk"), layer=Layer.STATISTICS)
    return Q(Exists(asked)) & ~Q(Exists(asked.in_force().filter(agreed=True)))


def home_office(regency: Regency) -> str:
    """The office of a home region as a receiver of its own, the same for every letter to it."""
    return f"Dinas Sosial {regency.name}"


def missing_for(receiver: str) -> str:
    """The sentence of a missing yes to one receiver."""
    return _(
        "She has not agreed that her data go to %(receiver)s. Ask her and record it first."
    ) % {"receiver": receiver}


def receiver_form(receiver: str) -> str:
    """The comparison form of a receiver's name."""
    return fold_name(receiver)[:120]


def against(worker: Worker, layer: Layer | str, receiver: str = "") -> list[str]:
    """The sentence that stands against letting her data go there; [] when she agreed."""
    if allows(worker, layer, receiver):
        return []
    if layer == Layer.SHARING:
        return [missing_for(receiver)]
    if layer == Layer.FOLLOW_UP:
        return [_("She has not agreed to be contacted after leaving. Ask and record it first.")]
    return [_("She has not agreed to this. Ask her and record it first.")]
