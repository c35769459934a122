"""Who is in a batch; what happened to her on the way stands in cases.Journey."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from cases.models import Journey, Named, Worker
from cases.workflow import JOURNEY
from kotim_social.accounts.models import User
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import State
from repatriation.models.batch import Batch, seats_triggers, together

_USER = settings.AUTH_USER_MODEL


# Who stays, or has not said, is never in a batch, whatever program writes. Each is looked up by her
# id: the plan is kept for the session, with the number of rows of its first statement.
_ONLY_RETURNEES = """
    IF EXISTS (
        SELECT FROM rows r LEFT JOIN LATERAL (
            SELECT w.choice FROM cases_worker w WHERE w.id = r.worker_id OFFSET 0
        ) she ON true
        WHERE she.choice IS DISTINCT FROM 'return'
    ) THEN
        RAISE EXCEPTION 'only who chose to return travels with a batch'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'member_chose_to_return';
    END IF;
    RETURN NULL;
"""

CAME_BACK = State("came_back", _("came back here"), tone="warning")


class MemberQuerySet(Named, models.QuerySet["Member"]):
    def visible_to(self, user: User) -> MemberQuerySet:
        """The whole manifest of each batch she sees (see BatchQuerySet.visible_to)."""
        if user.sees_everything:
            return self
        return self.filter(batch__in=Batch.objects.visible_to(user).values("pk"))

    def on_manifest(self) -> MemberQuerySet:
        """Those who were not taken out."""
        return self.filter(removed_at__isnull=True)

    def with_journey(self) -> MemberQuerySet:
        """Adds the state and dates of the journey that she makes with this batch."""
        hers = Journey.objects.filter(
            worker=OuterRef("worker"), batch_code=OuterRef("batch__code")
        ).order_by("-current", "-id")
        return self.annotate(
            journey_state=Subquery(hers.values("state")[:1]),
            boarded_on=Subquery(hers.values("boarded_on")[:1]),
            arrived_on=Subquery(hers.values("arrived_on")[:1]),
            handed_over_on=Subquery(hers.values("handed_over_on")[:1]),
        )

    def by_name(self) -> MemberQuerySet:
        rows: MemberQuerySet = self.named()
        return rows.order_by("worker__name", "pk")


@pghistory.track(
    pghistory.InsertEvent(level=pgtrigger.Statement),
    pghistory.UpdateEvent(level=pgtrigger.Statement),
    model_name="MemberEvent",
    meta={"db_table": "repatriation_member_event"},
)
class Member(models.Model):
    """One woman in one batch, with the children who travel with her."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="members")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="batch_memberships")
    children = models.PositiveSmallIntegerField(_("accompanying children"), default=0)
    # An open membership: it ends when she is taken out, and when the batch ends.
    active = models.BooleanField(default=True)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    removal_reason = EncryptedTextField(label="member.removal_reason", null=True, blank=True)
    did_not_board = models.BooleanField(_("did not board"), default=False)

    objects = MemberQuerySet.as_manager()
    # What `with_journey()` adds.
    journey_state: str | None
    boarded_on: date | None
    arrived_on: date | None
    handed_over_on: date | None
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "batch": "umum",
        "worker": "umum",
        "children": "spesifik",
        "active": "umum",
        "added_at": "umum",
        "added_by": "umum",
        "removed_at": "umum",
        "removed_by": "umum",
        "removal_reason": "rahasia",
        "did_not_board": "spesifik",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(active=True),
                name="member_in_one_open_batch",
                violation_error_message=_("Somebody of these is already in another batch."),
            ),
            models.CheckConstraint(
                condition=together("removed_at", "removed_by", "removal_reason"),
                name="member_removed_by_somebody",
                violation_error_message=_("Give a reason."),
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(active=False),
                name="member_removed_is_not_open",
            ),
        ]
        triggers = [
            *seats_triggers(),
            pgtrigger.Trigger(
                name="only_returnees",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="rows"),
                func=_ONLY_RETURNEES,
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def journey_shown(self) -> State:
        """Her state on this journey; who was taken out, or came back, is on site again."""
        if self.journey_state == "on_site" and self.boarded_on is not None:
            return CAME_BACK
        return JOURNEY.state(self.journey_state or "on_site")
