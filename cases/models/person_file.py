"""Scans of her papers, and a portrait if she agreed to one; the contents lie in the store."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cases.file_kinds import CHOICES, OF_THE_CASE
from cases.file_workflow import PERSON_FILE
from cases.models.account import BankAccount
from cases.models.consent import Consent, Layer
from cases.models.decision import EligibilityDecision, SignedStatement
from cases.models.referral import Referral
from cases.models.worker import OfAPerson, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.files.models import StoredFile
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL
# What a paper may prove: at most one of them.
PROVES = ("account", "statement", "decision", "referral")
_KINDS = [code for code, _label in CHOICES]


class PersonFileQuerySet(models.QuerySet["PersonFile"]):
    def visible_to(self, user: User) -> PersonFileQuerySet:
        """Papers of people in scope; those of a case only for whoever has it in care (R64)."""
        of_the_case = Q(kind__in=OF_THE_CASE) | Q(referral__isnull=False)
        return self.filter(
            ~of_the_case | Q(worker__in=Worker.objects.in_care_of(user)),
            worker__in=Worker.objects.visible_to(user),
        )

    def opened_by(self, user: User) -> PersonFileQuerySet:
        """Those whose content this user may open: a withdrawn one is a supervisor's only."""
        seen = self.visible_to(user)
        return seen if user.can(Perm.FILE_WITHDRAW) else seen.exclude(state="withdrawn")


class PersonFile(models.Model):
    """One scan. What it is and proves stays as recorded; only its withdrawal is added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="files")
    kind = models.CharField(_("kind of paper"), max_length=10, choices=CHOICES)
    stored = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    remark = EncryptedTextField(label="person_file.remark", null=True, blank=True)
    account = models.ForeignKey(BankAccount, models.PROTECT, null=True, related_name="+")
    statement = models.ForeignKey(SignedStatement, models.PROTECT, null=True, related_name="+")
    decision = models.ForeignKey(EligibilityDecision, models.PROTECT, null=True, related_name="+")
    referral = models.ForeignKey(Referral, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=PERSON_FILE.choices, default="filed")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    asked_because = EncryptedTextField(label="person_file.asked_because", null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = PersonFileQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "kind": "spesifik",
        "stored": "rahasia",
        "remark": "rahasia",
        "account": "umum",
        "statement": "umum",
        "decision": "umum",
        "referral": "umum",
        "state": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "asked_because": "rahasia",
        "asked_at": "umum",
        "asked_by": "umum",
        "looked_at": "umum",
        "looked_by": "umum",
    }

    class Meta:
        indexes = [models.Index(fields=["worker", "-recorded_at"], name="person_file_newest")]
        constraints = [
            known_states(PERSON_FILE),
            models.CheckConstraint(
                condition=Q(kind__in=_KINDS),
                name="person_file_known_kind",
                violation_error_message=_("Choose the kind of paper."),
            ),
            models.CheckConstraint(
                condition=Q(*(
                    Q(**{f"{other}__isnull": True for other in PROVES if other != name})
                    for name in PROVES
                ), _connector=Q.OR),
                name="person_file_proves_one_thing",
                violation_error_message=_("A paper proves one thing."),
            ),
            models.CheckConstraint(
                condition=Q(asked_at__isnull=True, asked_by__isnull=True, state="filed")
                | Q(asked_at__isnull=False, asked_by__isnull=False, asked_because__isnull=False),
                name="person_file_asked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(looked_at__isnull=True, looked_by__isnull=True)
                | Q(looked_at__isnull=False, looked_by__isnull=False),
                name="person_file_looked_at_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn")
                | Q(looked_by__isnull=False) & ~Q(looked_by=models.F("asked_by")),
                name="person_file_withdrawn_by_two",
                violation_error_message=_("Somebody else looks at the withdrawal."),
            ),
        ]  # fmt: skip
        triggers = [road(PERSON_FILE)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return PERSON_FILE.state(self.state)


class PortraitQuerySet(OfAPerson):
    def kept(self) -> PortraitQuerySet:
        return self.filter(removed_at__isnull=True)

    def allowed(self) -> PortraitQuerySet:
        """Those that may be shown now: her yes to a photo stands at this moment (R65)."""
        yes = Consent.objects.in_force().filter(
            worker=OuterRef("worker"), layer=Layer.PHOTO, receiver_folded="", agreed=True
        )
        return self.kept().filter(Exists(yes))


class Portrait(models.Model):
    """Her picture, with her consent. When it is removed its content is destroyed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="portraits")
    stored = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = PortraitQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "stored": "rahasia",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "removed_at": "umum",
        "removed_by": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(removed_at__isnull=True),
                name="portrait_one_a_person",
                violation_error_message=_("She has a photo already."),
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="portrait_removed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
