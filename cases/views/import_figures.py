"""What the pages of an import show: its figures, its kinds of problems, its rows as lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import RegisterImport, StagedRow
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm

IMPORT_TONES = {"staged": "warning", "confirmed": "success"}
_OUTCOME_TONES = {
    "accepted": "success",
    "warning": "info",
    "duplicate": "warning",
    "refused": "danger",
    "referral": "neutral",
}
_SETTLED_TONES = {"imported": "success", "mended": "success"}
_SEVERITIES = {"error": 0, "decision": 1, "warning": 2}
# Kinds of problems, as headings over the rows that have them; a code begins with its kind.
_KINDS: dict[str, Any] = {
    "foreign_place": gettext_lazy("Place is not assigned to you"),
    "place_differs": gettext_lazy("Place differs from that of the sheet"),
    "place": gettext_lazy("Place is not known"),
    "broken_cell": gettext_lazy("Cell without a value"),
    "control_character": gettext_lazy("Invisible characters"),
    "too_long": gettext_lazy("Text is too long"),
    "remark": gettext_lazy("Remark is too long"),
    "name": gettext_lazy("Name is missing or is no name"),
    "nik_differs": gettext_lazy("NIK does not fit the other data"),
    "nik": gettext_lazy("NIK is wrong"),
    "birth": gettext_lazy("Birth date is missing or wrong"),
    "age": gettext_lazy("Age does not fit the birth date"),
    "home": gettext_lazy("Home region is doubtful"),
    "account": gettext_lazy("Account number is doubtful"),
    "bank": gettext_lazy("Bank is missing"),
    "phone": gettext_lazy("Telephone is doubtful"),
    "choice": gettext_lazy("Choice was not understood"),
    "children": gettext_lazy("Number of children is not clear"),
    "similar_name": gettext_lazy("Similar name and same birth date"),
    "same_phone": gettext_lazy("Same telephone"),
    "same_account": gettext_lazy("Same account number"),
    "same_nik": gettext_lazy("Same NIK"),
    "same_name": gettext_lazy("Same name"),
}
_OTHER = gettext_lazy("Other")


@dataclass(frozen=True)
class Line:
    """A row as the list shows it."""

    row: StagedRow
    name: str
    place: str
    label: str
    tone: str
    sentences: list[str]


@dataclass(frozen=True)
class Kind:
    code: str
    label: str
    severity: str
    count: int


def kind_of(code: str) -> str:
    """The kind whose name is the longest beginning of a problem's code."""
    kinds = [kind for kind in _KINDS if code == kind or code.startswith(f"{kind}_")]
    return max(kinds, key=len, default="other")


def kinds_of(rows: Iterable[StagedRow]) -> list[Kind]:
    """The kinds of problems with the number of rows that have them, the gravest first."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        counts.update({(problem["severity"], kind_of(problem["code"])) for problem in row.problems})
    kinds = [
        Kind(kind, str(_KINDS.get(kind, _OTHER)), severity, count)
        for (severity, kind), count in counts.items()
    ]
    return sorted(kinds, key=lambda kind: (_SEVERITIES[kind.severity], -kind.count, kind.code))


def has_kind(row: StagedRow, kind: str) -> bool:
    return any(kind_of(problem["code"]) == kind for problem in row.problems)


OUTCOME_FILTERS: dict[str, Q] = {
    "accepted": Q(outcome__in=("accepted", "warning")),
    "warning": Q(outcome="warning"),
    "duplicate": Q(outcome="duplicate"),
    "refused": Q(outcome="refused"),
    "referral": Q(outcome="referral"),
    "waiting": Q(settled="waiting"),
}
FILTER_LABELS: dict[str, Any] = {
    "accepted": gettext_lazy("accepted"),
    "warning": gettext_lazy("accepted with warnings"),
    "duplicate": gettext_lazy("needs a decision: duplicate"),
    "refused": gettext_lazy("refused"),
    "referral": gettext_lazy("child: referral path"),
    "waiting": gettext_lazy("waiting"),
}


def counts_by_import(sources: Sequence[RegisterImport], user: User) -> dict[Any, dict[str, int]]:
    """For each import its rows in this user's scope by outcome, in one query."""
    rows = StagedRow.objects.in_scope(user).filter(source__in=sources)
    totals = (
        rows.order_by()
        .values("source")
        .annotate(
            rows=Count("id"),
            **{name: Count("id", filter=wanted) for name, wanted in OUTCOME_FILTERS.items()},
        )
    )
    return {total.pop("source"): total for total in totals}


def figures(source: RegisterImport, counts: dict[str, int], user: User) -> list[dict[str, Any]]:
    """The cells over the rows; each number opens exactly its rows."""
    page = reverse("cases:import_detail", args=[source.pk])
    cells = [_cell(page, "", _("Rows"), counts["rows"], "")]
    labels = (
        ("accepted", _("Accepted"), "success"),
        ("warning", _("of them with warnings"), ""),
        ("duplicate", _("Duplicates"), "warning"),
        ("refused", _("Refused"), "danger"),
    )
    cells += [_cell(page, name, label, counts[name], tone) for name, label, tone in labels]
    children = _cell(page, "referral", _("Children: referral path"), counts["referral"], "")
    if not user.can(Perm.CHILD_VIEW):
        children |= {"url": "", "note": _("Only supervisors see them.")}
    cells.append(children)
    if source.state == "confirmed":
        cells.append(_cell(page, "waiting", _("Still waiting"), counts["waiting"], ""))
    return cells


def _cell(page: str, name: str, label: str, value: int, tone: str) -> dict[str, Any]:
    url = f"{page}?outcome={name}#rows" if name else f"{page}#rows"
    return {"label": label, "value": value, "url": url, "tone": tone if value else ""}


def line_of(row: StagedRow) -> Line:
    if row.settled == StagedRow.Settled.WAITING:
        label, tone = row.get_outcome_display(), _OUTCOME_TONES[row.outcome]
    else:
        label, tone = row.get_settled_display(), _SETTLED_TONES.get(row.settled, "neutral")
    return Line(
        row=row,
        name=row.fields["name"] or _("(no name)"),
        place=row.place.label if row.place is not None else _("not known"),
        label=label,
        tone=tone,
        sentences=[problem["sentence"] for problem in row.problems],
    )
