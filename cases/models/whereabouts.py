"""Where everybody lives and when she was born, without who she is: for questions that exclude."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from django.db import models

from cases.models.of_age import of_age
from cases.models.worker import CaseHolder, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.regions.models import Place


class WhereaboutsQuerySet(models.QuerySet["Whereabouts"]):
    def protected_from(self, user: User) -> WhereaboutsQuerySet:
        """The children whom this user does not see, wherever they live (R19)."""
        if user.can(Perm.CHILD_VIEW):
            return self.none()
        hers = CaseHolder.objects.current().filter(user=user)
        return self.filter(~of_age()).exclude(pk__in=hers.values("worker"))


class Whereabouts(models.Model):
    """One row a person whoever asks: a view that the policies of the person tables do not bind.

    "Nobody on it lives elsewhere" would be true of all whom the policies hide.
    """

    worker = models.OneToOneField(
        Worker, models.DO_NOTHING, primary_key=True, related_name="whereabouts"
    )
    place = models.ForeignKey(Place, models.DO_NOTHING, related_name="+")
    birth_date = models.DateField()

    objects = WhereaboutsQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "worker": "umum",
        "place": "spesifik",
        "birth_date": "spesifik",
    }

    class Meta:
        managed = False
        db_table = "cases_whereabouts"

    def __str__(self) -> str:
        return str(self.pk)


class ReadinessDifference(models.Model):
    """The view of those whose row says something else than the tables that hang on her.

    It must be empty (docs/adr/0021).
    """

    worker = models.OneToOneField(
        Worker, models.DO_NOTHING, primary_key=True, related_name="+", db_constraint=False
    )
    privacy: ClassVar[dict[str, str]] = {"worker": "umum"}

    class Meta:
        managed = False
        db_table = "cases_readinessdifference"

    def __str__(self) -> str:
        return str(self.pk)


def children_among(ids: Iterable[UUID], user: User) -> set[UUID]:
    """Those of these people who are children whom this user does not see (R19)."""
    rows = Whereabouts.objects.filter(pk__in=list(ids)).protected_from(user)
    return set(rows.values_list("pk", flat=True))
