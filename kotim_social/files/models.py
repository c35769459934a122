"""What is known of a stored file; its content lies encrypted outside the database."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.models import User
from kotim_social.audit.immutable import ImmutableModel, ImmutableQuerySet
from kotim_social.files import disk
from kotim_social.lib.ids import uuid7


class StoredFileQuerySet(ImmutableQuerySet):
    def visible_to(self, user: User) -> StoredFileQuerySet:
        """Everything for who sees all, else one's own; files of a case are reached through it."""
        return self if user.sees_everything else self.filter(created_by=user)

    def kept(self) -> StoredFileQuerySet:
        """Those whose content is still there."""
        return self.filter(destroyed__isnull=True)


class StoredFile(ImmutableModel):
    """One encrypted file. Name on disk and key binding come from the id alone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)  # of the plain content
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    created_at = models.DateTimeField(db_default=Now())
    # Empty when a command stored it, without anybody signed in.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = StoredFileQuerySet.as_manager()  # type: ignore[misc]
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "kind": "umum",
        "sha256": "spesifik",
        "size": "umum",
        "content_type": "umum",
        "created_at": "umum",
        "created_by": "umum",
    }

    class Meta:
        indexes = [models.Index(fields=["kind", "sha256"], name="stored_file_content")]
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="stored_file_sha256_form",
                violation_error_message=_("This is not a SHA-256 sum."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="") & ~Q(content_type=""),
                name="stored_file_says_what_it_is",
                violation_error_message=_("A file needs a kind and a content type."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def path(self) -> Path:
        return disk.path_of(self.pk)

    def read(self) -> bytes:
        """The plain content. FileMissing, FileDamaged or CryptoError when it is not what it was."""
        return disk.read(self.pk, sha256=self.sha256)


class DestroyedFile(ImmutableModel):
    """The content of this file was destroyed for good; that it was there stays on record."""

    stored = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, primary_key=True, related_name="destroyed"
    )
    destroyed_at = models.DateTimeField(db_default=Now())
    # Empty when its time ran out and the program did it.
    destroyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    privacy: ClassVar[dict[str, str]] = {
        "stored": "umum",
        "destroyed_at": "umum",
        "destroyed_by": "umum",
    }

    def __str__(self) -> str:
        return str(self.pk)
