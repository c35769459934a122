"""The figures of the two reports as plain rows: screen and paper are made of the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum

from cases.models import BankAccount, Worker
from disbursements.models import AssistanceKind, Entitlement, PaymentLine, PaymentList
from disbursements.models.position import MEASURES, PositionQuerySet
from kotim_social.lib.nik import mask_account, mask_nik
from kotim_social.regions.models import Place, Province

# -- rekapitulasi ------------------------------------------------------------------------------


@dataclass(frozen=True)
class RekapRow:
    """People and rupiah by what became of them: of one kind, or the sum of several.

    In a row of one kind `people` are its payments; in a sum each woman counts once.
    """

    label: str
    kind: str
    people: int = 0
    entitled: int = 0
    people_paid: int = 0
    paid: int = 0
    people_returned: int = 0
    returned: int = 0
    in_process: int = 0
    withheld: int = 0
    open: int = 0

    @property
    def not_yet(self) -> int:
        return self.withheld + self.open

    @property
    def percent(self) -> str:
        return percent(self.paid, self.entitled)


@dataclass(frozen=True)
class RekapPlace:
    """A place, or a home province, with a row for each kind and their sum."""

    label: str
    rows: list[RekapRow]
    total: RekapRow


@dataclass(frozen=True)
class RekapLokalisasi:
    """A lokalisasi with its places; one with several places prints its own subtotal."""

    label: str
    places: list[RekapPlace]
    total: RekapRow


@dataclass(frozen=True)
class Rekap:
    """The whole report in a scope. Every total is summed from the rows below it."""

    lokalisasi: list[RekapLokalisasi]
    provinces: list[RekapPlace]
    kinds: list[RekapRow]
    total: RekapRow
    is_determined: bool

    @property
    def is_empty(self) -> bool:
        return not self.lokalisasi


def percent(part: int, whole: int) -> str:
    """12,5: one decimal, rounded down, so that 100,0 means all of it."""
    if whole == 0:
        return "0,0"
    tenths = part * 1000 // whole
    return f"{tenths // 10},{tenths % 10}"


UNKNOWN_HOME = "Belum diketahui"
_SUMS = {
    "people": Count("worker"),
    "people_paid": Count("worker", filter=Q(paid__gt=0)),
    "people_returned": Count("worker", filter=Q(returned__gt=0)),
    **{f"sum_{name}": Sum(name) for name in MEASURES},
}


def rekap_rows(positions: PositionQuerySet) -> Rekap:
    """All figures of the report in a constant number of queries."""
    kinds = list(AssistanceKind.objects.order_by("funder__order", "order"))
    names = {kind.code: kind.name for kind in kinds}
    order = {kind.code: index for index, kind in enumerate(kinds)}
    places = Place.objects.select_related("lokalisasi").in_bulk()
    provinces = {province.pk: province.name for province in Province.objects.all()}
    by_place = _grouped(positions, "place", order, names)
    by_province = _grouped(positions, "worker__home_regency__province", order, names)
    by_kind = _grouped(positions, None, order, names)
    women = _women(positions, "place")
    homes = _women(positions, "worker__home_regency__province")
    shares = {
        code: RekapPlace(places[code].label, rows, total_of(rows, women=women[code]))
        for code, rows in by_place.items()
    }
    lokalisasi = _by_lokalisasi(shares, places)
    home_shares = [
        RekapPlace(provinces.get(code, UNKNOWN_HOME), rows, total_of(rows, women=homes[code]))
        for code, rows in by_province.items()
    ]
    home_shares.sort(key=lambda share: (-share.total.people, share.label))
    rows = by_kind.get(None, [])
    return Rekap(
        lokalisasi=lokalisasi,
        provinces=home_shares,
        kinds=rows,
        total=total_of(share.total for share in lokalisasi),
        is_determined=bool(rows) and not positions.filter(determined=False).exists(),
    )


def _grouped(
    positions: PositionQuerySet, group: str | None, order: dict[str, int], names: dict[str, str]
) -> dict[Any, list[RekapRow]]:
    keys = ["kind", *([group] if group else [])]
    found: dict[Any, list[tuple[int, RekapRow]]] = {}
    for row in positions.order_by().values(*keys).annotate(**_SUMS):
        code = row[group] if group else None
        made = RekapRow(
            label=names[row["kind"]],
            kind=row["kind"],
            people=row["people"],
            people_paid=row["people_paid"],
            people_returned=row["people_returned"],
            **{name: row[f"sum_{name}"] for name in MEASURES},
        )
        found.setdefault(code, []).append((order[row["kind"]], made))
    return {
        code: [row for _index, row in sorted(rows, key=lambda pair: pair[0])]
        for code, rows in found.items()
    }


def _women(positions: PositionQuerySet, group: str) -> dict[Any, tuple[int, int, int]]:
    """Group → women in it, those paid anything, those with money that came back."""
    rows = (
        positions.order_by()
        .values_list(group)
        .annotate(
            all=Count("worker", distinct=True),
            paid_ones=Count("worker", distinct=True, filter=Q(paid__gt=0)),
            returned_ones=Count("worker", distinct=True, filter=Q(returned__gt=0)),
        )
    )
    return {code: (every, paid, returned) for code, every, paid, returned in rows}


def _by_lokalisasi(
    shares: dict[str, RekapPlace], places: dict[str, Place]
) -> list[RekapLokalisasi]:
    grouped: dict[str, list[RekapPlace]] = {}
    names: dict[str, str] = {}
    for code in sorted(shares, key=lambda code: (places[code].position, code)):
        lokalisasi = places[code].lokalisasi
        names[lokalisasi.pk] = lokalisasi.name
        grouped.setdefault(lokalisasi.pk, []).append(shares[code])
    return [
        RekapLokalisasi(names[code], parts, total_of(part.total for part in parts))
        for code, parts in grouped.items()
    ]


def total_of(rows: Iterable[RekapRow], *, women: tuple[int, int, int] | None = None) -> RekapRow:
    """The sum of some rows; rows of kinds share women, so their number is given apart."""
    rows = list(rows)
    people = ("people", "people_paid", "people_returned")
    sums = {name: sum(getattr(row, name) for row in rows) for name in (*people, *MEASURES)}
    if women is not None:
        sums.update(zip(people, women, strict=True))
    return RekapRow(label="", kind="", **sums)


# -- daftar nominatif --------------------------------------------------------------------------


@dataclass
class NominatifRow:
    """One woman with her amounts per kind. Her numbers are opened only when they are read."""

    worker: Worker
    account: BankAccount | None
    amounts: dict[str, int] = field(default_factory=dict)
    withheld: int = 0
    # What the approval froze of her, where the list is approved.
    snapshot: dict[str, Any] | None = None

    @property
    def total(self) -> int:
        return sum(self.amounts.values())

    @property
    def name(self) -> str:
        if self.snapshot and not self.worker.is_child:
            return str(self.snapshot["name"])
        return self.worker.name_in_lists

    def nik(self, *, whole: bool) -> str:
        """After approval only a NIK that fits the frozen one is printed whole."""
        if self.worker.is_child:
            return ""
        now = self.worker.nik or ""
        if self.snapshot is None:
            return now if whole else mask_nik(now)
        frozen = str(self.snapshot["nik"])
        return now if whole and mask_nik(now) == frozen else frozen

    @property
    def birth(self) -> tuple[str, date | None]:
        if self.worker.is_child:
            return "", None
        return self.worker.birth_place, self.worker.birth_date

    @property
    def home(self) -> str:
        """The address as registered; kecamatan and region only where it does not name them."""
        worker = self.worker
        if worker.is_child:
            return ""
        written = (worker.home_address or "").strip()
        parts = [written]
        district, regency = worker.home_district, worker.home_regency
        if district and district.name.casefold() not in written.casefold():
            parts.append(f"Kec. {district.name}")
        if regency and regency.short_name.casefold() not in written.casefold():
            parts.append(regency.name)
        return ", ".join(part for part in parts if part)

    def payee(self, *, whole: bool) -> tuple[str, str, str]:
        """Bank, account number and holder."""
        if self.worker.is_child:
            return "", "", ""
        if self.snapshot is not None:
            facts = self.snapshot
            bank, number, holder = facts["bank"], facts["account"], facts["holder"]
        elif self.account is not None:
            bank, number, holder = self.account.bank, self.account.number, self.account.holder
        else:
            return "", "", ""
        return bank, (number or "") if whole else mask_account(number), holder


@dataclass(frozen=True)
class NominatifPlace:
    """The women of one place, by name."""

    label: str
    lokalisasi: str
    closes_lokalisasi: bool  # the last place of a lokalisasi that has several
    rows: list[NominatifRow]


@dataclass(frozen=True)
class Nominatif:
    """The roll in a scope: kinds as columns, women by place."""

    kinds: list[AssistanceKind]
    places: list[NominatifPlace]
    is_determined: bool

    @property
    def rows(self) -> list[NominatifRow]:
        return [row for place in self.places for row in place.rows]

    @property
    def total(self) -> int:
        return sum(row.total for row in self.rows)

    def total_of(self, kind: AssistanceKind) -> int:
        return sum(row.amounts.get(kind.code, 0) for row in self.rows)


def nominatif_rows(positions: PositionQuerySet) -> Nominatif:
    """Everybody of these positions with what she is entitled to; constant number of queries."""
    amounts: dict[Any, dict[str, int]] = {}
    withheld: dict[Any, int] = {}
    determined = True
    for worker, kind, entitled, held, is_row in positions.order_by().values_list(
        "worker", "kind", "entitled", "withheld", "determined"
    ):
        amounts.setdefault(worker, {})[kind] = entitled
        withheld[worker] = withheld.get(worker, 0) + held
        determined = determined and is_row
    accounts = _accounts(amounts)
    rows = [
        NominatifRow(worker, accounts.get(worker.pk), amounts[worker.pk], withheld[worker.pk])
        for worker in _workers(amounts)
    ]
    codes = {code for found in amounts.values() for code in found}
    return Nominatif(_kinds(codes), _in_places(rows), determined and bool(rows))


def nominatif_of_list(payment_list: PaymentList) -> Nominatif:
    """Everybody on a list with what it pays her; frozen facts where it was approved."""
    lines: list[PaymentLine] = list(
        payment_list.lines.exclude(state="cancelled").select_related("entitlement")
    )
    ids = {line.entitlement.worker_id for line in lines}
    accounts = _accounts(ids)
    people = {w.pk: NominatifRow(w, accounts.get(w.pk)) for w in _workers(ids)}
    frozen = payment_list.state in ("approved", "ordered", "reconciled", "closed")
    for line in lines:
        row = people[line.entitlement.worker_id]
        row.amounts[line.entitlement.kind_id] = line.amount
        if frozen:
            row.snapshot = line.snapshot
    codes = {line.entitlement.kind_id for line in lines}
    return Nominatif(_kinds(codes), _in_places(list(people.values())), bool(lines))


def nominatif_of_decree(entitlements: Iterable[Entitlement]) -> Nominatif:
    """Everybody whom a decree names with the amounts that it froze, also what lapsed since."""
    amounts: dict[Any, dict[str, int]] = {}
    for row in entitlements:
        amounts.setdefault(row.worker_id, {})[row.kind_id] = row.amount
    accounts = _accounts(amounts)
    rows = [
        NominatifRow(worker, accounts.get(worker.pk), amounts[worker.pk])
        for worker in _workers(amounts)
    ]
    codes = {code for found in amounts.values() for code in found}
    return Nominatif(_kinds(codes), _in_places(rows), bool(rows))


def people_on_roll(positions: PositionQuerySet) -> Any:
    """Everybody of these positions in the order of the roll, to be counted and cut in the
    database."""
    return _in_order(positions.order_by().values("worker"))


def _workers(ids: Iterable[Any]) -> Any:
    return _in_order(list(ids))


def _in_order(ids: Any) -> Any:
    return (
        Worker.objects.filter(pk__in=ids)
        .named()
        .select_related("home_regency", "home_district")
        .order_by("place__position", "place_id", "name", "pk")
    )


def _accounts(ids: Iterable[Any]) -> dict[Any, BankAccount]:
    open_ones = BankAccount.objects.filter(worker__in=list(ids)).exclude(state="closed")
    return {account.worker_id: account for account in open_ones}


def _kinds(codes: set[str]) -> list[AssistanceKind]:
    found = AssistanceKind.objects.filter(code__in=codes)
    return list(found.order_by("funder__order", "order"))


def _in_places(rows: Sequence[NominatifRow]) -> list[NominatifPlace]:
    grouped: dict[str, list[NominatifRow]] = {}
    for row in rows:
        grouped.setdefault(row.worker.place_id, []).append(row)
    places = [parts[0].worker.place for parts in grouped.values()]
    several = {
        place.lokalisasi_id
        for place in places
        if sum(other.lokalisasi_id == place.lokalisasi_id for other in places) > 1
    }
    last = {place.lokalisasi_id: place.pk for place in places}
    return [
        NominatifPlace(
            place.label,
            place.lokalisasi.name,
            place.lokalisasi_id in several and last[place.lokalisasi_id] == place.pk,
            grouped[place.pk],
        )
        for place in places
    ]
