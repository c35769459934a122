"""Failures to protect personal data: what happened, whom it touches, and who was told when.

UU 27/2022 art. 46: within 3 × 24 hours of the discovery the person and the authority are told in
writing which data, when and how, and what is done about it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.data_breach_workflow import DATA_BREACH
from cases.models.worker import Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.documents.models import IssuedPaper
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL
# In these states the hours run.
RUNNING = ("open", "confirmed")


class DataBreachQuerySet(models.QuerySet["DataBreach"]):
    def visible_to(self, user: User) -> DataBreachQuerySet:
        """All of them for whoever answers or audits; who reported one sees that one."""
        return self if user.can(Perm.BREACH_VIEW) else self.filter(recorded_by=user)

    def running(self) -> DataBreachQuerySet:
        return self.filter(state__in=RUNNING)


@pghistory.track(
    pghistory.InsertEvent(level=pgtrigger.Statement),
    pghistory.UpdateEvent(level=pgtrigger.Statement),
    model_name="DataBreachEvent",
    meta={"db_table": "cases_data_breach_event"},
)
class DataBreach(models.Model):
    """One failure; the hours run from the moment of its discovery."""

    class Kind(models.TextChoices):
        """What UU 27/2022 calls a failure of protection: three ways in which data are hurt."""

        DISCLOSED = "disclosed", _("data became known to somebody outside")
        ALTERED = "altered", _("data were changed without right")
        LOST = "lost", _("data were lost or cannot be reached")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("what kind of breach"), max_length=10, choices=Kind.choices)
    happened = models.DateTimeField(_("when it happened"), null=True, blank=True)
    discovered = models.DateTimeField(_("when it was discovered"))
    deadline = models.DateTimeField()
    how = EncryptedTextField(label="data_breach.how", verbose_name=_("how it came about"))
    data = EncryptedTextField(label="data_breach.data", verbose_name=_("which data"))
    people_estimated = models.PositiveIntegerField(_("how many people, as far as known"))
    cause = EncryptedTextField(
        label="data_breach.cause", verbose_name=_("cause"), null=True, blank=True
    )
    measures = EncryptedTextField(
        label="data_breach.measures", verbose_name=_("measures taken"), null=True, blank=True
    )
    state = models.CharField(max_length=10, choices=DATA_BREACH.choices, default="open")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    conclusion = EncryptedTextField(
        label="data_breach.conclusion", verbose_name=_("conclusion"), null=True, blank=True
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    # Counts changes of the facts, so that of two editors the second is told.
    version = models.PositiveIntegerField(default=1)

    objects = DataBreachQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "kind": "umum",
        "happened": "umum",
        "discovered": "umum",
        "deadline": "umum",
        "how": "rahasia",
        "data": "rahasia",
        "people_estimated": "umum",
        "cause": "rahasia",
        "measures": "rahasia",
        "state": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "conclusion": "rahasia",
        "ended_at": "umum",
        "ended_by": "umum",
        "version": "umum",
    }

    class Meta:
        indexes = [
            models.Index(
                fields=["deadline"],
                condition=Q(state__in=RUNNING),
                name="data_breach_running",
            )
        ]
        constraints = [
            known_states(DATA_BREACH),
            models.CheckConstraint(
                condition=Q(kind__in=["disclosed", "altered", "lost"]),
                name="data_breach_known_kind",
                violation_error_message=_("Choose one."),
            ),
            models.CheckConstraint(
                condition=Q(deadline__gt=F("discovered")), name="data_breach_has_time"
            ),
            models.CheckConstraint(
                condition=Q(happened__isnull=True) | Q(happened__lte=F("discovered")),
                name="data_breach_before_discovery",
                violation_error_message=_("It cannot have been discovered before it happened."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=RUNNING,
                    ended_at__isnull=True,
                    ended_by__isnull=True,
                )
                | ~Q(state__in=RUNNING)
                & Q(ended_at__isnull=False, ended_by__isnull=False, conclusion__isnull=False),
                name="data_breach_ended_by_somebody",
                violation_error_message=_("Write the conclusion."),
            ),
        ]
        triggers = [road(DATA_BREACH)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return DATA_BREACH.state(self.state)

    def untold(self) -> models.QuerySet[BreachPerson]:
        """People it touches to whom no notice has been handed over yet."""
        sent = BreachNotice.objects.filter(
            breach=self, worker=OuterRef("worker"), sent_at__isnull=False
        )
        return self.people.filter(~Exists(sent), removed_at__isnull=True)

    def unwritten(self) -> models.QuerySet[BreachPerson]:
        """People it touches for whom no letter is issued yet."""
        letters = BreachNotice.objects.filter(breach=self, worker=OuterRef("worker"))
        return self.people.filter(~Exists(letters), removed_at__isnull=True)

    def authority_told_at(self) -> datetime | None:
        sent = self.notices.filter(receiver=Receiver.AUTHORITY, sent_at__isnull=False)
        return sent.aggregate(first=models.Min("sent_at"))["first"]

    def told_at(self) -> datetime | None:
        """When the last of those whom the law names was told; None while somebody is not."""
        if self.authority_told_at() is None or self.untold().exists():
            return None
        return self.notices.aggregate(last=models.Max("sent_at"))["last"]

    def remaining(self) -> timedelta:
        """Hours left of the 3 × 24; negative when they ran out. It stops with the last notice."""
        until = self.told_at() or timezone.now()
        return self.deadline - until

    @property
    def is_late(self) -> bool:
        return self.state in RUNNING and self.remaining() < timedelta(0)

    @property
    def clock(self) -> str:
        """The hours in words: left, overdue, or how it ended."""
        left = self.remaining()
        minutes = int(abs(left).total_seconds() // 60)
        values = {"hours": minutes // 60, "minutes": minutes % 60}
        if self.state == "dismissed":
            return gettext("No breach: nobody has to be told.")
        if left < timedelta(0):
            if self.told_at():
                return gettext("Told %(hours)s hours %(minutes)s minutes too late.") % values
            return gettext("Overdue by %(hours)s hours %(minutes)s minutes.") % values
        if self.told_at():
            return (
                gettext("Told in time, %(hours)s hours %(minutes)s minutes before the end.")
                % values
            )
        return gettext("%(hours)s hours %(minutes)s minutes left.") % values

    def lacks_for_closing(self) -> list[str]:
        """Each a sentence: who is still to be told, and what is still to be written."""
        lacks = []
        if self.authority_told_at() is None:
            lacks.append(gettext("The authority has not been told yet."))
        if people := self.untold().count():
            lacks.append(gettext("%(count)s people have not been told yet.") % {"count": people})
        if not self.people.filter(removed_at__isnull=True).exists() and self.people_estimated:
            lacks.append(gettext("Nobody is named whom it touches, and somebody is counted."))
        if not self.cause:
            lacks.append(gettext("The cause is not written down yet."))
        if not self.measures:
            lacks.append(gettext("The measures are not written down yet."))
        return lacks


class OfABreach(models.QuerySet[Any]):
    def visible_to(self, user: User) -> OfABreach:
        return self.filter(breach__in=DataBreach.objects.visible_to(user))


class BreachPerson(models.Model):
    """Somebody whose data it touches; taken out again only with a reason, before she is told."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    breach = models.ForeignKey(DataBreach, models.PROTECT, related_name="people")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    removal_reason = EncryptedTextField(label="breach_person.removal", null=True, blank=True)

    objects = OfABreach.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "breach": "umum",
        "worker": "spesifik",
        "added_at": "umum",
        "added_by": "umum",
        "removed_at": "umum",
        "removed_by": "umum",
        "removal_reason": "rahasia",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["breach", "worker"],
                condition=Q(removed_at__isnull=True),
                name="breach_person_once",
                violation_error_message=_("She is named already."),
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(
                    removed_at__isnull=False,
                    removed_by__isnull=False,
                    removal_reason__isnull=False,
                ),
                name="breach_person_removed_by_somebody",
                violation_error_message=_("Give a reason."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Receiver(models.TextChoices):
    """Who is told in writing."""

    PERSON = "person", _("the person herself")
    AUTHORITY = "authority", _("the authority for personal data")


class BreachNotice(models.Model):
    """One written notice: its letter when it is issued, and when and how it went out."""

    class Channel(models.TextChoices):
        HAND = "hand", _("handed over in person")
        POST = "post", _("sealed letter by post")
        MAIL = "mail", _("official electronic mail or form")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    breach = models.ForeignKey(DataBreach, models.PROTECT, related_name="notices")
    receiver = models.CharField(_("receiver"), max_length=10, choices=Receiver.choices)
    receiver_name = models.CharField(_("name of the office"), max_length=120, blank=True)
    worker = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="breach_notices")
    letter = models.OneToOneField(IssuedPaper, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(auto_now_add=True)
    issued_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=6, choices=Channel.choices, blank=True)
    evidence = EncryptedTextField(label="breach_notice.evidence", null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = OfABreach.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "breach": "umum",
        "receiver": "umum",
        "receiver_name": "umum",
        "worker": "spesifik",
        "letter": "umum",
        "issued_at": "umum",
        "issued_by": "umum",
        "channel": "umum",
        "evidence": "rahasia",
        "sent_at": "umum",
        "sent_by": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["breach", "worker"],
                condition=Q(worker__isnull=False),
                name="breach_notice_once_a_person",
                violation_error_message=_("She has her letter already."),
            ),
            models.CheckConstraint(
                condition=Q(receiver="person", worker__isnull=False)
                | Q(receiver="authority", worker__isnull=True),
                name="breach_notice_is_written",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by__isnull=True, channel="")
                | Q(sent_at__isnull=False, sent_by__isnull=False) & ~Q(channel=""),
                name="breach_notice_sent_by_somebody",
                violation_error_message=_("Choose how it went out."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
