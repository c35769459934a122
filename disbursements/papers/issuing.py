"""The two reports as papers: a draft to look at, or issued with a number and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from disbursements.listing import visible_places
from disbursements.models import Funder, PaymentList, Position
from disbursements.models.position import PositionQuerySet
from disbursements.papers.nominatif import nominatif_pdf
from disbursements.papers.rekap import PaperFacts, rekap_pdf
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
from kotim_social.lib.dates import today
from kotim_social.regions.models import Place
from kotim_social.workflow import Refused

KINDS = ("rekap", "nominatif")
SIGNERS = {
    "rekap": ("kepala_dinas", "kabid", "bendahara"),
    "nominatif": ("kepala_dinas", "bendahara"),
}


@dataclass(frozen=True)
class Scope:
    """What a report covers: everything not lapsed that a user sees, or a part of it, or a list."""

    user: User | None = None  # None: the command line, which sees all
    funder: Funder | None = None
    place: Place | None = None
    payment_list: PaymentList | None = None

    def positions(self) -> PositionQuerySet:
        found = Position.objects.all()
        if self.user is not None:
            found = found.visible_to(self.user)
        if self.funder is not None:
            found = found.filter(funder=self.funder)
        if self.place is not None:
            found = found.filter(place=self.place)
        return found

    @property
    def whole(self) -> bool:
        """Whether NIK and account are printed unmasked."""
        return self.user is None or self.user.can(Perm.WORKER_REVEAL)

    def in_words(self) -> list[tuple[str, str]]:
        if self.payment_list is not None:
            return [
                ("Daftar bayar", self.payment_list.number),
                ("Sumber dana", _fund(self.payment_list.funder)),
            ]
        return [
            ("Sumber dana", _fund(self.funder) if self.funder else "semua"),
            ("Tempat", self._places()),
        ]

    def _places(self) -> str:
        """A caseworker's "all" are the places of her own."""
        if self.place is not None:
            return self.place.label
        if self.user is None or self.user.sees_everything:
            return "semua"
        return ", ".join(place.label for place in visible_places(self.user)) or "–"


def _fund(funder: Funder) -> str:
    return f"{funder.name} ({funder.source})"


@dataclass(frozen=True)
class Report:
    """A report ready to be printed, as a draft or with a number."""

    kind: str
    scope: Scope
    data: Rekap | Nominatif
    facts: PaperFacts
    size: str

    @property
    def is_determined(self) -> bool:
        return self.data.is_determined

    def pdf(self, number: PaperNumber | None = None) -> bytes:
        if isinstance(self.data, Rekap):
            return rekap_pdf(self.data, self.facts, number, size=self.size)
        whole = self.scope.whole
        return nominatif_pdf(self.data, self.facts, number, whole=whole, size=self.size)

    def snapshot(self) -> dict[str, Any]:
        """All that was printed, as JSON."""
        facts = {
            "day": self.facts.day.isoformat(),
            "scope": [list(pair) for pair in self.facts.scope],
            "signatures": [asdict(block) for block in self.facts.signatures],
            "trail_head": self.facts.trail_head,
        }
        if isinstance(self.data, Rekap):
            total = self.data.total.entitled
            return {**facts, "total": total, "figures": asdict(self.data)}
        return {
            **facts,
            "total": self.data.total,
            "rows": [_row_as_json(row) for row in self.data.rows],
        }


def _row_as_json(row: Any) -> dict[str, Any]:
    place, day = row.birth
    return {
        "register_no": row.worker.register_no,
        "name": row.name,
        "nik": row.nik(whole=True),
        "birth": [place, day.isoformat()],
        "home": row.home,
        "payee": list(row.payee(whole=True)),
        "place": row.worker.place.label,
        "choice": row.worker.choice,
        "amounts": row.amounts,
        "withheld": row.withheld,
    }


def make_report(kind: str, scope: Scope, *, day: date | None = None, size: str = "") -> Report:
    """Reads the figures and what stands around them; nothing is written but seals of the trail."""
    day = day or today()
    source: Callable[[], Rekap | Nominatif]
    if kind == "rekap":
        source = lambda: rekap_rows(scope.positions())  # noqa: E731
    elif scope.payment_list is not None:
        payment_list = scope.payment_list
        source = lambda: nominatif_of_list(payment_list)  # noqa: E731
    else:
        source = lambda: nominatif_rows(scope.positions())  # noqa: E731
    name = (scope.user.full_name or scope.user.username) if scope.user else "petugas sistem"
    facts = PaperFacts(
        day=day,
        scope=scope.in_words(),
        signatures=[
            signature_block(who, day, lead="Mengetahui," if who == "kepala_dinas" else "")
            for who in SIGNERS[kind]
        ],
        printed=printed_line(name, timezone.localtime()),
        trail_head=seal() if kind == "rekap" else "",
    )
    return Report(kind, scope, source(), facts, size)


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
    if not by.can(Perm.PAPER_ISSUE):
        return [_("You do not have the right to do this.")]
    by_list = report.scope.payment_list
    if by_list is not None and by_list.state not in APPROVED_STATES:
        return [_("The list is not approved yet; until then its paper is a draft.")]
    if not report.is_determined:
        return [
            _("Not everything in it is determined by a decree; until then the paper is a draft.")
        ]
    return []


def issue_report(report: Report, *, by: User) -> IssuedPaper:
    """Gives the paper its number and keeps it; Refused while something in it may still change."""
    against = against_issuing(report, by)
    if against:
        raise Refused(*against)
    return issue_paper(
        kind=report.kind,
        build=report.pdf,
        snapshot=report.snapshot(),
        issued_on=report.facts.day,
        by=by,
        subject=report.scope.payment_list,
        paper_size=report.size,
    )
