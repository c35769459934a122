"""The reports as papers: a draft to look at, or issued with a number and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import BankAccount, Journey, Worker
from disbursements.listing import visible_places
from disbursements.models import Funder, PaymentLine, PaymentList, Position
from disbursements.models.position import PositionQuerySet
from disbursements.papers.nominatif import nominatif_pdf
from disbursements.papers.realisation import realisation_pdf
from disbursements.papers.rekap import PaperFacts, rekap_pdf
from disbursements.papers.spj import spj_pdf
from disbursements.realisation import ALWAYS, Evidence, Period, Realisation, evidence, realisation
from disbursements.reports import (
    Nominatif,
    Rekap,
    nominatif_of_list,
    nominatif_rows,
    rekap_rows,
)
from disbursements.rules import APPROVED_STATES
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.sealing import seal
from kotim_social.audit.trail import record
from kotim_social.documents.actions import issue_paper
from kotim_social.documents.models import IssuedPaper
from kotim_social.documents.paper import PaperNumber, printed_line
from kotim_social.documents.signatories import signature_block
from kotim_social.lib.dates import format_date, today
from kotim_social.regions.models import Lokalisasi, Place
from kotim_social.workflow import Refused


@dataclass(frozen=True)
class Scope:
    """What a report covers: everything not lapsed that a user sees, or a part of it, or a list."""

    user: User | None = None  # None: the command line, which sees all
    funder: Funder | None = None
    place: Place | None = None
    payment_list: PaymentList | None = None
    lokalisasi: Lokalisasi | None = None
    batch_code: str = ""
    bank: str = ""
    period: Period = ALWAYS
    # Whether people stand in the report, and not sums of them alone.
    by_name: bool = False

    def positions(self) -> PositionQuerySet:
        """Positions in the scope; with a period, those whose last result lies in it."""
        found = Position.objects.filter(self.period.on("last_line__result_on"))
        if self.user is not None:
            found = found.visible_to(self.user) if self.by_name else found.summed_for(self.user)
        if self.funder is not None:
            found = found.filter(funder=self.funder)
        if self._narrows_people:
            found = found.filter(worker__in=self._people())
        return found

    def lines(self) -> Any:
        """Payment lines in the scope, whenever they were booked: the papers narrow by date."""
        found = PaymentLine.objects.all()
        if self.payment_list is not None:
            found = found.filter(payment_list=self.payment_list)
        elif self.user is not None and not self.user.sees_everything:
            hers = Worker.objects.visible_to(self.user)
            found = found.filter(entitlement__worker__in=hers)
        if self.funder is not None:
            found = found.filter(payment_list__funder=self.funder)
        if self._narrows_people:
            found = found.filter(entitlement__worker__in=self._people())
        return found

    @property
    def _narrows_people(self) -> bool:
        return bool(self.place or self.lokalisasi or self.batch_code or self.bank)

    def _people(self) -> Any:
        people = Worker.objects.order_by()
        if self.place is not None:
            people = people.filter(place=self.place)
        if self.lokalisasi is not None:
            people = people.filter(place__lokalisasi=self.lokalisasi)
        if self.batch_code:
            current = Journey.objects.filter(current=True, batch_code=self.batch_code)
            people = people.filter(pk__in=current.values("worker"))
        if self.bank:
            accounts = BankAccount.objects.filter(bank=self.bank).exclude(state="closed")
            people = people.filter(pk__in=accounts.values("worker"))
        return people.values("pk")

    @property
    def whole(self) -> bool:
        """Whether NIK and account are printed unmasked."""
        return self.user is None or self.user.can(Perm.WORKER_REVEAL)

    def in_words(self) -> list[tuple[str, str]]:
        if self.payment_list is not None:
            return [
                ("Daftar bayar", self.payment_list.number),
                ("Sumber dana", _fund(self.payment_list.funder)),
                *self.narrowing(),
            ]
        return [
            ("Sumber dana", _fund(self.funder) if self.funder else "semua"),
            ("Tempat", self._places()),
            *self._narrower(),
        ]

    def narrowing(self) -> list[tuple[str, str]]:
        """What makes it less than a whole list, in words; nothing where it is whole."""
        place = [("Tempat", self._places())] if self.place or self.lokalisasi else []
        return [*place, *self._narrower()]

    def _narrower(self) -> list[tuple[str, str]]:
        """Batch, bank and period, where one is chosen."""
        first, last = self.period.first, self.period.last
        days = " – ".join(format_date(day) if day else "…" for day in (first, last))
        pairs = [
            ("Rombongan", self.batch_code),
            ("Bank", self.bank),
            ("Tanggal hasil", "" if self.period.is_open else days),
        ]
        return [(label, value) for label, value in pairs if value]

    def _places(self) -> str:
        """A caseworker's "all" are the places of her own."""
        if self.place is not None:
            return self.place.label
        if self.lokalisasi is not None:
            return self.lokalisasi.name
        if self.user is None or self.user.sees_everything:
            return "semua"
        return ", ".join(place.label for place in visible_places(self.user)) or "–"


def _fund(funder: Funder) -> str:
    return f"{funder.name} ({funder.source})"


Data = Rekap | Nominatif | Realisation | Evidence


