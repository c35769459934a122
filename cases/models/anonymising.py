"""Who is anonymised because her term has run out: proposed, accepted by a second person, done."""

from __future__ import annotations

from typing import ClassVar, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.child import ChildReferral
from cases.models.worker import Worker
from cases.retention_workflow import ANONYMISING
from kotim_social.accounts.models import User
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL


class AnonymisingQuerySet(models.QuerySet["Anonymising"]):
    def visible_to(self, user: User) -> AnonymisingQuerySet:
        """Whoever may propose or accept sees all of them; the view asks for the right."""
        return self if user.sees_everything else self.none()


class Anonymising(models.Model):
    """One proposal of a year, with the terms that it stands on: accepting it confirms them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField(_("terms that ran out before"))
    # Code, years and legal basis of each term as they were when it was proposed.
    terms = models.JSONField()
    state = models.CharField(max_length=10, choices=ANONYMISING.choices, default="proposed")
    proposed_at = models.DateTimeField(auto_now_add=True)
    proposed_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    # Carried out by the owner's command, by nobody who is signed in.
    done_at = models.DateTimeField(null=True, blank=True)

    objects = AnonymisingQuerySet.as_manager()
    acts_of_the_machine: ClassVar[set[str]] = {"done_at"}
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "day": "umum",
        "terms": "umum",
        "state": "umum",
        "proposed_at": "umum",
        "proposed_by": "umum",
        "decided_at": "umum",
        "decided_by": "umum",
        "done_at": "umum",
    }

    class Meta:
        constraints = [
            known_states(ANONYMISING),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state__in=["proposed"]),
                name="anonymising_one_waits",
                violation_error_message=_("A proposal waits already."),
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state="proposed") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="anonymising_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "done"]) | ~Q(decided_by=F("proposed_by")),
                name="anonymising_by_two",
                violation_error_message=_("Somebody else accepts it."),
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False)
                | ~Q(state="done") & Q(done_at__isnull=True),
                name="anonymising_done_has_time",
            ),
        ]
        triggers = [road(ANONYMISING)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return ANONYMISING.state(self.state)


class AnonymisedPerson(models.Model):
    """Somebody on a proposal: by which term, and when it was carried out (never: left out then).

    A registered woman, or a child who was found at an import or on the street and has no record
    but her path; a child who was registered goes with her record.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    proposal = models.ForeignKey(Anonymising, models.PROTECT, related_name="people")
    worker = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="anonymisings")
    child = models.ForeignKey(ChildReferral, models.PROTECT, null=True, related_name="anonymisings")
    term = models.CharField(max_length=10)
    closed_on = models.DateField()
    ended_on = models.DateField(_("last day of the term"))
    done_at = models.DateTimeField(null=True, blank=True)

    acts_of_the_machine: ClassVar[set[str]] = {"done_at"}
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "proposal": "umum",
        "worker": "umum",
        "child": "umum",
        "term": "umum",
        "closed_on": "umum",
        "ended_on": "umum",
        "done_at": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "worker"], name="anonymised_once_each"),
            models.UniqueConstraint(
                fields=["worker"], condition=Q(done_at__isnull=False), name="anonymised_once"
            ),
            models.UniqueConstraint(
                fields=["child"], condition=Q(done_at__isnull=False), name="anonymised_child_once"
            ),
            models.UniqueConstraint(
                fields=["proposal", "child"], name="anonymised_child_once_each"
            ),
            models.CheckConstraint(
                condition=Q(worker__isnull=False, child__isnull=True)
                | Q(worker__isnull=True, child__isnull=False),
                name="anonymised_is_one_person",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("closed_on")), name="anonymised_after_closing"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def about(self) -> Worker | ChildReferral:
        return cast(Worker | ChildReferral, self.worker or self.child)

    @property
    def shown(self) -> str:
        """Her register number; a child has none and is not named."""
        about = self.about
        return str(about.register_no if isinstance(about, Worker) else about.known_as)
