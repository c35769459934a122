"""What waits for one user: at most seven lines, each with the list that has just as many rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from cases import worklist
from cases.models import (
    CaseClosing,
    CaseOffer,
    ChildReferral,
    Correction,
    DataBreach,
    DataRequest,
    LateProposal,
    Objection,
    RegisterImport,
    StagedRow,
)
from disbursements.listing import waiting_for
from disbursements.models import PaymentList
from disbursements.yearend import year_end_needs
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm, Role
from kotim_social.lib.dates import today
from kotim_social.lib.prepared import Prepared
from repatriation.models import Batch

MOST = 7


@dataclass(frozen=True)
class Line:
    """So many of something wait; the address lists them."""

    label: str
    value: int
    url: str
    tone: str = ""


class RowCount(Subquery):
    """How many rows a query has, as a column."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


@dataclass(frozen=True)
class Asker:
    """By what the question of one user differs from another's: who she is, and the day."""

    pk: int
    roles: frozenset[Role]
    lokalisasi: frozenset[str]
    day: date
    user: User = field(compare=False)

    @classmethod
    def of(cls, user: User) -> Asker:
        scope = () if user.sees_everything else user.lokalisasi_ids
        return cls(user.pk, frozenset(user.roles), frozenset(scope), today(), user)


def _counts(user: User) -> dict[str, int]:
    """The number of rows of each set that this user may open, in one query."""
    counting = statement(Asker.of(user))
    if counting is None:
        return {}
    [counts] = counting.dicts()
    return {name.removeprefix("rows_"): count for name, count in counts.items()}


@lru_cache(maxsize=100)
def statement(asker: Asker) -> Prepared | None:
    """Built once for each user and day; the answer is asked anew each time."""
    columns = {
        f"rows_{name}": RowCount(rows.order_by().values("pk"))
        for name, rows in _sets(asker.user).items()
    }
    if not columns:
        return None
    hers: Any = User.objects.filter(pk=asker.pk).values(*[]).annotate(**columns)
    return Prepared(hers.values(*columns))


def _seen(model: Any, **state: Any) -> Callable[[User], QuerySet[Any]]:
    return lambda user: model.objects.visible_to(user).filter(**state)


def _work(code: str) -> Callable[[User], QuerySet[Any]]:
    work = next(work for work in worklist.SETS if work.code == code)
    return lambda user: worklist.cases_in(work, user)


# What can wait for somebody: whose act it is, and the rows that wait.
_WAITS: dict[str, tuple[Perm, Callable[[User], QuerySet[Any]]]] = {
    "lists": (
        Perm.LIST_VIEW,
        lambda user: PaymentList.objects.visible_to(user).filter(waiting_for(user)),
    ),
    "awaiting_origin": (Perm.BATCH_CONFIRM, _seen(Batch, state="awaiting_origin")),
    "approved": (Perm.BATCH_TRAVEL, _seen(Batch, state="approved")),
    "departed": (Perm.BATCH_TRAVEL, _seen(Batch, state="departed")),
    "arrived": (Perm.BATCH_TRAVEL, _seen(Batch, state="arrived")),
    "breaches": (
        Perm.BREACH_HANDLE,
        lambda user: DataBreach.objects.visible_to(user).running(),
    ),
    "closings": (Perm.CASE_CLOSE, _seen(CaseClosing, state="requested")),
    "corrections": (Perm.CORRECTION_ACCEPT, _seen(Correction, state="proposed")),
    "requests": (Perm.DATA_ANSWER, _seen(DataRequest, state="open")),
    "objections": (Perm.OBJECTION_DECIDE, _seen(Objection, state="open")),
    "again": (
        Perm.WORKER_VERIFY,
        lambda user: Objection.objects.visible_to(user).to_verify_again(),
    ),
    "proposed": (Perm.PROPOSAL_CHECK, _seen(LateProposal, state="proposed")),
    "checked": (Perm.PROPOSAL_DECIDE, _seen(LateProposal, state="checked")),
    "offers": (
        Perm.CASELOAD_ACCEPT,
        lambda user: CaseOffer.objects.filter(receiver=user, state="offered"),
    ),
    "overdue": (Perm.CASELOAD_ACCEPT, _work("terlambat")),
    "children": (
        Perm.CHILD_CARE,
        lambda user: ChildReferral.objects.visible_to(user).overdue(),
    ),
    "findings": (Perm.CASEWORK_REVIEW, _work("pelanggaran-diputus")),
    "risks": (Perm.CASEWORK_REVIEW, _work("risiko-tinggi")),
}


