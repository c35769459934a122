"""Verification beside its findings: sessions with their team, frozen stages, objections."""

from __future__ import annotations

from typing import ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cases import verval_workflow
from cases.models.worker import OfAPerson, Worker
from kotim_social.accounts.models import User
from kotim_social.audit.immutable import ImmutableModel, ImmutableQuerySet
from kotim_social.lib.dates import today
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.regions.models import Lokalisasi, Place
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL
# Written between a name and what the person does in the team: "Contoh Satu – Ketua".
TEAM_MARK = "–"


class SessionQuerySet(ImmutableQuerySet):
    def visible_to(self, user: User) -> SessionQuerySet:
        if user.sees_everything:
            return self
        return self.filter(place__lokalisasi_id__in=user.lokalisasi_ids)


class VerificationSession(ImmutableModel):
    """One day on which a team verified people in one place."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="verification_sessions")
    held_on = models.DateField(_("held on"))
    venue = models.CharField(_("where"), max_length=120, blank=True)
    team = models.TextField(_("team"), max_length=600)
    village_head = models.CharField(_("head of the village"), max_length=120, blank=True)
    district_head = models.CharField(_("head of the kecamatan"), max_length=120, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")

    objects = SessionQuerySet.as_manager()  # type: ignore[misc]
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "place": "umum",
        "held_on": "umum",
        "venue": "umum",
        "team": "spesifik",
        "village_head": "spesifik",
        "district_head": "spesifik",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(team=""),
                name="session_has_a_team",
                violation_error_message=_("Name the team."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.held_on}"

    @property
    def members(self) -> list[tuple[str, str]]:
        """(name, function) of everybody in the team, in the order written."""
        pairs = [line.partition(TEAM_MARK) for line in self.team.splitlines() if line.strip()]
        return [(name.strip(), function.strip()) for name, _mark, function in pairs]


class Stage(models.TextChoices):
    """What is frozen, in the order in which it happens."""

    REGISTRATION = "registration", _("registration")
    VERIFICATION = "verification", _("verification")
    DECREE = "decree", _("determination by decree")


class FreezeQuerySet(models.QuerySet["StageFreeze"]):
    def visible_to(self, user: User) -> FreezeQuerySet:
        if user.sees_everything:
            return self
        return self.filter(lokalisasi_id__in=user.lokalisasi_ids)

    def in_force(self) -> FreezeQuerySet:
        return self.filter(lifted_at__isnull=True)


class StageFreeze(models.Model):
    """A stage of one lokalisasi is closed: late names go their own way. Lifted with a reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    stage = models.CharField(max_length=14, choices=Stage.choices)
    lokalisasi = models.ForeignKey(Lokalisasi, models.PROTECT, related_name="freezes")
    frozen_on = models.DateField()
    people = models.PositiveIntegerField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    lifted_on = models.DateField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    lifted_because = EncryptedTextField(label="freeze.lifted", null=True, blank=True)

    objects = FreezeQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "stage": "umum",
        "lokalisasi": "umum",
        "frozen_on": "umum",
        "people": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "lifted_on": "umum",
        "lifted_at": "umum",
        "lifted_by": "umum",
        "lifted_because": "rahasia",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "lokalisasi"],
                condition=Q(lifted_at__isnull=True),
                name="stage_frozen_once",
                violation_error_message=_("This stage is frozen already."),
            ),
            models.CheckConstraint(
                condition=Q(stage__in=Stage.values), name="stage_freeze_known_stage"
            ),
            models.CheckConstraint(
                condition=Q(
                    lifted_on=None, lifted_at=None, lifted_by=None, lifted_because__isnull=True
                )
                | Q(
                    lifted_on__gte=F("frozen_on"),
                    lifted_at__isnull=False,
                    lifted_by__isnull=False,
                    lifted_because__isnull=False,
                ),
                name="stage_freeze_lifted_by_somebody",
                violation_error_message=_("Say why the stage is opened again."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lokalisasi_id} {self.stage}"


class FrozenPerson(ImmutableModel):
    """Somebody who stood on the list when its stage was frozen, as she stood there."""

    freeze = models.ForeignKey(StageFreeze, models.PROTECT, related_name="frozen")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="frozen_in")
    eligibility = models.CharField(max_length=20)
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "freeze": "umum",
        "worker": "umum",
        "eligibility": "spesifik",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["freeze", "worker"], name="frozen_person_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ObjectionQuerySet(OfAPerson):
    def overdue(self) -> ObjectionQuerySet:
        return self.filter(state="open", due_on__lt=today())

    def to_verify_again(self) -> ObjectionQuerySet:
        """Upheld, and nobody has looked at her anew since: the old finding still stands."""
        later = apps.get_model("cases.EligibilityDecision").objects.filter(
            worker=OuterRef("worker"), recorded_at__gt=OuterRef("decided_at")
        )
        return self.filter(~Exists(later), state="upheld", worker__case_state="open")


class Objection(models.Model):
    """She does not agree with a finding: her grounds, a day by which to answer, the answer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="objections")
    decision = models.ForeignKey(
        "cases.EligibilityDecision", models.PROTECT, related_name="objections"
    )
    # Who recorded the finding: somebody else must answer.
    found_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    raised_on = models.DateField()
    due_on = models.DateField()
    grounds = EncryptedTextField(label="objection.grounds")
    state = models.CharField(
        max_length=10, choices=verval_workflow.OBJECTION.choices, default="open"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    outcome = EncryptedTextField(label="objection.outcome", null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "decision": "umum",
        "found_by": "umum",
        "raised_on": "umum",
        "due_on": "umum",
        "grounds": "rahasia",
        "state": "spesifik",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "decided_on": "umum",
        "decided_at": "umum",
        "decided_by": "umum",
        "outcome": "rahasia",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(state="open"),
                name="objection_one_open",
                violation_error_message=_("An objection of hers already waits for its answer."),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("raised_on")), name="objection_due_after_raised"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_on=None, decided_at=None, decided_by=None)
                | ~Q(state="open")
                & Q(decided_on__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="objection_answered_by_somebody",
            ),
            known_states(verval_workflow.OBJECTION),
        ]
        triggers = [road(verval_workflow.OBJECTION)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return verval_workflow.OBJECTION.state(self.state)
