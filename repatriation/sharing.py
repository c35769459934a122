"""Who of a batch agreed that her data go to an office at home; the others are left out (R65)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cases import consents
from cases.models import Layer
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.documents.models import IssuedPaper
from kotim_social.regions.models import Regency
from repatriation.models import Batch, Member


def asked_about(batch: Batch, regency: Regency) -> tuple[list[Member], list[Member]]:
    """Members of this home region: whose yes to its office stands, and whose does not."""
    members = batch.members.filter(active=True, worker__home_regency=regency)
    seen = members.named().select_related("worker__home_district")
    rows = list(seen.order_by("worker__name", "pk"))
    missing = consents.without(
        [row.worker_id for row in rows], Layer.SHARING, consents.home_office(regency)
    )
    return (
        [row for row in rows if row.worker_id not in missing],
        [row for row in rows if row.worker_id in missing],
    )


def left_out(members: Sequence[Member], regency: Regency) -> list[dict[str, Any]]:
    """For the page: each with the sentence of the missing consent and where it is recorded."""
    sentence = consents.missing_for(consents.home_office(regency))
    return [
        {
            "name": member.worker.name_in_lists,
            "reason": sentence,
            "url": consents.page_of(member.worker_id, f"{Layer.SHARING}:{consents.HOME}"),
            "action": _("Record her consent"),
        }
        for member in members
    ]


def agreed_to(batch: Batch, receiver: str) -> set[UUID]:
    """Ids of the travellers whose yes to this receiver stands."""
    ids = set(batch.members.values_list("worker_id", flat=True))
    return ids - consents.without(ids, Layer.SHARING, receiver) if receiver.strip() else set()


def against_opening(paper: IssuedPaper, *, by: User) -> list[str]:
    """A letter about somebody who took her yes back goes out no more; it stays as evidence."""
    if paper.kind != "origin_request" or by.can(Perm.CASEWORK_REVIEW):
        return []
    receiver = paper.snapshot.get("receiver", "")
    ids = [UUID(row["worker"]) for row in paper.snapshot["rows"] if "worker" in row]
    if receiver and consents.without(ids, Layer.SHARING, receiver):
        return [_("Somebody in this letter took her consent back: only a supervisor opens it.")]
    return []
