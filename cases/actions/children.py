"""The referral path of a child: given to an officer, referred by letter, handed over, closed.

A child is protected by law: her case needs no consent to be told to who protects her (R91).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.held import said
from cases.child_workflow import CHILD
from cases.masks import HIDDEN
from cases.models import ChildReferral, ChildStep, Provider, Worker
from kotim_social.accounts.models import RoleGrant, User
from kotim_social.accounts.roles import Perm, Role
from kotim_social.audit.trail import build, record, record_many
from kotim_social.lib.dates import ADULT, format_date, today
from kotim_social.regions.models import Place
from kotim_social.workflow import Refused


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Number and date of a letter, ours or theirs."""

    no: str = ""
    on: date | None = None


@transaction.atomic
def open_path(
    *,
    name: str,
    birth_date: date,
    place: Place,
    registered_on: date,
    by: User,
    worker: Worker | None = None,
) -> ChildReferral:
    """For a child whom no import found; age is taken on the closing of her place.

    `worker` is the record that she was registered under, if there is one.
    """
    if not by.can(Perm.CHILD_ASSIGN):
        raise Refused(_("You do not have the right to do this."))
    if registered_on > today():
        raise Refused(_("The date lies in the future."))
    if place.age_on_closing(birth_date) >= ADULT:
        raise Refused(_("She is of age on the day of closing: register her as a beneficiary."))
    if worker is not None and _on_a_path([worker]):
        raise Refused(_("She is on the referral path already."))
    child = ChildReferral.objects.create(
        name=said(name, _("Write her name.")),
        birth_date=birth_date,
        place=place,
        facts={},
        registered_on=registered_on,
        recorded_by=by,
        worker=worker,
    )
    record("childreferral.open", by=by, obj=child)
    return child


@transaction.atomic
def refer_found(*, workers: Sequence[Worker], by: User) -> None:
    """Of registered people it was found that they are children: each is put on the path at once.

    Called by the finding, so nobody has to think of it; whoever stands on it already stays there.
    """
    there = _on_a_path(workers)
    paths = [
        ChildReferral(
            name=worker.name,
            birth_date=worker.birth_date,
            place_id=worker.place_id,
            facts={},
            registered_on=worker.registered_on,
            recorded_by=by,
            worker=worker,
        )
        for worker in workers
        if worker.pk not in there
    ]
    ChildReferral.objects.bulk_create(paths)
    kind = ChildReferral._meta.label_lower
    record_many(
        build("childreferral.open", by=by, object_type=kind, object_id=str(path.pk))
        for path in paths
    )


def _on_a_path(workers: Sequence[Worker]) -> set[Any]:
    rows = ChildReferral.objects.filter(worker__in=workers).exclude(state="closed")
    return set(rows.values_list("worker", flat=True))


@transaction.atomic
def correct_birth_date(*, child: ChildReferral, birth_date: date, by: User) -> ChildReferral:
    """The true date: in the register it often stands as that of a grown woman."""
    row = _locked(child, Perm.CHILD_CARE, by=by, on=today())
    if row.state == "closed":
        raise Refused(_("This path is closed."))
    if birth_date > today():
        raise Refused(_("The date lies in the future."))
    if row.place.age_on_closing(birth_date) >= ADULT:
        raise Refused(_("By this date she is of age: close the path with that outcome."))
    row.birth_date = birth_date
    row.save(update_fields=["birth_date"])
    # Who reads the trail need not see her: that it was corrected is told, the dates are not.
    changes = {"birth_date": [HIDDEN, HIDDEN]}
    record("childreferral.correct", by=by, obj=row, changes=changes)
    return row


@transaction.atomic
def assign(
    *, child: ChildReferral, officer: User, due_on: date, note: str = "", by: User
) -> ChildReferral:
    """She alone, beside the supervisors, sees the child from now on."""
    row = _locked(child, Perm.CHILD_ASSIGN, by=by, on=today(), due_on=due_on)
    if row.state == "closed":
        raise Refused(_("This path is closed."))
    if not _is_officer(officer):
        raise Refused(_("Only a caseworker of the office can take a child in hand."))
    before, row.officer, row.due_on = row.officer_id, officer, due_on
    row.save(update_fields=["officer", "due_on"])
    record("childreferral.assign", by=by, obj=row, changes={"officer": [before, officer.pk]})
    _step(row, "assign", on=today(), by=by, officer=officer, due_on=due_on, note=note)
    return row


