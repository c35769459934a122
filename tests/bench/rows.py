"""The rows of one stretch of people as COPY takes them: the person, her money, and the lists."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

from cases.identity import account_index, nik_indexes, phone_index
from disbursements.rules import Payee
from kotim_social.lib.crypto import encrypt
from kotim_social.lib.nik import mask_nik
from tests.bench.people import Person, person, remembered_folded

CHUNK = 2_000
REGISTERED = date(2017, 11, 1)
DECIDED = date(2017, 11, 20)
PAID = date(2017, 12, 1)
AT = "2017-11-01 09:00:00+07"
# The ids begin with a moment of 2017 and count on: equal seeds give equal ids.
FIRST_MS = 1_509_500_000_000
PLACES = ("KM12", "KM12", "KM12", "KM12", "KM12", "TANGAR", "MEKAR_JAYA", "BUKIT_HARAPAN")
CHOICES = ("return",) * 74 + ("stay",) * 18 + ("undecided",) * 8
# The state of each list of a row of ten, and what its lines are by then.
LISTS = ("closed",) * 6 + ("reconciled", "approved", "ordered", "draft")
LINE_STATES = {"approved": "prepared", "draft": "prepared", "ordered": "ordered"}
ROAD = (
    ("prepare", "prepare", "", "petugas"),
    ("submit", "prepare", "submitted", "petugas"),
    ("verify", "verify", "verified", "verifikator"),
    ("approve", "approve", "approved", "pimpinan"),
    ("order", "pay", "ordered", "bendahara"),
    ("reconcile", "pay", "reconciled", "bendahara"),
    ("close", "pay", "closed", "bendahara"),
)
COLUMNS: dict[str, str] = {
    "cases_worker": (
        "id,register_no,name,name_folded,mother_name,mother_folded,birth_place,birth_date,nik,"
        "nik_index,nik_tail_index,nik_status,nik_note,phone,phone_index,wisma,home_address,"
        "children,remark,eligibility,choice,case_state,determined_on,registered_on,recorded_at,"
        "version,home_regency_id,place_id,recorded_by_id,registered_by_id"
    ),
    "cases_alias": "name,name_folded,worker_id",
    "cases_bankaccount": (
        "id,bank,number,number_index,holder,holder_folded,state,opened_on,checked_on,evidence,"
        "shared_because,recorded_at,version,recorded_by_id,worker_id"
    ),
    "cases_eligibilitydecision": (
        "id,state,reason_code,decided_on,recorded_at,recorded_by_id,worker_id"
    ),
    "cases_choicechange": (
        "id,before,choice,decided_on,recorded_at,recorded_by_id,worker_id,explained"
    ),
    "cases_signedstatement": (
        "id,choice,signed_on,witnesses,recorded_at,recorded_by_id,worker_id,by_thumb"
    ),
    "cases_journey": "id,current,state,batch_code,worker_id",
    "cases_originconfirmation": (
        "id,answer,letter,answered_on,recorded_at,current,recorded_by_id,regency_id,worker_id"
    ),
    "disbursements_entitlement": (
        "id,amount,legal_basis,paid,state,recorded_at,budget_year_id,decree_id,kind_id,"
        "recorded_by_id,worker_id,rate_id"
    ),
    "disbursements_paymentlist": (
        "id,number,batch_code,method,state,revision,order_number,ordered_on,created_at,"
        "budget_year_id,created_by_id,funder_id"
    ),
    "disbursements_paymentlist_kinds": "paymentlist_id,assistancekind_id",
    "disbursements_listdecision": (
        "id,payment_list_id,revision,act,duty,target,decided_on,recorded_at,recorded_by_id"
    ),
    "disbursements_paymentline": (
        "id,number,amount,state,added_at,snapshot,payee_mark,result_on,result_at,result_reason,"
        "deposit_slip,added_by_id,entitlement_id,result_by_id,payment_list_id"
    ),
    "disbursements_reversal": (
        "id,amount,happened_on,paper,reason,recorded_at,line_id,recorded_by_id"
    ),
    "audit_entry": "at,user_id,username,act,object_type,object_id,reason,changes,request_id",
}


@dataclass(frozen=True)
class Office:
    """What the rows refer to, and how many people there shall be."""

    people: int
    seed: int
    users: dict[str, int]
    rates: dict[str, tuple[int, int, str]]  # kind → id, amount, legal basis
    regencies: tuple[str, ...]
    decree: str = "01900000-0000-7000-8000-000000000001"

    @property
    def chunks(self) -> range:
        return range(-(-self.people // CHUNK))

    @property
    def lines_a_list(self) -> int:
        return 250 if self.people > 1_000 else max(1, self.people // 12)


class Rows:
    """COPY text by table."""

    def __init__(self) -> None:
        self.texts: dict[str, StringIO] = defaultdict(StringIO)

    def add(self, table: str, *cells: Any) -> None:
        self.texts[table].write("\t".join([_cell(cell) for cell in cells]) + "\n")


def _cell(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, bytes):
        return rf"\\x{value.hex()}"
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)


def row_id(table: int, n: int) -> str:
    """A version 7 UUID that rises with n; every table has its own."""
    ms = FIRST_MS + n
    return f"{ms >> 16:08x}-{ms & 0xFFFF:04x}-7{table:03x}-8000-{n * 2_654_435_761 % 2**48:012x}"


@dataclass(frozen=True, slots=True)
class _Payable:
    """Who can be paid by transfer, for the list that she comes to stand in."""

    entitlement: str
    register_no: str
    person: Person
    nik_index: str


def rows_of(office: Office, chunk: int, *, grow: bool = False) -> Rows:
    """All rows of the people of a chunk; other chunks touch none of them.

    `grow`: a whole chunk of new people beyond the number of the office.
    """
    luck = random.Random(office.seed * 1_000_003 + chunk)
    rows, payable = Rows(), []
    money = _Money(office, rows)
    end = (chunk + 1) * CHUNK
    for n in range(chunk * CHUNK, end if grow else min(end, office.people)):
        if found := _add_person(office, rows, n, luck, money):
            payable.append(found)
    money.add_lists(payable, chunk, luck)
    return rows


def _add_person(
    office: Office, rows: Rows, n: int, luck: random.Random, money: _Money
) -> _Payable | None:
    she, pk, by = person(n, luck), row_id(1, n), office.users
    register_no = f"KTM-2017-{n + 1:04d}"
    choice = luck.choice(CHOICES)
    eligibility = luck.choices(("eligible", "registered", "verified", "not_eligible"),
                               (80, 10, 6, 4))[0]  # fmt: skip
    determined = eligibility == "eligible" and luck.random() < 0.94
    has_nik = luck.random() < 0.96
    region = luck.choice(office.regencies)
    nik, tail = nik_indexes(she.nik) if has_nik else (None, None)
    petugas = by["petugas"]
    rows.add(
        "cases_worker", pk, register_no, she.name, remembered_folded(she.name), she.mother,
        remembered_folded(she.mother), she.town, she.born, _sealed(she.nik, "worker.nik", pk) if
        has_nik else None, nik, tail, "matched" if has_nik else "unchecked", "",
        _sealed(she.phone, "worker.phone", pk), phone_index(she.phone), f"Wisma {n % 40 + 1}",
        _sealed(f"Dusun {n % 9 + 1}, {she.town}", "worker.address", pk), she.children, "",
        eligibility, choice, "open", DECIDED if determined else None, REGISTERED, AT, 1, region,
        luck.choice(PLACES), petugas, petugas,
    )  # fmt: skip
    if she.alias:
        rows.add("cases_alias", she.alias, remembered_folded(she.alias), pk)
    active = _add_account(rows, n, she, pk, petugas, luck)
    if eligibility != "registered":
        code = "LAINNYA" if eligibility == "not_eligible" else ""
        rows.add("cases_eligibilitydecision", row_id(3, n), eligibility, code, DECIDED, AT,
                 by["verifikator"], pk)  # fmt: skip
    signed = choice != "undecided" and luck.random() < 0.9
    if choice != "undecided":
        rows.add("cases_choicechange", row_id(4, n), "undecided", choice, REGISTERED, AT, petugas,
                 pk, "{}")  # fmt: skip
    if signed:
        rows.add("cases_signedstatement", row_id(5, n), choice, DECIDED, "Uji Satu, Uji Dua", AT,
                 petugas, pk, False)  # fmt: skip
    rows.add("cases_journey", row_id(6, n), True, "on_site", "", pk)
    if choice == "return" and luck.random() < 0.8:
        rows.add("cases_originconfirmation", row_id(7, n), "confirmed", "460/1", DECIDED, AT, True,
                 petugas, region, pk)  # fmt: skip
    _add_trail(rows, office, pk, determined)
    if not determined:
        return None
    money.determine(n, pk)
    if not (has_nik and active and signed):
        return None
    return _Payable(row_id(100, n), register_no, she, nik or "")


def _add_account(rows: Rows, n: int, she: Person, pk: str, by: int, luck: random.Random) -> bool:
    state = luck.choices(("active", "opened", "applied", ""), (76, 9, 5, 10))[0]
    if not state:
        return False
    account, active = row_id(2, n), state == "active"
    has_number = state != "applied"
    rows.add(
        "cases_bankaccount", account, she.bank,
        _sealed(she.account, "account.number", account) if has_number else None,
        account_index(she.account) if has_number else None, she.name,
        remembered_folded(she.name), state, REGISTERED, DECIDED if active else None,
        "Surat BRI 1" if active else "", "", AT, 1, by, pk,
    )  # fmt: skip
    return active


def _add_trail(rows: Rows, office: Office, pk: str, determined: bool) -> None:
    acts = [("worker.register", "petugas"), ("worker.view", "petugas")]
    acts += [("worker.find_eligible", "verifikator"), ("worker.determine", "pimpinan")][
        : 2 if determined else 0
    ]
    for act, who in acts:
        rows.add("audit_entry", AT, office.users[who], who, act, "cases.worker", pk, "", "{}", "")


def _sealed(text: str, label: str, record_id: str) -> bytes:
    return encrypt(text.encode(), label=label, record_id=record_id)


class _Money:
    """Entitlements are written last, when it is known which of them a list has paid."""

    def __init__(self, office: Office, rows: Rows) -> None:
        self.office, self.rows = office, rows
        self.determined: list[tuple[int, str]] = []
        self.paid: set[str] = set()

    def determine(self, n: int, worker: str) -> None:
        self.determined.append((n, worker))

    def add_lists(self, payable: Sequence[_Payable], chunk: int, luck: random.Random) -> None:
        size = self.office.lines_a_list
        for index, start in enumerate(range(0, len(payable), size)):
            self._add_list(payable[start : start + size], chunk * 20 + index, luck)
        for n, worker in self.determined:
            self._add_entitlements(n, worker)

    def _add_entitlements(self, n: int, worker: str) -> None:
        by = self.office.users["pimpinan"]
        for index, (kind, (rate, amount, basis)) in enumerate(self.office.rates.items()):
            pk = row_id(100 + index, n)
            paid = amount if pk in self.paid else 0
            self.rows.add("disbursements_entitlement", pk, amount, basis, paid, "determined", AT,
                          2017, self.office.decree, kind, by, worker, rate)  # fmt: skip

    def _add_list(self, members: Sequence[_Payable], number: int, luck: random.Random) -> None:
        office, rows, state = (
            self.office,
            self.rows,
            LISTS[(number // 20 + number * 3) % len(LISTS)],
        )
        pk, by = row_id(200, number), office.users
        ordered = state in ("ordered", "reconciled", "closed")
        rows.add(
            "disbursements_paymentlist", pk, f"DB-2017-{number + 1:04d}", "", "transfer", state, 1,
            f"SP2D/{number + 1}" if ordered else "", DECIDED if ordered else None, AT, 2017,
            by["petugas"], "KEMENSOS",
        )  # fmt: skip
        rows.add("disbursements_paymentlist_kinds", pk, "TABUNGAN")
        for step, (act, duty, target, who) in enumerate(_road_to(state)):
            rows.add("disbursements_listdecision", row_id(210 + step, number), pk, 1, act, duty,
                     target, DECIDED, AT, by[who])  # fmt: skip
        for position, one in enumerate(members, start=1):
            self._add_line(pk, one, number * 1_000 + position, state, luck)

    def _add_line(
        self, list_id: str, one: _Payable, number: int, list_state: str, luck: random.Random
    ) -> None:
        office, rows, pk = self.office, self.rows, row_id(201, number)
        rate, amount, basis = office.rates["TABUNGAN"]
        state = LINE_STATES.get(list_state) or ("returned" if luck.random() < 0.02 else "paid")
        settled = state in ("paid", "returned")
        payer = office.users["bendahara"]
        snapshot, mark = None, ""
        if list_state != "draft":
            snapshot, mark = _frozen(one, pk, (rate, amount, basis))
        rows.add(
            "disbursements_paymentline", pk, number % 1_000, amount, state, AT, snapshot, mark,
            PAID if settled else None, AT if settled else None,
            "wrong_number" if state == "returned" else "", "", office.users["petugas"],
            one.entitlement, payer if settled else None, list_id,
        )  # fmt: skip
        if state != "paid":
            return
        if luck.random() < 0.005:
            came_back = row_id(202, number)
            rows.add(
                "disbursements_reversal", came_back, amount, PAID, f"STS/{number}",
                _sealed("uang kembali", "reversal.reason", came_back), AT, pk, payer,
            )  # fmt: skip
        else:
            self.paid.add(one.entitlement)


def _road_to(state: str) -> Iterable[tuple[str, str, str, str]]:
    targets = [step[2] for step in ROAD]
    return ROAD[:1] if state == "draft" else ROAD[: targets.index(state) + 1]


def _frozen(one: _Payable, line: str, rate: tuple[int, int, str]) -> tuple[bytes, str]:
    """What the approval writes down: see disbursements/actions/lists.py."""
    she, (rate_id, amount, basis) = one.person, rate
    fields = {
        "register_no": one.register_no, "name": she.name, "nik": mask_nik(she.nik),
        "bank": she.bank, "account": she.account, "holder": she.name, "amount": amount,
        "kind": "TABUNGAN", "rate": rate_id, "legal_basis": basis, "at": AT,
    }  # fmt: skip
    text = json.dumps(fields)
    index = account_index(she.account) or ""
    payee = Payee(one.register_no, she.name, one.nik_index, she.bank, index, she.name)
    return _sealed(text, "line.snapshot", line), payee.mark(amount)
