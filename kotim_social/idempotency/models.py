"""Keys of forms that have been answered: hashes and the address of the answer, nothing more."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class AnsweredKey(models.Model):
    """A key made when a form was shown, with the hash of what came back and where it led."""

    key = models.CharField(max_length=36, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    body_hash = models.CharField(max_length=64)
    location = models.CharField(max_length=300)
    answered_at = models.DateTimeField(auto_now_add=True)
    acts_of_the_machine: ClassVar[set[str]] = {"answered_at"}

    privacy: ClassVar[dict[str, str]] = {
        "key": "umum",
        "user": "umum",
        "body_hash": "umum",
        "location": "umum",
        "answered_at": "umum",
    }

    def __str__(self) -> str:
        return self.key