@dataclass(frozen=True)
class Report:
    """A report ready to be printed, as a draft or with a number."""

    kind: str
    scope: Scope
    data: Any
    facts: PaperFacts
    size: str

    @property
    def is_determined(self) -> bool:
        return bool(self.data.is_determined)

    def pdf(self, number: PaperNumber | None = None) -> bytes:
        """The nominatif alone has whole numbers in it, for whoever may see them."""
        about = {"whole": self.scope.whole} if self.kind == "nominatif" else {}
        draw = REPORTS[self.kind].draw
        return draw(self.data, self.facts, number, size=self.size, **about)

    @property
    def total(self) -> int:
        """The sum that stands at the end of the paper."""
        total = self.data.total
        return int(total.entitled if isinstance(self.data, Rekap) else total)

    def snapshot(self) -> dict[str, Any]:
        """All that was printed, as JSON."""
        facts = {
            "day": self.facts.day.isoformat(),
            "scope": [list(pair) for pair in self.facts.scope],
            "signatures": [asdict(block) for block in self.facts.signatures],
            "trail_head": self.facts.trail_head,
            "total": self.total,
        }
        if isinstance(self.data, Nominatif):
            return {**facts, "rows": [_row_as_json(row) for row in self.data.rows]}
        return {**facts, "figures": asdict(self.data)}


def _row_as_json(row: Any) -> dict[str, Any]:
    place, day = row.birth
    return {
        "register_no": row.worker.register_no,
        "name": row.name,
        "nik": row.nik(whole=True),
        "birth": [place, day.isoformat() if day else ""],
        "home": row.home,
        "payee": list(row.payee(whole=True)),
        "place": row.worker.place.label,
        "choice": row.worker.choice,
        "amounts": row.amounts,
        "withheld": row.withheld,
    }


def roll_as_json(roll: Nominatif) -> list[dict[str, Any]]:
    """Every row of a roll as it is printed."""
    return [_row_as_json(row) for row in roll.rows]


def named_positions(scope: Scope) -> PositionQuerySet:
    """Those of the roll: of people whom the user sees by name."""
    return replace(scope, by_name=True).positions()


def _nominatif(scope: Scope) -> Nominatif:
    if scope.payment_list is not None:
        return nominatif_of_list(scope.payment_list)
    return nominatif_rows(named_positions(scope))


def realisation_of(scope: Scope) -> Realisation:
    code = scope.funder.pk if scope.funder else ""
    return realisation(scope.lines(), scope.period, funder=code)


@dataclass(frozen=True)
class ReportKind:
    """A report: the paper it is in the register, who signs, how it is read and drawn."""

    paper: str
    label: Any
    signers: tuple[str, ...]
    read: Callable[[Scope], Data]
    draw: Callable[..., bytes]


REPORTS = {
    "rekap": ReportKind(
        "rekap",
        gettext_lazy("Disbursement report"),
        ("kepala_dinas", "kabid", "bendahara"),
        lambda scope: rekap_rows(scope.positions()),
        rekap_pdf,
    ),
    "nominatif": ReportKind(
        "nominatif",
        gettext_lazy("Nominal roll"),
        ("kepala_dinas", "bendahara"),
        _nominatif,
        nominatif_pdf,
    ),
    "realisasi": ReportKind(
        "realisation",
        gettext_lazy("Report by funder"),
        ("pa_kpa", "bendahara"),
        realisation_of,
        realisation_pdf,
    ),
    "spj": ReportKind(
        "accountability_cover",
        gettext_lazy("Accountability cover and checklist"),
        ("pa_kpa", "ppk", "bendahara"),
        lambda scope: evidence(scope.lines(), scope.period),
        spj_pdf,
    ),
}
KINDS = tuple(REPORTS)
PAPER_KINDS = tuple(kind.paper for kind in REPORTS.values())


def make_report(kind: str, scope: Scope, *, day: date | None = None, size: str = "") -> Report:
    """Reads the figures and what stands around them; nothing is written but seals of the trail."""
    day = day or today()
    name = (scope.user.full_name or scope.user.username) if scope.user else "petugas sistem"
    facts = PaperFacts(
        day=day,
        scope=scope.in_words(),
        signatures=[
            signature_block(who, day, lead="Mengetahui," if who == "kepala_dinas" else "")
            for who in REPORTS[kind].signers
        ],
        printed=printed_line(name, timezone.localtime()),
        trail_head=seal() if kind == "rekap" else "",
    )
    return Report(kind, scope, REPORTS[kind].read(scope), facts, size)


def print_draft(report: Report) -> bytes:
    """A look at the paper, marked KONSEP. Who looked stands in the trail first."""
    by_list = report.scope.payment_list
    record(
        "paper.draft",
        by=report.scope.user,
        obj=by_list,
        object_type="paper",
        object_id=report.kind,
        changes={"kind": [None, report.kind], "unmasked": [None, report.scope.whole]},
    )
    return report.pdf()


def against_issuing(report: Report, by: User) -> list[str]:
    """Sentences against giving the paper a number; none when it may have one."""
    if against := against_scope(report.scope, by):
        return against
    return [] if report.is_determined else [undetermined_sentence()]


def against_scope(scope: Scope, by: User) -> list[str]:
    """The same as far as it is known before the figures are read."""
    if not by.can(Perm.PAPER_ISSUE):
        return [_("You do not have the right to do this.")]
    if scope.payment_list is not None and scope.payment_list.state not in APPROVED_STATES:
        return [_("The list is not approved yet; until then its paper is a draft.")]
    return []


def undetermined_sentence() -> str:
    return _("Not everything in it is determined by a decree; until then the paper is a draft.")


def issue_report(report: Report, *, by: User) -> IssuedPaper:
    """Gives the paper its number and keeps it; Refused while something in it may still change."""
    against = against_issuing(report, by)
    if against:
        raise Refused(*against)
    return issue_paper(
        kind=REPORTS[report.kind].paper,
        build=report.pdf,
        snapshot=report.snapshot(),
        issued_on=report.facts.day,
        by=by,
        subject=report.scope.payment_list,
        paper_size=report.size,
    )
