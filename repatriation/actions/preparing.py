"""How a batch travels: officers, escorts, and legs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused
from repatriation import rules
from repatriation.actions.common import locked, planned, revise_if_confirmed, sentence_for
from repatriation.models import Batch, Escort, Leg, ManifestRevision, Officer


@transaction.atomic
def add_officer(*, name: str, sex: str, nip: str = "", rank: str = "", by: User) -> Officer:
    """A new officer in the master data."""
    if not by.can(Perm.BATCH_PLAN):
        raise Refused(_("You do not have the right to do this."))
    digits = "".join(nip.split()) or None
    officer = Officer(name=name.strip(), sex=sex, nip=digits, rank=rank.strip(), created_by=by)
    if digits and Officer.objects.filter(nip=digits).exists():
        raise Refused(_("An officer with this NIP is already known."))
    _write(officer)
    record("officer.create", by=by, obj=officer)
    return officer


@transaction.atomic
def add_escort(
    *, batch: Batch, officer: Officer, is_head: bool, order_number: str = "", by: User
) -> Escort:
    """Sends an officer along, on a seat of her own. A new head takes the place of the old one."""
    batch = planned(batch, by=by)
    if not officer.active:
        raise Refused(_("This officer is not sent out any more."))
    if rules.count(batch).free < 1:
        raise Refused(_("There are not enough seats."))
    if is_head:
        _heads(batch).update(is_head=False)
    # An order that is written already names her too, unless she has one of her own.
    escort = Escort(
        batch=batch,
        officer=officer,
        is_head=is_head,
        order_number=order_number.strip() or batch.escort_order,
        added_by=by,
    )
    _write(escort)
    revise_if_confirmed(batch, cause=ManifestRevision.Cause.ESCORTS, by=by)
    changes = {"escort": [None, str(officer.pk)], "is_head": [None, is_head]}
    record("batch.escort", by=by, obj=batch, changes=changes)
    return escort


@transaction.atomic
def send_new_officer(
    *, batch: Batch, name: str, sex: str, nip: str | None, rank: str, is_head: bool, by: User
) -> Escort:
    """Adds an officer to the master data and sends her along."""
    officer = add_officer(name=name, sex=sex, nip=nip or "", rank=rank, by=by)
    return add_escort(batch=batch, officer=officer, is_head=is_head, by=by)


@transaction.atomic
def record_travel_order(*, batch: Batch, escort: Escort, number: str, by: User) -> None:
    """The travel order (SPPD) that was issued to her."""
    row = _escort(_for_papers(batch, by), escort)
    before, row.travel_order = row.travel_order, number
    row.save(update_fields=["travel_order"])
    record("batch.travel_order", by=by, obj=batch, changes={"travel_order": [before, number]})


@transaction.atomic
def record_escort_order(*, batch: Batch, number: str, on: date, by: User) -> None:
    """The assignment order that was issued names everybody who escorts the batch now."""
    row = _for_papers(batch, by)
    before, row.escort_order, row.escort_order_on = row.escort_order, number, on
    row.save(update_fields=["escort_order", "escort_order_on"])
    row.escorts.filter(active=True).update(order_number=number)
    record("batch.escort_order", by=by, obj=row, changes={"escort_order": [before, number]})


@transaction.atomic
def make_head(*, batch: Batch, escort: Escort, by: User) -> None:
    batch = planned(batch, by=by)
    row = _escort(batch, escort)
    _heads(batch).exclude(pk=row.pk).update(is_head=False)
    row.is_head = True
    row.save(update_fields=["is_head"])
    revise_if_confirmed(batch, cause=ManifestRevision.Cause.ESCORTS, by=by)
    record("batch.head", by=by, obj=batch, changes={"head": [None, str(row.officer_id)]})


@transaction.atomic
def remove_escort(*, batch: Batch, escort: Escort, by: User) -> None:
    batch = planned(batch, by=by)
    row = _escort(batch, escort)
    row.active = False
    row.save(update_fields=["active"])
    revise_if_confirmed(batch, cause=ManifestRevision.Cause.ESCORTS, by=by)
    record("batch.escort_out", by=by, obj=batch, changes={"escort": [str(row.officer_id), None]})


@transaction.atomic
def save_leg(*, batch: Batch, leg: Leg | None, facts: Mapping[str, Any], by: User) -> Leg:
    """Writes a leg; a new one comes last."""
    batch = planned(batch, by=by)
    if leg is None:
        last = batch.legs.filter(active=True).aggregate(last=Max("number"))["last"] or 0
        row = Leg(batch=batch, number=last + 1)
    else:
        found = batch.legs.select_for_update().filter(pk=leg.pk, active=True).first()
        if found is None:
            raise Refused(_("This leg is no longer part of the way."))
        row = found
    for name, value in facts.items():
        setattr(row, name, value)
    _write(row)
    revise_if_confirmed(batch, cause=ManifestRevision.Cause.WAY, by=by)
    record("batch.leg", by=by, obj=batch, changes={"leg": [None, row.number]})
    return row


@transaction.atomic
def remove_leg(*, batch: Batch, leg: Leg, by: User) -> None:
    batch = planned(batch, by=by)
    if not batch.legs.filter(pk=leg.pk, active=True).update(active=False):
        raise Refused(_("This leg is no longer part of the way."))
    revise_if_confirmed(batch, cause=ManifestRevision.Cause.WAY, by=by)
    record("batch.leg_out", by=by, obj=batch, changes={"leg": [leg.number, None]})


def _for_papers(batch: Batch, by: User) -> Batch:
    if not (by.can(Perm.BATCH_TRAVEL) or by.can(Perm.PAPER_ISSUE)):
        raise Refused(_("You do not have the right to do this."))
    return locked(batch, by=by)


def _heads(batch: Batch) -> models.QuerySet[Escort]:
    return Escort.objects.filter(batch=batch, active=True, is_head=True)


def _escort(batch: Batch, escort: Escort) -> Escort:
    row = Escort.objects.select_for_update().filter(pk=escort.pk, batch=batch, active=True).first()
    if row is None:
        raise Refused(_("This officer no longer goes with the batch."))
    return row


def _write(row: models.Model) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(sentence_for(error)) from None
