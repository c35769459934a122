"""Recording what she agrees to, and that she takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.held import held, said
from cases.consents import receiver_form
from cases.models import Consent, Layer, Worker
from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused


@dataclass(frozen=True)
class Answer:
    """Her answer to one layer, before a witness."""

    layer: str
    agreed: bool
    given_on: date
    witness: str
    form: str
    receiver: str = ""


@transaction.atomic
def record_consent(*, worker: Worker, answer: Answer, by: User) -> Consent:
    """Her yes or no. The opposite answer ends the one before it; the same one is refused."""
    person = held(worker, by=by, on=answer.given_on)
    _refuse_nonsense(answer)
    folded = receiver_form(answer.receiver)
    standing = (
        person.consents.in_force()  # type: ignore[attr-defined]
        .filter(layer=answer.layer, receiver_folded=folded)
        .select_for_update()
        .first()
    )
    if standing is not None:
        if standing.agreed == answer.agreed:
            raise Refused(_("This answer of hers stands already."))
        _end(standing, on=answer.given_on, reason="", by=by)
    consent = Consent.objects.create(
        worker=person,
        layer=answer.layer,
        receiver=answer.receiver.strip(),
        receiver_folded=folded,
        agreed=answer.agreed,
        given_on=answer.given_on,
        witness=answer.witness.strip(),
        form=answer.form,
        recorded_by=by,
    )
    record("consent.give", by=by, obj=person, changes={"consent": [None, _of(consent)]})
    return consent


@transaction.atomic
def withdraw_consent(
    *, consent: Consent, withdrawn_on: date, reason: str = "", by: User
) -> Consent:
    """She takes her yes back, also when her case is closed (R65); it counts at once.

    A reason is hers to give or not.
    """
    person = held(
        consent.worker, by=by, on=withdrawn_on, earlier=consent.given_on, also_closed=True
    )
    row = Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    if not row.is_in_force or not row.agreed:
        raise Refused(_("There is no consent of hers to take back."))
    _end(row, on=withdrawn_on, reason=reason, by=by)
    record("consent.withdraw", by=by, obj=person, changes={"consent": [_of(row), None]})
    return row


def _refuse_nonsense(answer: Answer) -> None:
    if answer.layer not in Layer.values or answer.form not in Consent.Form.values:
        raise Refused(_("Choose what it is for, and how she said so."))
    said(answer.witness, _("Name the witness."))
    if answer.layer == Layer.SHARING:
        said(receiver_form(answer.receiver), _("Name the receiver."))
    elif answer.receiver.strip():
        raise Refused(_("Only sharing has a receiver."))


def _end(consent: Consent, *, on: date, reason: str, by: User) -> None:
    if on < consent.given_on:
        raise Refused(_("The date lies before the answer that stands now."))
    consent.withdrawn_on = on
    consent.withdrawn_at = timezone.now()
    consent.withdrawn_by = by
    consent.withdrawn_because = reason.strip() or None
    consent.save(
        update_fields=["withdrawn_on", "withdrawn_at", "withdrawn_by", "withdrawn_because"]
    )


def _of(consent: Consent) -> str:
    """Layer and answer for the trail: whom she named is read in the case itself."""
    return f"{consent.layer}: {'yes' if consent.agreed else 'no'}"
