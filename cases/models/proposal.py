"""The register of late proposals (usulan susulan): names that came after the list was frozen."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases import verval_workflow
from cases.models.of_age import of_age
from cases.models.worker import Worker
from kotim_social.accounts.models import User
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.regions.models import District, Place, Regency
from kotim_social.workflow import State, known_states, road

_USER = settings.AUTH_USER_MODEL


class ProposalQuerySet(models.QuerySet["LateProposal"]):
    def visible_to(self, user: User) -> ProposalQuerySet:
        """Those of her own places; a child's are its author's and the supervisors' (R19)."""
        if user.sees_everyone:
            return self
        seen = self.filter(of_age() | Q(recorded_by=user))
        if user.sees_everything:
            return seen
        return seen.filter(place__lokalisasi_id__in=user.lokalisasi_ids)


class LateProposal(models.Model):
    """Somebody named too late, with the evidence that she lives there and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=120)
    nik = EncryptedTextField(label="proposal.nik", null=True, blank=True)
    nik_note = models.CharField(max_length=300, blank=True)
    birth_place = models.CharField(max_length=80, blank=True)
    birth_date = models.DateField()
    mother_name = models.CharField(max_length=120, blank=True)
    home_regency = models.ForeignKey(Regency, models.PROTECT, null=True, blank=True)
    home_district = models.ForeignKey(District, models.PROTECT, null=True, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="late_proposals")
    wisma = models.CharField(_("wisma / room"), max_length=80)
    arrived_on = models.DateField(_("living there since"))
    rt_witness = models.CharField(_("witness of the RT"), max_length=120)
    evidence = EncryptedTextField(label="proposal.evidence")
    proposed_on = models.DateField()
    state = models.CharField(
        max_length=10, choices=verval_workflow.PROPOSAL.choices, default="proposed"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    checked_on = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    check_note = EncryptedTextField(label="proposal.check", null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    outcome = EncryptedTextField(label="proposal.outcome", null=True, blank=True)
    worker = models.OneToOneField(
        Worker, models.PROTECT, null=True, blank=True, related_name="late_proposal"
    )

    objects = ProposalQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "name": "spesifik",
        "nik": "rahasia",
        "nik_note": "spesifik",
        "birth_place": "spesifik",
        "birth_date": "spesifik",
        "mother_name": "spesifik",
        "home_regency": "spesifik",
        "home_district": "spesifik",
        "place": "spesifik",
        "wisma": "spesifik",
        "arrived_on": "spesifik",
        "rt_witness": "spesifik",
        "evidence": "rahasia",
        "proposed_on": "umum",
        "state": "spesifik",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "checked_on": "umum",
        "checked_at": "umum",
        "checked_by": "umum",
        "check_note": "rahasia",
        "decided_on": "umum",
        "decided_at": "umum",
        "decided_by": "umum",
        "outcome": "rahasia",
        "worker": "umum",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(arrived_on__lte=F("proposed_on")),
                name="proposal_lived_there_before",
                violation_error_message=_("She came there after she was proposed."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["checked", "accepted"])
                | Q(checked_on__isnull=False, checked_at__isnull=False, checked_by__isnull=False),
                name="proposal_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("recorded_by")),
                name="proposal_second_officer",
                violation_error_message=_("The second officer is somebody else."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["proposed", "checked"],
                    decided_on=None,
                    decided_at=None,
                    decided_by=None,
                )
                | Q(
                    state__in=["accepted", "rejected", "withdrawn"],
                    decided_on__isnull=False,
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    outcome__isnull=False,
                ),
                name="proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", worker__isnull=False)
                | ~Q(state="accepted") & Q(worker=None),
                name="proposal_accepted_is_registered",
            ),
            known_states(verval_workflow.PROPOSAL),
        ]
        triggers = [road(verval_workflow.PROPOSAL)]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state_shown(self) -> State:
        return verval_workflow.PROPOSAL.state(self.state)
