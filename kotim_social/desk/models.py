"""Groups of people who are alike, counted: what the sums over everybody are read from (ADR 0020).

Nothing here is written by the program: triggers note who changed, and `desk_fold()` counts anew.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models import Worker
from disbursements.models import AssistanceKind, Funder
from kotim_social.regions.models import Place


class ChangedPerson(models.Model):
    """Somebody of whom a fact has changed since her groups were counted; rows are only added."""

    worker = models.ForeignKey(Worker, models.DO_NOTHING, related_name="+", db_constraint=False)
    privacy: ClassVar[dict[str, str]] = {"id": "umum", "worker": "umum"}

    def __str__(self) -> str:
        return str(self.pk)


class PersonGroup(models.Model):
    """In which groups one person is counted; none when she does not count there."""

    worker = models.OneToOneField(
        Worker, models.DO_NOTHING, primary_key=True, related_name="+", db_constraint=False
    )
    people = models.JSONField(_("group in which she is counted"), null=True)
    money = models.JSONField(_("group in which she is counted"), null=True)
    privacy: ClassVar[dict[str, str]] = {
        "worker": "umum",
        "people": "spesifik",
        "money": "spesifik",
    }

    def __str__(self) -> str:
        return str(self.pk)


class Group(models.Model):
    """So many people with just these facts: about themselves, or about what they are owed."""

    about = models.CharField(max_length=6)
    facts = models.JSONField(_("facts of a group of people"))
    people = models.BigIntegerField(_("people counted in a group"))
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "about": "umum",
        "facts": "spesifik",
        "people": "spesifik",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about", "facts"], name="group_once")]

    def __str__(self) -> str:
        return str(self.pk)


class PeopleGroup(models.Model):
    """The view `desk_peoplegroup`: beneficiaries by facts about themselves, as of this moment."""

    key = models.TextField(primary_key=True)
    place = models.ForeignKey(Place, models.DO_NOTHING, related_name="+")
    province = models.CharField(max_length=2, null=True)
    choice = models.CharField(max_length=20)
    eligibility = models.CharField(max_length=20)
    has_nik = models.BooleanField()
    has_account = models.BooleanField()
    is_named = models.BooleanField()
    way = models.CharField(max_length=20)
    boarded_on = models.DateField(null=True)
    people = models.BigIntegerField()
    privacy: ClassVar[dict[str, str]] = {
        name: "spesifik"
        for name in (
            "key", "place", "province", "choice", "eligibility", "has_nik", "has_account",
            "is_named", "way", "boarded_on", "people",
        )
    }  # fmt: skip

    class Meta:
        managed = False
        db_table = "desk_peoplegroup"

    def __str__(self) -> str:
        return str(self.key)


class PositionGroup(models.Model):
    """The view `desk_positiongroup`: what each of the people of a group has of a kind, by today's
    rates and policies. `disbursements.Position` is the same for one person."""

    key = models.TextField(primary_key=True)
    # One group of people stands here once for each kind.
    one = models.TextField()
    place = models.ForeignKey(Place, models.DO_NOTHING, related_name="+")
    kind = models.ForeignKey(AssistanceKind, models.DO_NOTHING, related_name="+")
    funder = models.ForeignKey(Funder, models.DO_NOTHING, related_name="+")
    people = models.BigIntegerField()
    entitled = models.BigIntegerField()
    paid = models.BigIntegerField()
    in_process = models.BigIntegerField()
    returned = models.BigIntegerField()
    withheld = models.BigIntegerField()
    open = models.BigIntegerField()
    privacy: ClassVar[dict[str, str]] = {
        name: "spesifik"
        for name in (
            "key", "one", "place", "kind", "funder", "people", "entitled", "paid", "in_process",
            "returned", "withheld", "open",
        )
    }  # fmt: skip

    class Meta:
        managed = False
        db_table = "desk_positiongroup"

    def __str__(self) -> str:
        return str(self.key)


class GroupDifference(models.Model):
    """The view `desk_groupdifference`: where groups and people do not agree; it must be empty."""

    which = models.TextField(primary_key=True)
    counted = models.BigIntegerField()
    live = models.BigIntegerField()
    privacy: ClassVar[dict[str, str]] = dict.fromkeys(("which", "counted", "live"), "spesifik")

    class Meta:
        managed = False
        db_table = "desk_groupdifference"

    def __str__(self) -> str:
        """Facts and figures, and nobody's name: a log may keep it."""
        return f"{self.which}: counted {self.counted}, live {self.live}"
