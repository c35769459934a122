"""What is no page: search, totals, decrees, paying, importing, proposing; beside their limits."""

from __future__ import annotations

import random
from io import StringIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, connections
from django.db.models import Sum

from cases.actions.importing import confirm_import, stage_register
from cases.actions.registering import NewAccount, NewPerson, register_people
from cases.models import Worker
from cases.search import find_people
from disbursements.actions.decrees import FREEZE
from disbursements.actions.results import Result, book_results, waiting_lines
from disbursements.models import AssistanceKind, Decree, PaymentList, Position
from disbursements.rules import find_candidates
from kotim_social.accounts.models import User
from kotim_social.desk.funding import shares
from kotim_social.desk.totals import totals
from kotim_social.lib.dates import today
from repatriation.proposal import Traveller, propose
from tests.bench.people import person
from tests.bench.rows import CHUNK, COLUMNS, REGISTERED, Office, rows_of
from tests.bench.timing import Subject, once, undone

TERMS = (
    "siti", "aminah", "sri rahayu", "stii aminha", "rahayyu", "wati", "la", "si", "zzxqv",
    "siti aminah rahayu lestari",
)  # fmt: skip
# What somebody would write who knows that nothing lapsed and nobody waits for a decree.
HAND_TOTALS = """
    SELECT e.kind_id, w.place_id, sum(e.amount), sum(e.paid),
           sum(CASE WHEN l.state IN ('prepared', 'ordered') THEN e.amount - e.paid END)
    FROM disbursements_entitlement e JOIN cases_worker w ON w.id = e.worker_id
    LEFT JOIN (SELECT DISTINCT ON (entitlement_id) entitlement_id, state
               FROM disbursements_paymentline WHERE state <> 'cancelled'
               ORDER BY entitlement_id, id DESC) l ON l.entitlement_id = e.id
    WHERE e.state = 'determined' GROUP BY 1, 2
"""
BARE_TABLES = """
    CREATE TEMP TABLE bench_lines ON COMMIT DROP AS
        SELECT * FROM disbursements_paymentline WHERE payment_list_id = %s;
    CREATE TEMP TABLE bench_trail (act text, object_id text) ON COMMIT DROP;
"""
BARE_PAYING = """
    WITH paid AS (UPDATE bench_lines SET state = 'paid', result_on = current_date
                  WHERE state = 'ordered' RETURNING id)
    INSERT INTO bench_trail SELECT 'paymentline.pay', id::text FROM paid
"""
# What the act sends, with all guards of the real table, and its trail; nobody asks beforehand.
GUARDED_PAYING = """
    WITH paid AS (
        UPDATE disbursements_paymentline
        SET state = 'paid', result_on = current_date, result_at = now(), result_by_id = %(by)s
        WHERE payment_list_id = %(list)s AND state = 'ordered' RETURNING id)
    INSERT INTO audit_entry
        (user_id, username, act, object_type, object_id, reason, changes, request_id)
    SELECT %(by)s, 'bendahara', 'paymentline.pay', 'disbursements.paymentline', id::text, '',
           '{"state": ["ordered", "paid"]}', '' FROM paid
"""


HEAP = "CREATE TEMP TABLE bench_heap (LIKE cases_worker INCLUDING DEFAULTS)"
MOST_OPENED = 100_000


def searches() -> dict[str, Subject]:
    """As a supervisor searches; the first four go through blind or unique indexes."""
    user = User.objects.get(username="pimpinan")
    known = Worker.objects.filter(nik__isnull=False, accounts__number__isnull=False)
    she = known.order_by("id")[0]
    account = she.accounts.get().number
    exact = {"NIK": she.nik, "telephone": she.phone, "account": account, "number": she.register_no}
    terms = {f"by {name}": str(text) for name, text in exact.items()}
    terms |= {f"“{text}”": text for text in TERMS}
    return {name: undone(_search(text, user)) for name, text in terms.items()}


def _search(text: str, user: User) -> Subject:
    return lambda: find_people(text, user=user)


def money(people: int) -> dict[str, Subject]:
    """Totals live and by groups, rights a second time, and who can be paid now."""
    user = User.objects.get(username="pimpinan")
    kinds = list(AssistanceKind.objects.filter(pk="TABUNGAN"))
    found = {
        "totals by hand, determined only": _run(HAND_TOTALS),
        "totals, asked of each person": lambda: totals(live=True),
        "totals, read from the groups": totals,
        "shares of the funders, asked of each person": lambda: shares(user, live=True),
        "shares of the funders, read from the groups": lambda: shares(user),
        "one person's positions": lambda: list(
            Position.objects.filter(worker=Worker.objects.order_by("id")[0])
        ),
        "paid in one place": lambda: Position.objects.filter(place="TANGAR").aggregate(Sum("paid")),
        "decree for everybody, again": undone(freeze_everybody),
    }
    if people <= MOST_OPENED:
        # It opens everybody in Python; nobody makes one list for a million.
        found["who can be paid now, with reasons"] = lambda: find_candidates(user, kinds=kinds)
    return found