@transaction.atomic
def refer(
    *,
    child: ChildReferral,
    provider: Provider,
    letter: Letter,
    done_on: date,
    due_on: date,
    note: str,
    by: User,
) -> ChildReferral:
    row = _locked(child, Perm.CHILD_CARE, by=by, on=done_on, due_on=due_on)
    if row.officer_id is None:
        raise Refused(_("Give the child to an officer first."))
    if not letter.no.strip() or letter.on is None:
        raise Refused(_("A child is referred by letter, with number and date."))
    _refuse_letter(letter, done_on)
    need = said(note, _("Say what the child needs."))
    row = CHILD.apply(row, "refer", by=by, provider=provider, due_on=due_on)
    more = {"provider": provider, "due_on": due_on, "note": need}
    _step(row, "refer", on=done_on, by=by, letter=letter, **more)
    return row


@transaction.atomic
def answer(
    *,
    child: ChildReferral,
    act: str,
    letter: Letter,
    done_on: date,
    due_on: date,
    note: str,
    by: User,
) -> ChildReferral:
    """`act` is "accept" or "decline"; after a no the child is referred anew."""
    row = _locked(child, Perm.CHILD_CARE, by=by, on=done_on, due_on=due_on)
    _refuse_letter(letter, done_on)
    text = said(note, _("Write what the answer says."))
    provider = row.provider
    row = CHILD.apply(row, act, by=by, due_on=due_on)
    more = {"provider": provider, "due_on": due_on, "note": text}
    _step(row, act, on=done_on, by=by, letter=letter, **more)
    return row


@transaction.atomic
def hand_over(
    *, child: ChildReferral, received_by: str, done_on: date, note: str = "", by: User
) -> ChildReferral:
    """From person to person: a name stands for who took the child over."""
    row = _locked(child, Perm.CHILD_CARE, by=by, on=done_on)
    name = said(received_by, _("Say who received the child."))
    row = CHILD.apply(row, "hand_over", by=by)
    more = {"provider": row.provider, "received_by": name, "note": note}
    _step(row, "hand_over", on=done_on, by=by, **more)
    return row


@transaction.atomic
def close(
    *, child: ChildReferral, outcome: str, done_on: date, note: str, by: User
) -> ChildReferral:
    row = _locked(child, Perm.CHILD_ASSIGN, by=by, on=done_on)
    if outcome not in ChildReferral.Outcome.values:
        raise Refused(_("Say what became of the child."))
    if outcome == ChildReferral.Outcome.PROTECTED and row.state != "handed_over":
        raise Refused(_("Nobody has taken the child over yet."))
    text = said(note, _("Write how it ended."))
    row = CHILD.apply(
        row,
        "close",
        by=by,
        reason=str(ChildReferral.Outcome(outcome).label),
        outcome=outcome,
        closed_at=timezone.now(),
        closed_by=by,
    )
    _step(row, "close", on=done_on, by=by, note=text)
    return row


def _locked(
    child: ChildReferral, perm: Perm, *, by: User, on: date, due_on: date | None = None
) -> ChildReferral:
    """The child, locked, or a refusal: the right lacks, others have her, the dates do not fit."""
    if not by.can(perm):
        raise Refused(_("You do not have the right to do this."))
    rows = ChildReferral.objects.visible_to(by).select_for_update(of=("self",))
    row = rows.filter(pk=child.pk).first()
    if row is None:
        raise Refused(_("This child is not in your care."))
    newest = row.steps.order_by("-done_on").values_list("done_on", flat=True).first()
    first = max(row.registered_on, newest or row.registered_on)
    if on > today():
        raise Refused(_("The date lies in the future."))
    if on < first:
        shown = {"date": format_date(first)}
        raise Refused(_("The date lies before %(date)s, the step before it.") % shown)
    if due_on is not None and due_on < on:
        raise Refused(_("The due date lies before the step itself."))
    return row


def _refuse_letter(letter: Letter, done_on: date) -> None:
    if bool(letter.no.strip()) != (letter.on is not None):
        raise Refused(_("A letter has a number and a date."))
    if letter.on is not None and letter.on > done_on:
        raise Refused(_("The letter is dated after the step itself."))


def _is_officer(user: User) -> bool:
    grants = RoleGrant.objects.on(today()).filter(role=Role.PETUGAS, user=user)
    return user.is_active and grants.exists()


def _step(
    child: ChildReferral, act: str, *, on: date, by: User, letter: Letter | None = None, **more: Any
) -> ChildStep:
    letter = letter or Letter()
    note = more.pop("note", "").strip() or None
    return ChildStep.objects.create(
        child=child,
        act=act,
        done_on=on,
        letter_no=letter.no.strip(),
        letter_on=letter.on,
        note=note,
        recorded_by=by,
        **more,
    )
