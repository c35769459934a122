"""Merging two records of one person: what money says about it, and both sides of the act."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.merging import (
    PAYEE,
    TAKEABLE,
    against_merging,
    merge_records,
    unmerge_records,
)
from cases.actions.sets import locked
from cases.models import Merge, Worker
from disbursements.actions.entitlements import determine_again, is_under_way
from disbursements.actions.lapsing import lapse_unpaid
from disbursements.models import PaymentLine
from disbursements.rules import APPROVED_STATES
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.workflow import Refused


def was_paid(worker: Worker) -> bool:
    """Whether she keeps money: what was booked to her and came back is settled."""
    kept = PaymentLine.objects.filter(state="paid", reversal__isnull=True)
    return kept.filter(entitlement__worker=worker).exists()


def takeable(kept: Worker) -> set[str]:
    """What she may still take over from another record."""
    approved = PaymentLine.objects.filter(
        entitlement__worker=kept,
        payment_list__state__in=APPROVED_STATES,
        state__in=["prepared", "ordered", "paid"],
    )
    return set(TAKEABLE) - PAYEE if approved.exists() else set(TAKEABLE)


def against_merge(kept: Worker, gone: Worker, by: User) -> list[str]:
    """Every sentence that stands against it."""
    if not by.can(Perm.WORKER_MERGE):
        return [_("You do not have the right to do this.")]
    against = against_merging(kept, gone, by)
    kept_paid, gone_paid = was_paid(kept), was_paid(gone)
    if kept_paid and gone_paid:
        against.append(
            _("Both were paid: two payments cannot become one. Demand one of them back on the page "
              "of its line; when it has come back the two become one.")
        )  # fmt: skip
    elif gone_paid:
        against.append(_("%(number)s was paid: keep that record.") % {"number": gone.register_no})
    if gone.determined_on is not None and kept.determined_on is None:
        against.append(
            _("A decree names %(number)s: keep that record.") % {"number": gone.register_no}
        )
    against += [
        _("%(number)s stands on a payment list that is not finished.")
        % {"number": worker.register_no}
        for worker in (kept, gone)
        if is_under_way(worker)
    ]
    return against


@transaction.atomic
def merge(*, kept: Worker, gone: Worker, take: Iterable[str], reason: str, by: User) -> Merge:
    """The record that goes loses what it was to be paid; the one that stays is paid once."""
    people = {worker.pk: worker for worker in locked([kept, gone], by=by)}
    kept, gone = people[kept.pk], people[gone.pk]
    if against := against_merge(kept, gone, by):
        raise Refused(*against)
    wanted = set(take)
    if not wanted <= takeable(kept):
        raise Refused(_("A payment to her is approved: name, NIK and account stay as they are."))
    if not reason.strip():
        raise Refused(_("Give a reason."))
    lapsed = lapse_unpaid(worker=gone, reason=reason, by=by)
    return merge_records(
        kept=kept,
        gone=gone,
        take=wanted,
        reason=reason,
        put_aside=[str(entitlement.pk) for entitlement in lapsed],
        by=by,
    )


def against_undoing(merge: Merge, by: User) -> list[str]:
    """Reversible until money moved: a line that was added since is such a move."""
    if not by.can(Perm.WORKER_MERGE):
        return [_("You do not have the right to do this.")]
    if merge.undone_at is not None:
        return [_("This merging is taken back already.")]
    lines = PaymentLine.objects.filter(
        entitlement__worker=merge.kept_id, added_at__gt=merge.merged_at
    ).exclude(state="cancelled")
    if lines.exists():
        return [_("Since the merging she stands on a payment list: it can no longer be undone.")]
    return []


@transaction.atomic
def undo(*, merge: Merge, reason: str, by: User) -> Merge:
    """Two records again, each with its own data and what a decree gave it."""
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if against := against_undoing(merge, by):
        raise Refused(*against)
    if not reason.strip():
        raise Refused(_("Give a reason."))
    undone = unmerge_records(merge=merge, reason=reason, by=by)
    determine_again(entitlements=merge.taken["put_aside"], by=by)
    return undone
