"""The scope of every row that hangs on a batch."""

from __future__ import annotations

from typing import Any

from django.db import models

from kotim_social.accounts.models import User
from repatriation.models.batch import Batch


class OfBatchQuerySet(models.QuerySet[Any]):
    """Whoever sees the batch sees what hangs on it (see BatchQuerySet.visible_to)."""

    def visible_to(self, user: User) -> OfBatchQuerySet:
        if user.sees_everything:
            return self
        return self.filter(batch__in=Batch.objects.visible_to(user).values("pk"))
