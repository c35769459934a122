"""Her own bank account: the only place money by transfer goes to."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases import workflow
from cases.models.worker import Worker
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import known_states, road


@pghistory.track(
    pghistory.InsertEvent(level=pgtrigger.Statement),
    pghistory.UpdateEvent(level=pgtrigger.Statement),
    model_name="BankAccountEvent",
    meta={"db_table": "cases_bankaccount_event"},
)
class BankAccount(models.Model):
    """One account; a person has at most one that is not closed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(
        Worker, models.PROTECT, related_name="accounts", verbose_name=_("beneficiary")
    )
    bank = models.CharField(_("bank"), max_length=40)
    number = EncryptedTextField(
        label="account.number", verbose_name=_("account number"), null=True, blank=True
    )
    number_index = models.CharField(max_length=64, null=True, editable=False)
    holder = models.CharField(_("name of the holder"), max_length=120, blank=True)
    # The comparison form of the holder's name, to be compared with hers in SQL.
    holder_folded = models.CharField(max_length=120, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=20, choices=workflow.ACCOUNT.choices, default="applied"
    )
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    checked_on = models.DateField(_("last bank check"), null=True, blank=True)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    # Why the same number may stand at another person as well: a supervisor's explanation.
    shared_because = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "bank": "spesifik",
        "number": "rahasia",
        "number_index": "rahasia",
        "holder": "spesifik",
        "holder_folded": "spesifik",
        "state": "spesifik",
        "opened_on": "umum",
        "checked_on": "umum",
        "evidence": "spesifik",
        "shared_because": "spesifik",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "version": "umum",
    }

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        indexes = [models.Index(fields=["number_index"], name="account_number")]
        constraints = [
            models.UniqueConstraint(
                fields=["worker"],
                condition=~Q(state="closed"),
                name="account_one_open_a_person",
                violation_error_message=_("She already has an account; replace that one."),
            ),
            models.UniqueConstraint(
                fields=["number_index"],
                condition=~Q(state="closed") & Q(shared_because=""),
                name="account_number_once",
                violation_error_message=_("This account number already belongs to another record."),
            ),
            models.CheckConstraint(
                condition=Q(state="applied") | Q(number__isnull=False),
                name="account_opened_has_number",
                violation_error_message=_("Write the account number."),
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True, number_index__isnull=True)
                | Q(number__isnull=False, number_index__isnull=False),
                name="account_number_is_indexed",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(checked_on__isnull=False),
                name="account_active_was_checked",
                violation_error_message=_("Give the date of the bank's answer."),
            ),
            known_states(workflow.ACCOUNT),
        ]
        triggers = [road(workflow.ACCOUNT)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> workflow.State:
        return workflow.ACCOUNT.state(self.state)
