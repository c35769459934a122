"""Children who were met: to be protected, never beneficiaries of this programme (R19, R91)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.child_workflow import CHILD
from cases.models.consent import Provider
from cases.models.worker import Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.immutable import ImmutableModel, ImmutableQuerySet
from kotim_social.lib.dates import format_date, today
from kotim_social.lib.encrypted import EncryptedJSONField, EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.regions.models import Place
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL


class ChildReferralQuerySet(models.QuerySet["ChildReferral"]):
    def visible_to(self, user: User) -> ChildReferralQuerySet:
        """Supervisors, and the officers each child is given to."""
        if user.can(Perm.CHILD_VIEW):
            return self
        return self.filter(officer=user)

    def overdue(self) -> ChildReferralQuerySet:
        """Nobody has her in hand yet, or the day by which the next step was due has passed."""
        late = Q(officer__isnull=True) | Q(due_on__isnull=True) | Q(due_on__lt=today())
        return self.exclude(state="closed").filter(late)


class ChildReferral(models.Model):
    """A child found in the register: a victim to be protected, never a beneficiary of this flow."""

    class Outcome(models.TextChoices):
        PROTECTED = "protected", _("in the care of the unit that took her over")
        FAMILY = "family", _("with her family, who protect her")
        ADULT = "adult", _("not a child: her age was written down wrongly")
        NOT_FOUND = "not_found", _("not found, and reported as missing")
        OTHER = "other", _("other, see the note")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = EncryptedTextField(label="child.name")
    birth_date = models.DateField()
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    facts = EncryptedJSONField(label="child.facts")
    # The record that she was registered under, before it was found that she is a child.
    worker = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="child_paths")
    officer = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="child_referrals")
    state = models.CharField(max_length=12, choices=CHILD.choices, default="found")
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    # By when the next step is done; nobody has set it before the child is given to an officer.
    due_on = models.DateField(_("due"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    registered_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = ChildReferralQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "name": "rahasia",
        "birth_date": "spesifik",
        "place": "spesifik",
        "facts": "rahasia",
        "worker": "umum",
        "officer": "umum",
        "state": "spesifik",
        "provider": "spesifik",
        "due_on": "umum",
        "outcome": "spesifik",
        "registered_on": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "closed_at": "umum",
        "closed_by": "umum",
    }

    class Meta:
        indexes = [
            models.Index(
                fields=["officer", "due_on"], condition=~Q(state="closed"), name="child_open"
            )
        ]
        constraints = [
            known_states(CHILD),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, closed_by__isnull=False)
                & ~Q(outcome="")
                | ~Q(state="closed")
                & Q(closed_at__isnull=True, closed_by__isnull=True, outcome=""),
                name="child_closed_by_somebody",
                violation_error_message=_("Say what became of the child."),
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "protected", "family", "adult", "not_found", "other"]),
                name="child_known_outcome",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["found", "closed"]) | Q(provider__isnull=False),
                name="child_referred_to_somebody",
                violation_error_message=_("Say who the child is referred to."),
            ),
            models.UniqueConstraint(
                fields=["worker"],
                condition=~Q(state="closed"),
                name="child_one_open_path",
                violation_error_message=_("She is on the referral path already."),
            ),
        ]
        triggers = [road(CHILD)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return CHILD.state(self.state)

    @property
    def known_as(self) -> str:
        """What lists call her who has no register number: since when she is known."""
        return _("child, known since %(day)s") % {"day": format_date(self.registered_on)}

    @property
    def age_on_closing(self) -> int:
        return self.place.age_on_closing(self.birth_date)

    @property
    def is_late(self) -> bool:
        if self.state == "closed":
            return False
        return self.officer_id is None or self.due_on is None or self.due_on < today()


class ChildStepQuerySet(ImmutableQuerySet):
    def visible_to(self, user: User) -> ChildStepQuerySet:
        return self.filter(child__in=ChildReferral.objects.visible_to(user))


class ChildStep(ImmutableModel):
    """One act on the road of a child, as it was written down: who, when, by which letter."""

    class Act(models.TextChoices):
        ASSIGN = "assign", _("given to an officer")
        REFER = "refer", _("referred")
        ACCEPT = "accept", _("accepted")
        DECLINE = "decline", _("declined")
        HAND_OVER = "hand_over", _("handed over")
        CLOSE = "close", _("closed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    child = models.ForeignKey(ChildReferral, models.PROTECT, related_name="steps")
    act = models.CharField(max_length=10, choices=Act.choices)
    done_on = models.DateField()
    officer = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    letter_no = models.CharField(_("letter number"), max_length=60, blank=True)
    letter_on = models.DateField(_("date of the letter"), null=True, blank=True)
    # Who received the child, by name and office.
    received_by = EncryptedTextField(label="child.received_by", null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    note = EncryptedTextField(label="child.step", null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")

    objects = ChildStepQuerySet.as_manager()  # type: ignore[misc]
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "child": "umum",
        "act": "umum",
        "done_on": "umum",
        "officer": "umum",
        "provider": "spesifik",
        "letter_no": "umum",
        "letter_on": "umum",
        "received_by": "rahasia",
        "due_on": "umum",
        "note": "rahasia",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    class Meta:
        indexes = [models.Index(fields=["child", "done_on"], name="child_step_in_order")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(act="refer")
                | Q(provider__isnull=False, letter_on__isnull=False, due_on__isnull=False)
                & ~Q(letter_no=""),
                name="child_referred_by_letter",
                violation_error_message=_("A child is referred by letter, with number and date."),
            ),
            models.CheckConstraint(
                condition=~Q(act="hand_over") | Q(received_by__isnull=False),
                name="child_handed_to_somebody",
                violation_error_message=_("Say who received the child."),
            ),
            models.CheckConstraint(
                condition=Q(act__in=["assign", "refer", "accept", "decline", "hand_over", "close"]),
                name="child_known_act",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
