"""Handing cases over: offered as a set, accepted as a set, and the old hands let go at once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.held import said
from cases.casework_states import CASE_OFFER
from cases.models import CaseHolder, CaseOffer, OfferedCase, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import build, record, record_many
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused

LIMIT = 40
_NAMED = 10


@transaction.atomic
def offer_cases(
    *, workers: Iterable[Worker | UUID], receiver: User, reason: str, by: User
) -> CaseOffer:
    """Up to 40 cases in the care of `by`, all or none; nothing moves before they are accepted."""
    if not by.can(Perm.CASELOAD_OFFER):
        raise Refused(_("You do not have the right to do this."))
    if receiver.pk == by.pk or not receiver.can(Perm.CASELOAD_ACCEPT):
        raise Refused(_("Choose another caseworker."))
    people = _locked({w.pk if isinstance(w, Worker) else w for w in workers}, by=by)
    holders = holders_of(people)
    _refuse_some(
        [worker for worker in people if holders.get(worker.pk) == receiver.pk],
        _("Some of these cases are hers already: %(numbers)s."),
    )
    waiting = OfferedCase.objects.filter(offer__state="offered", worker__in=people)
    offered = set(waiting.values_list("worker", flat=True))
    _refuse_some(
        [worker for worker in people if worker.pk in offered],
        _("Some of these cases wait for acceptance already: %(numbers)s."),
    )
    offer = CaseOffer.objects.create(
        receiver=receiver, reason=said(reason, _("Give a reason.")), offered_by=by
    )
    OfferedCase.objects.bulk_create(
        OfferedCase(offer=offer, worker=worker, held_by_id=holders.get(worker.pk))
        for worker in people
    )
    changes = {"cases": [None, len(people)], "receiver": [None, receiver.get_username()]}
    record("caseoffer.offer", by=by, obj=offer, changes=changes)
    return offer


@transaction.atomic
def accept_offer(*, offer: CaseOffer, by: User) -> int:
    """All cases of the offer, or none when one of them has changed hands since; returns how many.

    Whoever held them, and the caseworker who offered what nobody held, sees them no more.
    """
    now = timezone.now()
    offer = CASE_OFFER.apply(offer, "accept", by=by, answered_at=now, answered_by=by)
    offered = {row.worker_id: row.held_by_id for row in offer.cases.all()}
    people = list(
        Worker.objects.filter(pk__in=offered).select_for_update(of=("self",)).order_by("pk")
    )
    holders = holders_of(people)
    _refuse_some(
        [worker for worker in people if holders.get(worker.pk) != offered[worker.pk]],
        _("Some of these cases have changed hands since: %(numbers)s. Ask for a new offer."),
    )
    CaseHolder.objects.filter(worker__in=people, ended_at__isnull=True).update(
        ended_at=now, ended_by=by
    )
    giver = offer.offered_by
    rows = [
        CaseHolder(worker=worker, user=by, valid_from=today(), handed_by=giver) for worker in people
    ]
    if not giver.sees_everything:
        rows += [
            CaseHolder(
                worker=worker, user=giver, valid_from=today(), handed_by=giver, ended_at=now,
                ended_by=by,
            )
            for worker in people
            if offered[worker.pk] is None
        ]  # fmt: skip
    CaseHolder.objects.bulk_create(rows)
    record_many(
        build(
            "worker.hand_over_case",
            by=by,
            object_type="cases.worker",
            object_id=str(worker.pk),
            changes={"holder": [offered[worker.pk], by.pk]},
        )
        for worker in people
    )
    return len(people)


def decline_offer(*, offer: CaseOffer, by: User) -> CaseOffer:
    return CASE_OFFER.apply(offer, "decline", by=by, answered_at=timezone.now(), answered_by=by)


def take_offer_back(*, offer: CaseOffer, by: User) -> CaseOffer:
    return CASE_OFFER.apply(offer, "take_back", by=by, answered_at=timezone.now(), answered_by=by)


def holders_of(workers: Iterable[Worker]) -> dict[UUID, int]:
    """Worker → the user who holds her case today; nobody holds the others."""
    rows = CaseHolder.objects.current().filter(worker__in=list(workers))
    return dict(rows.values_list("worker_id", "user_id"))


def _locked(ids: set[UUID], *, by: User) -> list[Worker]:
    if not ids:
        raise Refused(_("Choose at least one person."))
    if len(ids) > LIMIT:
        raise Refused(_("At most %(limit)s cases at once.") % {"limit": LIMIT})
    rows = Worker.objects.in_care_of(by).filter(pk__in=ids)
    people = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if len(people) != len(ids):
        raise Refused(_("Some of these cases are not in your care."))
    return people


def _refuse_some(workers: list[Worker], sentence: str) -> None:
    if workers:
        numbers = ", ".join(worker.register_no for worker in workers[:_NAMED])
        raise Refused(sentence % {"numbers": numbers})
