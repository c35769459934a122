"""Whether she agreed: the question that stands before everything that leaves the office (R65)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Consent, Layer, Provider, Worker
from kotim_social.lib.names import fold_name
from kotim_social.regions.models import Regency
from kotim_social.workflow import Mend, Refused

# Stands for the office of her home region among the receivers, which are providers otherwise.
HOME = "home"


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


def demand(worker: Worker, layer: Layer | str, provider: Provider | None = None) -> None:
    """Refuses what she has not agreed to, with the page where her answer is recorded."""
    if allows(worker, layer, provider.name if provider else ""):
        return
    mend = Mend(
        page_of(worker.pk, f"{Layer(layer)}:{provider.pk}" if provider else Layer(layer)),
        _("Record her answer (opens beside this page)"),
    )
    if provider is not None:
        sentence = missing_for(provider.name)
    elif layer == Layer.FOLLOW_UP:
        sentence = _("She has not agreed to be contacted after leaving. Ask and record it first.")
    else:
        sentence = _("She has not agreed to this. Ask her and record it first.")
    raise Refused(sentence, mend=mend)


def page_of(worker: UUID, subject: str) -> str:
    """Where her answer is recorded, asked for this very thing: a layer, or sharing:<receiver>."""
    return f"{reverse('cases:consents', args=[worker])}?{urlencode({'about': subject})}"
