"""The register of numbers and the papers that carry them."""

from __future__ import annotations

import re
import secrets
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.models import User
from kotim_social.audit.immutable import ImmutableModel, ImmutableQuerySet
from kotim_social.documents.kinds import paper_kind
from kotim_social.files.models import StoredFile
from kotim_social.lib.dates import roman_month
from kotim_social.lib.encrypted import EncryptedJSONField, EncryptedTextField
from kotim_social.lib.ids import uuid7

# No I, L, O, Q, U: a clerk reads the code aloud or types it from paper.
CHECK_LETTERS = "ABCDEFGHJKMNPRSTVWXYZ"
DEFAULT_TEMPLATE = "{klasifikasi}/{nomor}/DINSOS/{bulan_romawi}/{tahun}"


class NumberSeries(models.Model):
    """The running number of one classification code and year. Its row is locked to take one.

    Kinds of papers share the series of their code, as in the office's own agenda book.
    """

    code = models.CharField(_("classification code"), max_length=20)
    year = models.PositiveSmallIntegerField(_("year"))
    template = models.CharField(_("template"), max_length=120, default=DEFAULT_TEMPLATE)
    last_number = models.PositiveIntegerField(_("last number"), default=0)

    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "code": "umum",
        "year": "umum",
        "template": "umum",
        "last_number": "umum",
    }

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "year"],
                name="number_series_one_per_code_and_year",
                violation_error_message=_("There already is a series for this code and year."),
            ),
            models.CheckConstraint(
                condition=Q(template__contains="{nomor}") & Q(template__contains="{tahun}"),
                name="number_series_template_counts",
                violation_error_message=_("The template needs {nomor} and {tahun}."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}/{self.year}"

    def number_for(self, sequence: int, day: date) -> str:
        values = {
            "klasifikasi": self.code,
            "nomor": str(sequence),
            "bulan_romawi": roman_month(day.month),
            "tahun": str(self.year),
        }
        return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), self.template)


class IssuedPaperQuerySet(ImmutableQuerySet):
    def visible_to(self, user: User) -> IssuedPaperQuerySet:
        """Everything for who sees all, else one's own papers; a paper about a case is
        reached through the case (`about`)."""
        return self if user.sees_everything else self.filter(created_by=user)

    def about(self, subject: models.Model) -> IssuedPaperQuerySet:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))


class IssuedPaper(ImmutableModel):
    """A paper with a number. It never changes; voiding and copies are rows of their own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    number = models.CharField(max_length=160, unique=True)
    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="papers")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    issued_on = models.DateField()
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=60, blank=True)
    snapshot = EncryptedJSONField(label="paper.snapshot")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="paper")
    check_code = models.CharField(max_length=14, unique=True)
    sha256 = models.CharField(max_length=64)
    paper_size = models.CharField(max_length=10)

    objects = IssuedPaperQuerySet.as_manager()  # type: ignore[misc]
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "kind": "umum",
        "number": "umum",
        "series": "umum",
        "year": "umum",
        "sequence": "umum",
        "issued_on": "umum",
        "created_at": "umum",
        "created_by": "umum",
        "subject_type": "umum",
        "subject_id": "spesifik",
        "snapshot": "rahasia",
        "file": "umum",
        "check_code": "umum",
        "sha256": "umum",
        "paper_size": "umum",
    }

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="issued_paper_subject"),
            models.Index(fields=["kind", "-issued_on"], name="issued_paper_kind"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "sequence"],
                name="issued_paper_number_used_once",
                violation_error_message=_("This number is already given."),
            ),
            models.CheckConstraint(
                condition=Q(
                    check_code__regex=rf"^[{CHECK_LETTERS}]{{4}}(-[{CHECK_LETTERS}]{{4}}){{2}}$"
                ),
                name="issued_paper_check_code_form",
                violation_error_message=_("This is not a check code."),
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="issued_paper_sha256_form",
                violation_error_message=_("This is not a SHA-256 sum."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return str(paper_kind(self.kind).label)

    @property
    def page_url(self) -> str:
        """The page that shows this paper, or the page of what it is about."""
        kind = paper_kind(self.kind)
        if kind.page_takes == "nothing":
            return reverse(kind.page)
        taken = self.pk if kind.page_takes == "paper" else self.subject_id
        return reverse(kind.page, args=[taken])

    @property
    def is_void(self) -> bool:
        return PaperVoid.objects.filter(paper=self).exists()


class PaperVoid(ImmutableModel):
    """A paper that no longer counts. Its number stays taken."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paper = models.OneToOneField(IssuedPaper, on_delete=models.PROTECT, related_name="void")
    reason = EncryptedTextField(label="paper.void_reason")
    voided_at = models.DateTimeField(db_default=Now())
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "paper": "umum",
        "reason": "rahasia",
        "voided_at": "umum",
        "voided_by": "umum",
    }

    def __str__(self) -> str:
        return str(self.paper_id)


class PaperCopy(ImmutableModel):
    """One reprint, stamped SALINAN ke-`copy`."""

    paper = models.ForeignKey(IssuedPaper, on_delete=models.PROTECT, related_name="copies")
    copy = models.PositiveIntegerField()
    printed_at = models.DateTimeField(db_default=Now())
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "paper": "umum",
        "copy": "umum",
        "printed_at": "umum",
        "printed_by": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "copy"],
                name="paper_copy_counted_once",
                violation_error_message=_("This copy is already counted."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.paper_id} #{self.copy}"


def new_check_code() -> str:
    """Three groups of four letters, about 52 random bits."""
    groups = ("".join(secrets.choice(CHECK_LETTERS) for _letter in range(4)) for _group in range(3))
    return "-".join(groups)