def _run(sql: str) -> Subject:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            cursor.fetchall()

    return run


def freeze_everybody() -> int:
    """The statement of the decree for all people; how many rows it wrote."""
    decree = Decree.objects.order_by("id")[0]
    named = Worker.objects.filter(determined_on__isnull=False).values_list("pk", flat=True)
    values = {
        "decree": decree.pk, "year": decree.budget_year_id, "by": decree.recorded_by_id,
        "on": decree.decided_on, "workers": list(named),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FREEZE, values)
        return int(cursor.rowcount)


def paying() -> dict[str, Subject]:
    """A whole list booked at once, beside its statement alone, bare and with all rules."""
    payment_list = PaymentList.objects.filter(state="ordered").order_by("id").first()
    if payment_list is None:
        return {}
    user = User.objects.get(username="bendahara")
    results = [Result(line_id=line.pk, paid=True) for line in waiting_lines(payment_list)]

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(BARE_TABLES, [payment_list.pk])
            cursor.execute(BARE_PAYING)

    def guarded() -> None:
        with connection.cursor() as cursor:
            cursor.execute(GUARDED_PAYING, {"list": payment_list.pk, "by": user.pk})

    def book() -> None:
        book_results(payment_list=payment_list, results=results, on=today(), by=user)

    return {
        f"{len(results)} lines: bare UPDATE and INSERT": undone(bare),
        f"{len(results)} lines: UPDATE and INSERT with all rules": undone(guarded),
        f"{len(results)} lines booked with rules, history, trail": undone(book),
    }


def importing(office: Office) -> dict[str, Subject]:
    """So many new people: COPY into a bare heap, into the table itself, and by the program."""
    texts = rows_of(office, office.people // CHUNK + 1, grow=True).texts
    workers, user = texts["cases_worker"].getvalue(), User.objects.get(username="petugas")
    count = workers.count("\n")

    def copy(table: str) -> Subject:
        def run() -> None:
            columns = COLUMNS["cases_worker"]
            with connections["owner"].cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute(HEAP)
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", StringIO(workers))
                cursor.execute("ROLLBACK")

        return run

    def register() -> None:
        people = [_new_person(office, office.people + 2 * CHUNK + n) for n in range(count)]
        register_people(people, by=user, registered_on=REGISTERED)

    return {
        f"COPY of {count} rows into a bare heap": copy("bench_heap"),
        f"COPY of {count} rows into the table, with history": copy("cases_worker"),
        f"{count} people registered with account, trail, history": undone(register),
    }


def _new_person(office: Office, n: int) -> NewPerson:
    she = person(n, random.Random(n))
    return NewPerson(
        name=she.name, birth_date=she.born, place_code="KM12", mother_name=she.mother,
        nik=she.nik, phone=she.phone, home_regency_code=office.regencies[n % 20],
        account=NewAccount(bank=she.bank, number=she.account), choice="return",
    )  # fmt: skip


def workbook() -> dict[str, Subject]:
    """The synthetic register of 239 rows, read with all checks, staged and confirmed."""
    path = settings.BASE_DIR / "cases" / "data" / "register-demo.xlsx"
    content, user = path.read_bytes(), User.objects.get(username="petugas")

    def run() -> None:
        source = stage_register(
            content, file_name="register.xlsx", by=user, registered_on=REGISTERED
        )
        confirm_import(source, by=user)

    return {"workbook of 239 rows with all checks": undone(run)}


def proposal(people: int, office: Office, *, with_children: bool) -> dict[str, Any]:
    """Batches of 81 seats for so many travellers: seconds, batches, lower bound."""
    codes = office.regencies
    families = (0, 0, 0, 1, 0, 2, 0, 1, 3, 0) if with_children else (0,)
    travellers = [
        Traveller(UUID(int=n), code, code[:2], families[n % len(families)])
        for n in range(people)
        for code in [codes[n * 7 % len(codes)]]
    ]
    made = []
    wall, cpu = once(lambda: made.append(propose(travellers, seats=81)))
    return {
        "people": people, "children": with_children, "wall_s": round(wall / 1000, 2),
        "cpu_s": round(cpu / 1000, 2), "batches": len(made[0].batches),
        "bound": made[0].lower_bound,
    }  # fmt: skip
