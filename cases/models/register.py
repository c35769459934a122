"""The register import: what came in, row by row, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cases import workflow
from cases.models.whereabouts import Whereabouts
from cases.models.worker import Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.files.models import StoredFile
from kotim_social.lib.encrypted import EncryptedJSONField, EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.regions.models import Place
from kotim_social.workflow import known_states, road

_USER = settings.AUTH_USER_MODEL


class RegisterNumber(models.Model):
    """The last number given in a year; numbers are never used twice."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)
    privacy: ClassVar[dict[str, str]] = {"year": "umum", "last": "umum"}

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class RegisterImportQuerySet(models.QuerySet["RegisterImport"]):
    def visible_to(self, user: User) -> RegisterImportQuerySet:
        """Every import, or for a caseworker: her own ones and those with rows of her places."""
        if user.sees_everything:
            return self
        rows = StagedRow.objects.filter(
            source=OuterRef("pk"), place__lokalisasi_id__in=user.lokalisasi_ids
        )
        return self.filter(Q(uploaded_by=user) | Q(Exists(rows)))


class RegisterImport(models.Model):
    """One workbook: staged, looked at, confirmed or discarded, and undone while nothing follows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    file_name = EncryptedTextField(label="import.file_name")
    state = models.CharField(max_length=20, choices=workflow.IMPORT.choices, default="staged")
    registered_on = models.DateField(_("date of registration"))
    # Things the reader wants to tell about the workbook as a whole.
    notes = EncryptedJSONField(label="import.notes")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = RegisterImportQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "file": "rahasia",
        "sha256": "umum",
        "file_name": "rahasia",
        "state": "umum",
        "registered_on": "umum",
        "notes": "rahasia",
        "uploaded_at": "umum",
        "uploaded_by": "umum",
        "confirmed_at": "umum",
        "confirmed_by": "umum",
        "undone_at": "umum",
        "undone_by": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"],
                condition=Q(state__in=["staged", "confirmed"]),
                name="import_same_file_once",
                violation_error_message=_("This file has already been imported."),
            ),
            known_states(workflow.IMPORT),
        ]
        triggers = [road(workflow.IMPORT)]

    def __str__(self) -> str:
        return str(self.pk)


class StagedRowQuerySet(models.QuerySet["StagedRow"]):
    def visible_to(self, user: User) -> StagedRowQuerySet:
        """Rows in scope; those of children only for supervisors."""
        rows = self.in_scope(user)
        if user.can(Perm.CHILD_VIEW):
            return rows
        # A row tells of whom it became, and of whom it repeats.
        told = Q(pk=OuterRef("worker")) | Q(pk=OuterRef("repeats_worker"))
        protected = Whereabouts.objects.protected_from(user).filter(told)
        return rows.exclude(outcome="referral").filter(~Exists(protected))

    def in_scope(self, user: User) -> StagedRowQuerySet:
        """Rows of one's own places; one without a known place is for whoever uploaded it.

        For counting: it holds the children's rows too.
        """
        if user.sees_everything:
            return self
        return self.filter(
            Q(place__lokalisasi_id__in=user.lokalisasi_ids)
            | Q(place__isnull=True, source__uploaded_by=user)
        )


class StagedRow(models.Model):
    """One row of a workbook with its outcome; it stays here until somebody has settled it."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        WARNING = "warning", _("accepted with warnings")
        DUPLICATE = "duplicate", _("needs a decision: duplicate")
        REFUSED = "refused", _("refused")
        REFERRAL = "referral", _("child: referral path")

    class Settled(models.TextChoices):
        WAITING = "waiting", _("waiting")
        IMPORTED = "imported", _("imported")
        SAME_PERSON = "same_person", _("the same person")
        MENDED = "mended", _("mended and imported")
        DISMISSED = "dismissed", _("left out, with a reason")
        REFERRED = "referred", _("on the referral path")
        UNDONE = "undone", _("undone")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.ForeignKey(RegisterImport, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    sheet = models.CharField(max_length=80)
    row_no = models.PositiveIntegerField()
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    # The fields as read, and the cells as they stood in the workbook.
    fields = EncryptedJSONField(label="staged.fields")
    cells = EncryptedJSONField(label="staged.cells")
    problems = EncryptedJSONField(label="staged.problems")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    repeats_row = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="repeated_by"
    )
    repeats_worker = models.ForeignKey(
        Worker, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    worker = models.ForeignKey(
        Worker, models.SET_NULL, null=True, blank=True, related_name="staged_rows"
    )
    settled = models.CharField(max_length=12, choices=Settled.choices, default=Settled.WAITING)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    settled_because = EncryptedTextField(label="staged.because", null=True, blank=True)

    objects = StagedRowQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "source": "umum",
        "position": "umum",
        "sheet": "umum",
        "row_no": "umum",
        "place": "spesifik",
        "fields": "rahasia",
        "cells": "rahasia",
        "problems": "rahasia",
        "outcome": "spesifik",
        "repeats_row": "umum",
        "repeats_worker": "umum",
        "worker": "umum",
        "settled": "umum",
        "settled_at": "umum",
        "settled_by": "umum",
        "settled_because": "rahasia",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "position"], name="staged_row_once"),
            models.CheckConstraint(
                condition=Q(settled="waiting", settled_at__isnull=True, settled_by__isnull=True)
                | (~Q(settled="waiting") & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="staged_row_settled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
