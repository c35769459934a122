"""The last changes, from the trail: who did what to which record; values stay in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cases.facts import ACTS
from cases.models import Worker
from disbursements.models import PaymentList
from disbursements.views.showing import DONE_ACTS
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.models import Entry
from repatriation.models import Batch

SHOWN = 8
# So many rows are looked through; an import of a whole register is one change among them.
LOOKED_AT = 400
_LIST_ACTS = {
    "paymentlist.create": gettext_noop("Payment list made"),
    "paymentlist.book_results": gettext_noop("Results booked"),
    **{f"paymentlist.{act}": words for act, words in DONE_ACTS.items()},
}
_BATCH_ACTS = {
    "batch.create": gettext_noop("Batch made"),
    "batch.add": gettext_noop("People added to the batch"),
    "batch.remove": gettext_noop("Taken out of the batch"),
    "batch.submit": gettext_noop("Batch sent for confirmation"),
    "batch.send_back": gettext_noop("Sent back"),
    "batch.approve": gettext_noop("Batch confirmed"),
    "batch.depart": gettext_noop("Batch departed"),
    "batch.arrive": gettext_noop("Batch arrived"),
    "batch.hand_over": gettext_noop("Batch handed over"),
    "batch.finish": gettext_noop("Batch finished"),
    "batch.cancel": gettext_noop("Batch cancelled"),
    "batch.cancel_own": gettext_noop("Batch cancelled"),
}
TOLD = {**ACTS, **_LIST_ACTS, **_BATCH_ACTS}


@dataclass(frozen=True)
class Kind:
    """Records of one kind: what they are called, and where they are shown."""

    label: str
    perm: Perm
    page: str
    model: Any


KINDS = {
    "cases.worker": Kind("register_no", Perm.WORKER_VIEW, "desk:worker_page", Worker),
    "disbursements.paymentlist": Kind(
        "number", Perm.LIST_VIEW, "disbursements:list_detail", PaymentList
    ),
    "repatriation.batch": Kind("code", Perm.BATCH_VIEW, "repatriation:batch_detail", Batch),
}


def latest(user: User) -> list[dict[str, Any]]:
    """The newest changes of what this user may see, as entries of a timeline; two queries.

    One act on a set stands once. Records are named by their number, never by a name.
    """
    rows = _rows(user)
    names = _names(user, rows)
    acts: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        if row.object_id not in names:
            continue
        # One request is one act, however many records it touched; so is a minute of a command.
        key = (row.request_id or f"{row.username} {row.at:%Y-%m-%d %H:%M}", row.act)
        if key not in acts and len(acts) == SHOWN:
            break
        acts.setdefault(key, []).append(row)
    return [_entry(act, names) for act in acts.values()]


def _entry(rows: list[Any], names: dict[str, str]) -> dict[str, Any]:
    """One act; where it touched several records it leads to none of them."""
    first = rows[0]
    when: datetime = first.at
    said, url = _("%(act)s: several"), ""
    if len(rows) == 1:
        said = _("%(act)s: %(record)s")
        url = reverse(KINDS[first.object_type].page, args=[first.object_id])
    words = {"act": _(TOLD[first.act]), "record": names[first.object_id]}
    return {
        "when": when,
        "who": first.full_name or first.username,
        "act": said % words,
        "url": url,
    }


def _rows(user: User) -> list[Any]:
    kinds = [name for name, kind in KINDS.items() if user.can(kind.perm)]
    who = User.objects.filter(pk=OuterRef("user_id")).values("full_name")
    return list(
        Entry.objects.filter(act__in=TOLD, object_type__in=kinds)
        .annotate(full_name=Subquery(who))
        .order_by("-pk")
        .values_list(
            "pk", "at", "act", "object_type", "object_id", "request_id", "username", "full_name",
            named=True,
        )[:LOOKED_AT]
    )  # fmt: skip


def _names(user: User, rows: list[Any]) -> dict[str, str]:
    """Record → its number, of those that this user may see; one query over all kinds."""
    ids: dict[str, set[str]] = {}
    for row in rows:
        ids.setdefault(row.object_type, set()).add(row.object_id)
    parts = [
        KINDS[name].model.objects.visible_to(user)
        # As one array, and not as hundreds of values that are read and written one by one.
        .filter(pk__in=RawSQL("SELECT unnest(%s::uuid[])", [list(found)]))
        .annotate(called=F(KINDS[name].label))
        .order_by()
        .values_list("pk", "called")
        for name, found in ids.items()
    ]  # fmt: skip
    if not parts:
        return {}
    return {str(pk): called for pk, called in parts[0].union(*parts[1:], all=True)}
