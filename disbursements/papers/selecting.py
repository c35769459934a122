"""Which payments a paper is made of: a list, a part of it, or what several lists hold in common."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disbursements.listing import visible_places
from disbursements.models import Funder, PaperLine, PaymentList
from disbursements.papers.issuing import Scope
from disbursements.papers.payments import Payment, Payments, payments_from
from disbursements.realisation import Period
from disbursements.rules import APPROVED_STATES
from kotim_social.accounts.models import User
from kotim_social.documents.models import IssuedPaper
from kotim_social.regions.models import Lokalisasi
from kotim_social.workflow import Refused

NOTHING = gettext_lazy("No approved payment is chosen: nothing would stand on the paper.")


@dataclass(frozen=True)
class Original:
    """An issued paper that counts, and the chosen payments that stand on it."""

    paper: IssuedPaper
    rows: list[Payment]

    @property
    def total(self) -> int:
        return sum(row.amount for row in self.rows)


@dataclass(frozen=True)
class Selection:
    """The chosen payments, and on which papers of the kind some of them stand already."""

    scope: Scope
    payments: Payments
    originals: list[Original]

    @property
    def new(self) -> Payments:
        """Those without an original: what an issued paper would hold."""
        held = {row.line_id for one in self.originals for row in one.rows}
        rows = [row for row in self.payments.rows if row.line_id not in held]
        return replace(self.payments, rows=rows)

    def against(self) -> list[str]:
        """Sentences against giving a number to a paper of what is new; none when it may have one.

        It is of one funder and one budget year: its signatures and its budget code are.
        """
        if self.scope.payment_list is not None and (
            found := against_papers(self.scope.payment_list)
        ):
            return found
        if not self.payments.rows:
            return [str(NOTHING)]
        if not self.new.rows:
            numbers = ", ".join(one.paper.number for one in self.originals)
            return [
                _("Each of these payments has this paper already: %(numbers)s. Print a copy, or "
                  "void it first.") % {"numbers": numbers}
            ]  # fmt: skip
        return self._against_mixing()

    def _against_mixing(self) -> list[str]:
        against = []
        sources = [self.payments.sources[number] for number in self.payments.lists]
        if len({funder for funder, _year in sources}) > 1:
            against.append(_("These payments are of several funders: choose one."))
        if len({year for _funder, year in sources}) > 1:
            against.append(
                _("These payments are of several budget years: choose a period within one, or "
                  "print list by list.")
            )  # fmt: skip
        return against

    def in_words(self) -> list[tuple[str, str]]:
        """The lists it is drawn from first, then what narrows it."""
        return [("Daftar bayar", self.payments.lists_in_words), *self.scope.narrowing()]


def against_papers(payment_list: PaymentList) -> list[str]:
    """Papers speak of what was approved."""
    if payment_list.state not in APPROVED_STATES:
        return [_("The list is not approved yet; it has no papers but its roll.")]
    return []


def select_payments(kind: str, methods: tuple[str, ...], scope: Scope) -> Selection:
    """The approved payments in a scope, and the originals of this kind; four queries.

    The bank is that of the approval, whatever account she has now. The day of a payment is that of
    its result, or of its order while there is none.
    """
    lines: Any = replace(scope, bank="").lines()
    lines = lines.filter(
        payment_list__state__in=APPROVED_STATES, payment_list__method__in=methods
    ).annotate(day=Coalesce("result_on", "payment_list__ordered_on"))
    payments = payments_from(lines.filter(scope.period.on("day")), scope.payment_list)
    if scope.bank:
        rows = [row for row in payments.rows if row.bank == scope.bank]
        payments = replace(payments, rows=rows)
    return Selection(scope, payments, _originals(kind, payments))


def _originals(kind: str, payments: Payments) -> list[Original]:
    rows = {row.line_id: row for row in payments.rows}
    held: dict[Any, list[Payment]] = {}
    found = PaperLine.objects.filter(
        line__in=list(rows), paper__kind=kind, paper__void__isnull=True
    )
    for paper, line in found.values_list("paper", "line"):
        held.setdefault(paper, []).append(rows[str(line)])
    papers = IssuedPaper.objects.filter(pk__in=list(held)).order_by("-pk")
    return [Original(paper, held[paper.pk]) for paper in papers]


# -- for work that waits: the scope as ids and dates -------------------------------------------


def scope_as_arguments(scope: Scope) -> dict[str, str]:
    """What the background work needs to choose the same payments again."""
    period = scope.period
    values = {
        "list": scope.payment_list.pk if scope.payment_list else "",
        "funder": scope.funder.pk if scope.funder else "",
        "place": scope.place.pk if scope.place else "",
        "lokalisasi": scope.lokalisasi.pk if scope.lokalisasi else "",
        "batch": scope.batch_code,
        "bank": scope.bank,
        "first": period.first.isoformat() if period.first else "",
        "last": period.last.isoformat() if period.last else "",
    }
    return {name: str(value) for name, value in values.items() if value}


def scope_of_arguments(arguments: dict[str, Any], by: User) -> Scope:
    """Everything is looked up again in the scope of whoever asked, for the work may have waited."""
    chosen = {
        "list": PaymentList.objects.visible_to(by).select_related("funder"),
        "funder": Funder.objects.all(),
        "place": visible_places(by),
        "lokalisasi": Lokalisasi.objects.all(),
    }
    found: dict[str, Any] = {}
    for name, rows in chosen.items():
        if name in arguments:
            found[name] = rows.filter(pk=arguments[name]).first()
            if found[name] is None:
                raise Refused(_("The list is not in your scope."))
    return Scope(
        by,
        found.get("funder"),
        found.get("place"),
        found.get("list"),
        found.get("lokalisasi"),
        arguments.get("batch", ""),
        arguments.get("bank", ""),
        Period(_day(arguments.get("first")), _day(arguments.get("last"))),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