def needs(user: User, people: dict[str, int], returned: int) -> list[Line]:
    """`people` are the sums of standing.py, `returned` is who has money that came back."""
    counts = _counts(user)
    years = [Line(**line) for line in year_end_needs(user)]
    lines = [
        *years,
        *_urgent(user, counts),
        *_of_people(user, people, returned),
        *_later(user, counts),
    ]
    return [line for line in lines if line.value][:MOST]


def _sets(user: User) -> dict[str, QuerySet[Any]]:
    """What is counted for this user; only what she may open."""
    return {name: rows(user) for name, (perm, rows) in _WAITS.items() if user.can(perm)}


def _urgent(user: User, counts: dict[str, int]) -> Iterator[Line]:
    """Where somebody else waits for this user's act."""
    lists = reverse("disbursements:list_index")
    batches = reverse("repatriation:batch_list")
    breaches = reverse("cases:data_breach_list")
    lines = {
        "breaches": (_("Data breaches: 3 × 24 hours"), f"{breaches}?state=running"),
        "requests": (
            _("Requests about data: the law sets the hours"),
            reverse("cases:data_request_list") + "?state=open",
        ),
        "again": (
            _("Upheld objections: to be verified again"),
            reverse("cases:objection_list") + "?state=again",
        ),
        "offers": (_("Cases handed over to you"), reverse("cases:work_list") + "#offers"),
        "overdue": (_("Overdue in your cases"), reverse("cases:work_set", args=["terlambat"])),
        "children": (
            _("Children for whom a step is overdue"),
            reverse("cases:child_list") + "?due=late",
        ),
        "lists": (_("Payment lists that wait for you"), f"{lists}?waiting=me"),
    }
    if user.can(Perm.BATCH_CONFIRM):
        lines["awaiting_origin"] = (_("Batches to confirm"), f"{batches}?state=awaiting_origin")
    if user.can(Perm.BATCH_TRAVEL):
        lines["departed"] = (_("Batches on the road"), f"{batches}?state=departed")
        lines["arrived"] = (_("Batches to hand over"), f"{batches}?state=arrived")
        lines["approved"] = (_("Batches ready to leave"), f"{batches}?state=approved")
    for name, (label, url) in lines.items():
        tone = "danger" if name in ("overdue", "breaches", "children") else ""
        yield Line(label, counts.get(name, 0), url, tone)


def _of_people(user: User, people: dict[str, int], returned: int) -> Iterator[Line]:
    """What the people themselves still lack, for whose hands it is."""
    workers = reverse("cases:worker_list")
    if user.can(Perm.REGISTER_IMPORT):
        yield from _rows_to_settle(user)
    if user.can(Perm.WORKER_VERIFY):
        url = f"{workers}?eligibility=registered"
        yield Line(_("To be verified"), people["unverified"], url)
    if user.can(Perm.DECREE_SIGN):
        url = f"{workers}?decree=waits"
        yield Line(_("Wait for a decree"), people["awaits_decree"], url)
    if user.can(Perm.LIST_PAY):
        url = reverse("desk:money_people") + "?measure=returned"
        yield Line(_("Payments that came back"), returned, url, "danger")
    if user.can(Perm.REGISTER_IMPORT):
        url = f"{workers}?choice=undecided&programme=counted"
        yield Line(_("Have not yet said"), people["undecided"], url)


def _rows_to_settle(user: User) -> Iterator[Line]:
    """Rows of the newest import in which something waits: its page lists them."""
    waiting = StagedRow.objects.visible_to(user).filter(
        settled="waiting", source__state="confirmed"
    )
    mine = RegisterImport.objects.visible_to(user)
    newest = waiting.filter(source__in=mine).order_by("-source__uploaded_at").values("source")[:1]
    rows = list(waiting.filter(source=newest).values_list("source_id", flat=True))
    if rows:
        url = reverse("cases:import_detail", args=[rows[0]]) + "?outcome=waiting#rows"
        yield Line(_("Rows of the register to settle"), len(rows), url)


def _later(user: User, counts: dict[str, int]) -> Iterator[Line]:
    """What waits, but not with the money or on the quay."""
    proposals = reverse("cases:proposal_list")
    lines = {
        "closings": (_("Cases to close"), reverse("desk:closing_list")),
        "corrections": (_("Corrections to decide"), reverse("cases:correction_list")),
        "objections": (_("Objections to answer"), reverse("cases:objection_list") + "?state=open"),
        "proposed": (_("Late proposals to check"), f"{proposals}?state=proposed"),
        "checked": (_("Late proposals to decide"), f"{proposals}?state=checked"),
        "findings": (
            _("Breach reports: to be decided"),
            reverse("cases:work_set", args=["pelanggaran-diputus"]),
        ),
        "risks": (
            _("High risks to review"),
            reverse("cases:work_set", args=["risiko-tinggi"]),
        ),
    }
    for name, (label, url) in lines.items():
        yield Line(label, counts.get(name, 0), url)
