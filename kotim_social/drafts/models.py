"""A form that somebody has begun and not sent: hers alone, encrypted, gone after some days."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.models import User
from kotim_social.lib.encrypted import EncryptedJSONField
from kotim_social.lib.ids import uuid7


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: User) -> DraftQuerySet:
        """One's own, whatever one's role; a lapsed one is gone though its row may still be."""
        return self.alive().filter(saved_by=user)

    def alive(self) -> DraftQuerySet:
        return self.filter(saved_at__gt=_oldest())

    def lapsed(self) -> DraftQuerySet:
        return self.filter(saved_at__lte=_oldest())


def _oldest() -> object:
    return timezone.now() - timedelta(days=settings.DRAFT_DAYS)


class Draft(models.Model):
    """What was typed into the form at one address, by one person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Path and query of the form's page; never a search word, and no name.
    address = models.CharField(max_length=300)
    content = EncryptedJSONField(_("half-filled forms, for some days"), label="draft.content")
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = DraftQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "address": "umum",
        "content": "rahasia",
        "saved_at": "umum",
        "saved_by": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["saved_by", "address"],
                name="draft_one_of_a_form",
                violation_error_message=_("This form is kept already."),
            ),
        ]
        indexes = [models.Index(fields=["saved_at"], name="draft_by_age")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def fields(self) -> QueryDict:
        """As the browser sent them."""
        data = QueryDict(mutable=True)
        for name, values in self.content.items():
            data.setlist(name, values)
        return data
