"""The caseworker's own work with a woman: assessment, plan, notes, visits.

No field of these tables asks for sexual history, clients or HIV status, none may be added (R67).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import casework_states
from cases.models.consent import Provider
from cases.models.worker import Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.immutable import ImmutableModel, ImmutableQuerySet
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL
EDITABLE_FOR = timedelta(days=1)


class OfACase(models.QuerySet[Any]):
    """Rows of cases: seen by whoever has the case in her care."""

    def visible_to(self, user: User) -> OfACase:
        return self.filter(worker__in=Worker.objects.in_care_of(user))


class ImmutableOfACase(ImmutableQuerySet):
    def visible_to(self, user: User) -> ImmutableOfACase:
        return self.filter(worker__in=Worker.objects.in_care_of(user))


class Risk(models.TextChoices):
    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")


RISK_TONES = {Risk.LOW: "success", Risk.MEDIUM: "warning", Risk.HIGH: "danger"}


class Assessment(ImmutableModel):
    """A short look at how she stands; the newest one counts, earlier ones stay."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="assessments")
    assessed_on = models.DateField()
    risk = models.CharField(_("risk"), max_length=6, choices=Risk.choices)
    summary = EncryptedTextField(label="assessment.summary")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")

    objects = ImmutableOfACase.as_manager()  # type: ignore[misc]
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "assessed_on": "umum",
        "risk": "rahasia",
        "summary": "rahasia",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    class Meta:
        indexes = [models.Index(fields=["worker", "-assessed_on", "-id"], name="assessment_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(risk__in=Risk.values), name="assessment_known_risk")
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def tone(self) -> str:
        return RISK_TONES[Risk(self.risk)]


class AssessmentReview(ImmutableModel):
    """A supervisor has looked at an assessment that somebody else made."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assessment = models.OneToOneField(Assessment, models.PROTECT, related_name="review")
    note = EncryptedTextField(label="assessment.review")
    reviewed_at = models.DateTimeField(auto_now_add=True)
    reviewed_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "assessment": "umum",
        "note": "rahasia",
        "reviewed_at": "umum",
        "reviewed_by": "umum",
    }

    def __str__(self) -> str:
        return str(self.pk)


class PlanLine(models.Model):
    """One thing that is to be done for her: what, by whom, until when, and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="plan_lines")
    what = EncryptedTextField(label="plan.what")
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(_("due"))
    state = models.CharField(
        max_length=10, choices=casework_states.PLAN_LINE.choices, default="open"
    )
    outcome = EncryptedTextField(label="plan.outcome", null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = OfACase.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "what": "rahasia",
        "provider": "spesifik",
        "due_on": "umum",
        "state": "umum",
        "outcome": "rahasia",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "ended_on": "umum",
        "ended_at": "umum",
        "ended_by": "umum",
    }

    class Meta:
        indexes = [
            models.Index(
                fields=["worker", "due_on"], condition=Q(state="open"), name="plan_line_open"
            )
        ]
        constraints = [
            known_states(casework_states.PLAN_LINE),
            models.CheckConstraint(
                condition=Q(state="open", ended_on__isnull=True, ended_by__isnull=True)
                | ~Q(state="open") & Q(ended_on__isnull=False, ended_by__isnull=False),
                name="plan_line_ended_by_somebody",
            ),
        ]
        triggers = [road(casework_states.PLAN_LINE)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return casework_states.PLAN_LINE.state(self.state)


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: User) -> NoteQuerySet:
        """Notes of the cases in her care; confidential ones are their author's and a supervisor's.

        The database limits the confidential ones once more, by a policy of the table itself.
        """
        notes = self.filter(worker__in=Worker.objects.in_care_of(user))
        if user.can(Perm.CASEWORK_REVIEW):
            return notes
        return notes.filter(Q(confidential=False) | Q(recorded_by=user))


class Note(models.Model):
    """What was heard or seen. Its author may mend it for a day; after that a new note corrects."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="notes")
    text = EncryptedTextField(label="note.text")
    confidential = models.BooleanField(_("confidential"), default=False)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = NoteQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "text": "rahasia",
        "confidential": "umum",
        "corrects": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "edited_at": "umum",
        "edited_by": "umum",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(edited_by__isnull=True) | Q(edited_by=models.F("recorded_by")),
                name="note_edited_by_its_author",
                violation_error_message=_("Only its author may change a note."),
            ),
            models.CheckConstraint(
                condition=Q(edited_at__isnull=True) | Q(edited_by__isnull=False),
                name="note_edited_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="stands_after_a_day",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                # The owner alone rotates keys: the same text under another key.
                func="""
                    IF OLD.recorded_at < now() - interval '1 day' AND NOT pg_has_role(current_user,
                        (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
                        RAISE EXCEPTION 'a note stands after a day; a new note corrects it'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def may_be_edited_by(self, user: User) -> bool:
        return self.recorded_by_id == user.pk and timezone.now() < self.recorded_at + EDITABLE_FOR


class Visit(ImmutableModel):
    """A visit, call or message: whether she was met, and how she is."""

    class Way(models.TextChoices):
        VISIT = "visit", _("visit")
        PHONE = "phone", _("telephone")
        HOME_OFFICE = "home_office", _("through the office of her home region")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="visits")
    met_on = models.DateField()
    way = models.CharField(_("how"), max_length=12, choices=Way.choices, default=Way.VISIT)
    was_met = models.BooleanField(_("she was met"), default=True)
    note = EncryptedTextField(label="visit.note")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")

    objects = ImmutableOfACase.as_manager()  # type: ignore[misc]
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "met_on": "umum",
        "way": "umum",
        "was_met": "spesifik",
        "note": "rahasia",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    class Meta:
        indexes = [
            models.Index(
                fields=["worker", "-met_on"], condition=Q(was_met=True), name="visit_last_met"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(way__in=["visit", "phone", "home_office"]), name="visit_known_way"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


def unreviewed_high_risk() -> Q:
    """Workers whose newest assessment says high, and no supervisor has looked at it."""
    newest = Assessment.objects.filter(worker=OuterRef("worker")).order_by("-assessed_on", "-id")
    waiting = Assessment.objects.filter(
        worker=OuterRef("pk"), risk=Risk.HIGH, review__isnull=True, pk=newest.values("pk")[:1]
    )
    return Q(Exists(waiting))
