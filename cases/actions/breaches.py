"""Breaches of the stay rules: reported with evidence, she is heard, a supervisor finds."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.held import held, said
from cases.casework_states import BREACH
from cases.models import StayBreach, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused


@transaction.atomic
def report_breach(*, worker: Worker, happened_on: date, evidence: str, by: User) -> StayBreach:
    """Only who stays can break the rules of staying."""
    person = held(worker, by=by, on=happened_on)
    if person.choice != "stay":
        raise Refused(_("She has not chosen to stay: the rules of staying are not hers."))
    breach = StayBreach.objects.create(
        worker=person,
        happened_on=happened_on,
        evidence=said(evidence, _("Write what the evidence is.")),
        recorded_by=by,
    )
    record("breach.report", by=by, obj=person, changes={"breach": [None, str(breach.pk)]})
    return breach


@transaction.atomic
def hear_breach(*, breach: StayBreach, her_side: str, heard_on: date, by: User) -> StayBreach:
    held(breach.worker, by=by, on=heard_on, earlier=breach.happened_on)
    return BREACH.apply(
        breach,
        "hear",
        by=by,
        her_side=said(her_side, _("Write what she says herself.")),
        heard_on=heard_on,
        heard_at=timezone.now(),
        heard_by=by,
    )


@transaction.atomic
def find_breach(*, breach: StayBreach, act: str, finding: str, by: User) -> StayBreach:
    """`act` is "find" or "dismiss". Nothing is cut by it: what follows is decided elsewhere."""
    held(breach.worker, by=by, perm=Perm.CASEWORK_REVIEW)
    return BREACH.apply(
        breach,
        act,
        by=by,
        finding=said(finding, _("Give the reasons of the finding.")),
        found_at=timezone.now(),
        found_by=by,
    )
