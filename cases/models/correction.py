"""A correction that the administrator proposes and a supervisor accepts."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases import correction_workflow as workflow
from cases.models.of_age import Named
from cases.models.worker import Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL


class CorrectionQuerySet(Named, models.QuerySet["Correction"]):
    def visible_to(self, user: User) -> CorrectionQuerySet:
        """Supervisors decide on all; whoever proposes sees what was proposed."""
        if user.can(Perm.CORRECTION_ACCEPT) or user.can(Perm.CORRECTION_PROPOSE):
            return self.filter(worker__in=Worker.objects.visible_to(user))
        return self.none()


class Correction(models.Model):
    """One field: what stands there, what should, why, and on what paper that is seen."""

    class Field(models.TextChoices):
        NAME = "name", _("name as on the identity card")
        NIK = "nik", _("NIK")
        BIRTH_PLACE = "birth_place", _("place of birth")
        BIRTH_DATE = "birth_date", _("date of birth")
        MOTHER = "mother_name", _("mother's name")
        PHONE = "phone", _("telephone")
        ADDRESS = "home_address", _("home address")
        BANK = "bank", _("bank")
        ACCOUNT = "number", _("account number")
        HOLDER = "holder", _("name of the holder")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(
        Worker, models.PROTECT, related_name="corrections", verbose_name=_("beneficiary")
    )
    field = models.CharField(_("field"), max_length=20, choices=Field.choices)
    # As text; the old one is what stood there when the correction was proposed.
    old = EncryptedTextField(label="correction.old")
    new = EncryptedTextField(label="correction.new")
    reason = EncryptedTextField(label="correction.reason")
    evidence = EncryptedTextField(label="correction.evidence")
    state = models.CharField(
        _("state"), max_length=12, choices=workflow.CORRECTION.choices, default="proposed"
    )
    proposed_at = models.DateTimeField(_("proposed at"), auto_now_add=True)
    proposed_by = models.ForeignKey(
        _USER, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    decided_because = EncryptedTextField(label="correction.decided", null=True, blank=True)

    objects = CorrectionQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "field": "umum",
        "old": "rahasia",
        "new": "rahasia",
        "reason": "rahasia",
        "evidence": "rahasia",
        "state": "umum",
        "proposed_at": "umum",
        "proposed_by": "umum",
        "decided_at": "umum",
        "decided_by": "umum",
        "decided_because": "rahasia",
    }

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "field"],
                condition=Q(state="proposed"),
                name="correction_one_a_field",
                violation_error_message=_("A correction of this field waits already."),
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, state="proposed")
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(state="proposed")),
                name="correction_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | ~Q(decided_by=F("proposed_by")),
                name="correction_by_two_people",
                violation_error_message=_("A second person accepts a correction."),
            ),
            known_states(workflow.CORRECTION),
        ]
        triggers = [road(workflow.CORRECTION)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return workflow.CORRECTION.state(self.state)
