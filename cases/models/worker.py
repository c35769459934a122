"""The registered woman."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cases import workflow
from cases.models.list_indexes import LIST_INDEXES
from cases.models.of_age import PROTECTED, Named, of_age
from cases.models.readiness import (
    KEPT,
    BesidesKept,
    current_journey,
    kept,
    readiness,
)
from kotim_social.accounts.models import ForATime, User
from kotim_social.accounts.roles import Perm
from kotim_social.lib.dates import ADULT, today
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.regions.models import District, Place, Regency
from kotim_social.workflow import known_states, road


class WorkerQuerySet(Named, models.QuerySet["Worker"]):
    """Sets of people."""

    person = ""

    def visible_to(self, user: User) -> WorkerQuerySet:
        """Everybody, or for a caseworker: her lokalisasi and the cases handed to her.

        A case that she handed over is no longer hers to see, in her own lokalisasi either (R63).
        A child is seen by supervisors and by whoever holds her case, and by nobody else (R19).
        """
        if user.sees_everyone:
            return self
        hers = CaseHolder.objects.filter(user=user)
        # As sets of ids, which are read once, and not as a question for each row.
        held = Q(pk__in=hers.current().values("worker"))
        if user.sees_everything:
            return self.filter(of_age() | held)
        given_away = Q(pk__in=hers.filter(ended_at__isnull=False).values("worker"))
        here = Q(place__in=Place.objects.filter(lokalisasi__in=user.lokalisasi_ids))
        return self.filter(here & ~given_away & of_age() | held)

    def in_parts(
        self, user: User, *, held: Sequence[UUID], places: Sequence[str]
    ) -> list[WorkerQuerySet]:
        """The same people as sets of which nobody is in two: of each an index knows the order.

        For a caseworker: `held` are those whose cases she holds today, `places` those of her
        lokalisasi, or some of them where nobody of the others is asked for.
        """
        if user.sees_everything:
            return [self.visible_to(user)]
        hers = CaseHolder.objects.filter(user=user)
        parts: list[WorkerQuerySet] = [self.filter(pk__in=held)] if held else []
        if places:
            given_away = hers.filter(ended_at__isnull=False).values("worker")
            here = self.filter(of_age(), place__in=places).exclude(pk__in=given_away)
            parts.append(here.exclude(pk__in=held))
        return parts

    def in_care_of(self, user: User) -> WorkerQuerySet:
        """Whose casework this user may see: her own cases and those that nobody holds (R64)."""
        if not user.can(Perm.CASEWORK_VIEW):
            return self.none()
        seen = self.visible_to(user)
        if user.can(Perm.CASEWORK_REVIEW):
            return seen
        held = CaseHolder.objects.current().filter(worker=OuterRef("pk"))
        return seen.filter(Q(Exists(held.filter(user=user))) | ~Q(Exists(held)))

    def counted(self) -> WorkerQuerySet:
        """The beneficiaries of the programme: everybody registered but who was found not to be.

        A record that was merged into another counts with that one; a child is none (R19).
        """
        counted = self.exclude(eligibility="not_eligible").exclude(case_state="merged")
        return counted.filter(of_age())

    def with_readiness(self) -> WorkerQuerySet:
        """Adds what her own row does not know of what she still needs (see rules.py)."""
        return self.annotate(**readiness())

    def with_journey(self) -> WorkerQuerySet:
        """Adds the state and the dates of her current journey; nothing when she has none."""
        return self.annotate(**current_journey())


@pghistory.track(
    pghistory.InsertEvent(level=pgtrigger.Statement),
    pghistory.UpdateEvent(level=pgtrigger.Statement, condition=BesidesKept()),
    model_name="WorkerEvent",
    exclude=KEPT,
    meta={"db_table": "cases_worker_event"},
)
class Worker(models.Model):
    """One registered person; her facts move in the states of cases/workflow.py."""

    class NikStatus(models.TextChoices):
        UNCHECKED = "unchecked", _("not yet checked")
        MATCHED = "matched", _("matched")
        UNMATCHED = "unmatched", _("not matched")
        DECEASED = "deceased", _("recorded as deceased")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    register_no = models.CharField(_("register number"), max_length=20, unique=True)
    name = models.CharField(_("name as on the identity card"), max_length=120)
    # The comparison form of the name: old spelling, titles and double letters folded away.
    name_folded = models.CharField(max_length=120, editable=False)
    mother_name = models.CharField(_("mother's name"), max_length=120, blank=True)
    mother_folded = models.CharField(max_length=120, blank=True, editable=False)
    birth_place = models.CharField(_("place of birth"), max_length=80, blank=True)
    birth_date = models.DateField(_("date of birth"))
    nik = EncryptedTextField(label="worker.nik", verbose_name=_("NIK"), null=True, blank=True)
    nik_index = models.CharField(max_length=64, null=True, editable=False)
    nik_tail_index = models.CharField(max_length=64, null=True, editable=False)
    nik_status = models.CharField(
        _("civil registry"), max_length=10, choices=NikStatus.choices, default=NikStatus.UNCHECKED
    )
    nik_note = models.CharField(_("note on the NIK"), max_length=300, blank=True)
    phone = EncryptedTextField(
        label="worker.phone", verbose_name=_("telephone"), null=True, blank=True
    )
    phone_index = models.CharField(max_length=64, null=True, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("place"))
    wisma = models.CharField(_("wisma / room"), max_length=80, blank=True)
    home_regency = models.ForeignKey(
        Regency, models.PROTECT, null=True, blank=True, verbose_name=_("home region")
    )
    home_district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, verbose_name=_("home district")
    )
    home_address = EncryptedTextField(
        label="worker.address", verbose_name=_("home address"), null=True, blank=True
    )
    children = models.PositiveSmallIntegerField(_("accompanying children"), default=0)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    eligibility = models.CharField(
        _("eligibility"),
        max_length=20,
        choices=workflow.ELIGIBILITY.choices,
        default="registered",
    )
    choice = models.CharField(
        _("choice"), max_length=20, choices=workflow.CHOICE.choices, default="undecided"
    )
    case_state = models.CharField(
        _("case"), max_length=10, choices=workflow.CASE.choices, default="open"
    )
    # The date of the decree that names her; written by the decree's own act and by nothing else.
    determined_on = models.DateField(
        _("determined by decree on"), null=True, blank=True, editable=False
    )
    has_account = kept(_("has an account with a number"))
    account_active = kept(_("her account is active"))
    holder_same = kept(_("the account is in her name"))
    statement_signed = kept(_("signed for her present choice"))
    origin_confirmed = kept(_("her origin is confirmed"))
    reached = kept(_("came to an information session"))
    # The state of her current journey; nothing when she has none.
    way = models.CharField(
        _("way home"), max_length=20, blank=True, default="", db_default="", editable=False
    )
    registered_on = models.DateField(_("date of registration"))
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Counts changes of the record, so that of two editors the second is told.
    version = models.PositiveIntegerField(default=1)

    objects = WorkerQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "register_no": "umum",
        "name": "spesifik",
        "name_folded": "spesifik",
        "mother_name": "spesifik",
        "mother_folded": "spesifik",
        "birth_place": "spesifik",
        "birth_date": "spesifik",
        "nik": "rahasia",
        "nik_index": "rahasia",
        "nik_tail_index": "rahasia",
        "nik_status": "spesifik",
        "nik_note": "spesifik",
        "phone": "rahasia",
        "phone_index": "rahasia",
        "place": "spesifik",
        "wisma": "spesifik",
        "home_regency": "spesifik",
        "home_district": "spesifik",
        "home_address": "rahasia",
        "children": "spesifik",
        "remark": "spesifik",
        "eligibility": "spesifik",
        "choice": "spesifik",
        "case_state": "spesifik",
        "determined_on": "umum",
        **dict.fromkeys(KEPT, "spesifik"),
        "registered_on": "umum",
        "registered_by": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "version": "umum",
    }

    class Meta:
        verbose_name = _("beneficiary")
        verbose_name_plural = _("beneficiaries")
        indexes = [
            GinIndex(OpClass("name_folded", name="gin_trgm_ops"), name="worker_name_trgm"),
            # Who else bears her name, in the order of a caution that names them: no row is read.
            models.Index(
                fields=["name_folded", "birth_date", "register_no"],
                include=["id", "eligibility", "place"],
                name="worker_same_person",
            ),
            models.Index(fields=["nik_tail_index"], name="worker_nik_tail"),
            models.Index(fields=["phone_index"], name="worker_phone"),
            # Who may be a child: asked by the policies of every statement (R19).
            models.Index(fields=["birth_date"], name="worker_by_birth"),
            *LIST_INDEXES,
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["nik_index"],
                name="worker_nik_once",
                violation_error_message=_("This NIK already belongs to another record."),
            ),
            models.CheckConstraint(
                condition=Q(nik__isnull=True, nik_index__isnull=True)
                | Q(nik__isnull=False, nik_index__isnull=False),
                name="worker_nik_is_indexed",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(name_folded=""),
                name="worker_has_a_name",
                violation_error_message=_("Write her name."),
            ),
            known_states(workflow.ELIGIBILITY),
            known_states(workflow.CHOICE),
            known_states(workflow.CASE),
        ]
        triggers = [
            road(workflow.ELIGIBILITY),
            road(workflow.CHOICE),
            road(workflow.CASE),
        ]

    def __str__(self) -> str:
        return self.register_no

    @property
    def lokalisasi_id(self) -> str:
        return self.place.lokalisasi_id

    @property
    def is_child(self) -> bool:
        """Under 18 on the planned closing of her place; the same answer as `of_age()`."""
        return self.place.age_on_closing(self.birth_date) < ADULT

    @property
    def name_in_lists(self) -> str:
        """Her name among others; a child stands there without it, whoever looks (R19).

        Of a set of rows ask `named()` first.
        """
        return str(PROTECTED) if self.is_child else self.name

    @property
    def eligibility_state(self) -> workflow.State:
        return workflow.ELIGIBILITY.state(self.eligibility)

    @property
    def case_shown(self) -> workflow.State:
        return workflow.CASE.state(self.case_state)

    @property
    def choice_state(self) -> workflow.State:
        return workflow.CHOICE.state(self.choice)


class Alias(models.Model):
    """Another name she is known by."""

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="aliases")
    name = models.CharField(_("alias"), max_length=80)
    name_folded = models.CharField(max_length=80, editable=False)
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "name": "spesifik",
        "name_folded": "spesifik",
    }

    class Meta:
        indexes = [GinIndex(OpClass("name_folded", name="gin_trgm_ops"), name="alias_name_trgm")]
        constraints = [
            models.UniqueConstraint(fields=["worker", "name_folded"], name="alias_once_a_person")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class OfAPerson(Named, models.QuerySet[Any]):
    """Rows that hang on a person: seen by whoever sees her."""

    def visible_to(self, user: User) -> Any:
        if user.sees_everyone:
            return self
        return self.filter(**{f"{self.person}__in": Worker.objects.visible_to(user)})

    def summed_for(self, user: User) -> Any:
        """For sums that name nobody: whoever keeps the office's money has all of it, also what
        was determined for somebody who has turned out to be a child (R19)."""
        return self if user.sees_everything else self.visible_to(user)


class HolderQuerySet(ForATime):
    def current(self) -> HolderQuerySet:
        """Holders of today."""
        return self.held_on(today())

    def held_on(self, day: date) -> HolderQuerySet:
        """Neither run out on that day nor ended by a hand-over."""
        rows: Any = self.on(day)
        return rows.filter(ended_at__isnull=True)


class CaseHolder(models.Model):
    """A case in the hands of one caseworker, until a date or until it is handed over."""

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="holders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="held_cases")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    handed_at = models.DateTimeField(auto_now_add=True)
    handed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # The moment she gave the case away: from then on she sees nothing of it.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = HolderQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "user": "umum",
        "valid_from": "umum",
        "valid_until": "umum",
        "handed_at": "umum",
        "handed_by": "umum",
        "ended_at": "umum",
        "ended_by": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(ended_at__isnull=True),
                name="case_holder_one_a_case",
                violation_error_message=_("Somebody holds this case already."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="case_holder_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
