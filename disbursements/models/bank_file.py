"""A bank's file of results: staged encrypted, looked at, then applied whole or put aside."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from disbursements import workflow
from disbursements.models.payment import PaymentLine, PaymentList
from kotim_social.accounts.models import User
from kotim_social.files.models import StoredFile
from kotim_social.lib.encrypted import EncryptedJSONField
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL


class ResultFileQuerySet(models.QuerySet["ResultFile"]):
    def visible_to(self, user: User) -> ResultFileQuerySet:
        if user.sees_everything:
            return self
        return self.filter(payment_list__in=PaymentList.objects.visible_to(user))


class ResultFile(models.Model):
    """One file of one list. The same bytes are read once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment_list = models.ForeignKey(PaymentList, models.PROTECT, related_name="result_files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=workflow.RESULT_FILE.choices, default="staged")
    # The date of results whose rows name none.
    happened_on = models.DateField(_("date of the results"))
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = ResultFileQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "payment_list": "umum",
        "file": "rahasia",
        "sha256": "umum",
        "state": "umum",
        "happened_on": "umum",
        "uploaded_at": "umum",
        "uploaded_by": "umum",
        "settled_at": "umum",
        "settled_by": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment_list", "sha256"],
                condition=Q(state__in=["staged", "applied"]),
                name="result_file_same_once",
                violation_error_message=_("This file was already read."),
            ),
            models.CheckConstraint(
                condition=Q(state="staged", settled_at__isnull=True, settled_by__isnull=True)
                | (~Q(state="staged") & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="result_file_settled_by_somebody",
            ),
            known_states(workflow.RESULT_FILE),
        ]
        triggers = [road(workflow.RESULT_FILE)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return workflow.RESULT_FILE.state(self.state)


class ResultRow(models.Model):
    """One row of the file as it was read; what is wrong with it is asked anew each time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.ForeignKey(ResultFile, models.PROTECT, related_name="rows")
    row_no = models.PositiveIntegerField()
    line = models.ForeignKey(PaymentLine, models.PROTECT, null=True, related_name="+")
    # The fields as read: text by name, and which column each stood in.
    cells = EncryptedJSONField(label="result_row.cells")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "source": "umum",
        "row_no": "umum",
        "line": "umum",
        "cells": "rahasia",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "row_no"], name="result_row_once")]

    def __str__(self) -> str:
        return str(self.pk)
