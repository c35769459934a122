"""The generator's office obeys the database's rules, its plans use the indexes, the bench runs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from cases.listing import Listing
from cases.models import BankAccount, Journey, Worker
from cases.people_pages import Stretch, capped, page_of
from cases.search import find_people
from disbursements.actions.lists import submit
from disbursements.models import Entitlement, PaymentLine, PaymentList, Position
from kotim_social.accounts.models import User
from kotim_social.audit.models import Entry
from kotim_social.audit.scope import set_actor
from kotim_social.desk.totals import totals
from kotim_social.workflow import Refused
from tests.bench import pages, storing, work
from tests.bench.filling import fill, make_users, office_of, present_office
from tests.bench.people import person
from tests.bench.report import ADMIN, BARE, as_markdown
from tests.bench.timing import interleaved
from tests.reset import owner_cursor

SEED = 7
ORPHANS = """
    SELECT conrelid::regclass::text, conname, convalidated FROM pg_constraint
    WHERE contype = 'f' AND NOT convalidated
"""


@pytest.fixture
def office(transactional_db: None) -> Iterator[Any]:
    """Sixty people with money, copied in as the owner."""
    users = make_users()
    with owner_cursor() as cursor:
        made = office_of(60, SEED, users, cursor)
    parameters = connections["owner"].get_connection_params()
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    fill(made, parameters)
    return made


def test_the_office_obeys_the_rules_and_the_bench_runs(office: Any) -> None:
    assert Worker.objects.count() == 60
    assert Entitlement.objects.exists()
    assert {"closed", "draft"} <= set(PaymentList.objects.values_list("state", flat=True))
    _money_adds_up()
    _opens_with_its_keys()
    _guards_are_back()
    few = dict(list(pages.list_pages(60).items())[:6])
    figures = {
        "list": interleaved(few, rounds=1),
        "pages": interleaved(pages.other_pages(), rounds=1),
        "search": interleaved(work.searches(), rounds=1),
        "money": interleaved(
            {**work.money(60), **work.paying(), **storing.determining()}, rounds=1
        ),
        "home": interleaved(storing.going_home(), rounds=1),
        "import": {},
    }
    assert figures["list"]["first page"].queries == figures["list"]["last page"].queries - 1
    batches = [work.proposal(60, present_office(60, SEED), with_children=True)]
    shown = as_markdown(
        {"machine": {}, "scales": {60: figures}, "answers": {60: []}, "papers": [],
         "batches": batches}
    )  # fmt: skip
    assert ADMIN in shown and BARE in shown
    assert Worker.objects.count() == 60  # what was measured left nothing


def _money_adds_up() -> None:
    """paid on each entitlement is the sum of its paid lines that were not reversed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM disbursements_entitlement e WHERE e.paid <> (SELECT"
            " coalesce(sum(l.amount), 0) FROM disbursements_paymentline l WHERE"
            " l.entitlement_id = e.id AND l.state = 'paid' AND NOT EXISTS (SELECT 1 FROM"
            " disbursements_reversal v WHERE v.line_id = l.id))"
        )
        assert cursor.fetchone() == (0,)
        cursor.execute(ORPHANS)
        assert cursor.fetchall() == []
    assert totals().adds_up
    assert Position.objects.sums()["paid"] > 0


def _opens_with_its_keys() -> None:
    she = Worker.objects.filter(nik_index__isnull=False).order_by("id")[0]
    n = int(she.register_no.rsplit("-", 1)[1]) - 1
    assert she.nik == person(n, random.Random(0)).nik
    found = find_people(str(she.nik), user=User.objects.get(username="pimpinan"))
    assert [hit.worker.pk for hit in found.hits] == [she.pk]
    line = PaymentLine.objects.filter(snapshot__isnull=False).select_related("entitlement__worker")[
        0
    ]
    assert line.snapshot["name"] == line.entitlement.worker.name


def _guards_are_back() -> None:
    """A list moves on by the rules again: its preparer may not be its verifier."""
    draft = PaymentList.objects.filter(state="draft")[0]
    with pytest.raises(Refused):
        submit(payment_list=draft, by=User.objects.get(username="verifikator"))
    submit(payment_list=draft, by=User.objects.get(username="petugas"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone() == (0,)


# -- plans -------------------------------------------------------------------------------------

COPIES = """
    INSERT INTO cases_worker (id, register_no, name, name_folded, mother_name, mother_folded,
        birth_place, birth_date, nik_status, nik_note, wisma, children, remark, eligibility,
        choice, case_state, registered_on, recorded_at, version, home_regency_id, place_id,
        recorded_by_id, registered_by_id, phone_index)
    SELECT gen_random_uuid(), 'X-' || n, name, lower(name), '', '', '', '1990-01-01', 'unchecked',
        '', '', 0, '', CASE WHEN n %% 50 = 0 THEN 'not_eligible' ELSE 'eligible' END,
        CASE WHEN n %% 40 = 0 THEN 'stay' ELSE 'return' END, 'open', '2017-11-01', now(), 1,
        '35.09', CASE WHEN n %% 30 = 0 THEN 'TANGAR' ELSE 'KM12' END, %(by)s, %(by)s, md5(n::text)
    FROM (SELECT n, initcap(substr(md5(n::text), 1, 6) || ' ' || substr(md5(n::text), 8, 7)) AS name
          FROM generate_series(1, 20000) n) people
"""


@pytest.fixture
def many(transactional_db: None) -> User:
    """Twenty thousand people, so that the planner must choose."""
    users = make_users()
    with connection.cursor() as cursor:
        cursor.execute(COPIES, {"by": users["petugas"]})
    with owner_cursor() as cursor:
        # As autovacuum leaves it: counted, and nothing pending in the index of the names.
        cursor.execute("SELECT gin_clean_pending_list('worker_name_trgm')")
        cursor.execute("ANALYZE cases_worker")
    return User.objects.get(username="pimpinan")


def plan_of(rows: Any) -> str:
    return str(rows.explain())


def test_plans_among_twenty_thousand(many: User) -> None:
    """One office for all of them: to fill it is what takes the time."""
    _each_filter_and_order_has_its_index(many)
    _the_search_has_its_indexes()
    _words_lead_the_search_one_by_one(many)
    _numbers_have_their_indexes()
    _counts_are_exact_up_to_a_thousand(many)
    _no_query_of_a_page_reads_many_rows(many)


def _each_filter_and_order_has_its_index(many: User) -> None:
    """Without a sort and without reading all; the deep and the last page as the first."""
    by = {
        (): "worker_by_name",
        (("place", "TANGAR"),): "worker_at_place",
        (("choice", "stay"),): "worker_by_choice",
        (("eligibility", "not_eligible"),): "worker_by_eligibility",
    }
    mark = ("M", UUID(int=0))
    for values, index in by.items():
        people = Listing(dict(values)).people(many)
        for down, beyond in ((False, False), (False, True), (True, False), (True, True)):
            stretch = Stretch(("name", "id"), down)
            plan = plan_of(stretch.of(people, mark if beyond else None).values("pk")[:51])
            assert index in plan, plan
            assert "Sort" not in plan and "Seq Scan on cases_worker" not in plan, plan
            # A place is met as a set of one: the row comparison is the condition of the index.
            assert not beyond or ("Index Cond" in plan and "ROW(" in plan), plan
    counted = capped(Listing({"choice": "stay"}).people(many))
    assert "worker_by_choice" in plan_of(counted)
    register = Worker.objects.order_by("register_no", "id").values("pk")[:51]
    assert "Seq Scan" not in plan_of(register)


def _the_search_has_its_indexes() -> None:
    """A part of a name by trigrams, likeness too: no step of the look-up reads everybody."""
    read = "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'cases_worker'"
    for who in ("pimpinan", "auditor", "petugas", "petugas2"):
        with transaction.atomic(), connection.cursor() as cursor:
            set_actor(User.objects.get(username=who).pk)
            cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = 0.4")
            cursor.execute(read)
            before = cursor.fetchone()
            cursor.execute(
                "SELECT count(*) FROM kotim_find_names("
                "'%a1b2c%', 'a1b2c', 1001, 'a1b2c', 'a1b2c', 0, '{}', 51)"
            )
            cursor.execute(read)
            assert cursor.fetchone() == before, who


def _words_lead_the_search_one_by_one(user: User) -> None:
    """Of two words the index intersects the lists, whatever stands in every name: here "qwertyuiop"
    and a rare one. No name is opened but those that are like both."""
    with owner_cursor() as cursor:
        cursor.execute(
            "UPDATE cases_worker SET name_folded = 'qwertyuiop ' || CASE register_no"
            " WHEN 'X-7777' THEN 'zulmiran' ELSE name_folded END"
        )
    with owner_cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('worker_name_trgm')")
        cursor.execute("ANALYZE cases_worker")
    she = Worker.objects.get(register_no="X-7777")
    read = (
        "SELECT seq_tup_read, idx_tup_fetch FROM pg_stat_xact_user_tables"
        " WHERE relname = 'cases_worker'"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        set_actor(user.pk)
        cursor.execute(read)
        scanned, fetched = cursor.fetchone()
        found = find_people("zulmiran qwertyuiop", user=user)
        assert [hit.worker.pk for hit in found.hits] == [she.pk]
        cursor.execute(read)
        scanned_after, fetched_after = cursor.fetchone()
    assert scanned_after == scanned
    assert 0 < fetched_after - fetched < 600


def _numbers_have_their_indexes() -> None:
    """Exact numbers by their blind index, the facts of one person and one list by theirs."""
    nobody, number = UUID(int=0), "0" * 32
    asked = {
        "phone": Worker.objects.filter(phone_index=number),
        "NIK": Worker.objects.filter(nik_index=number),
        "last digits": Worker.objects.filter(nik_tail_index=number),
        "register number": Worker.objects.filter(register_no="KTM-2017-0001"),
    }
    for name, rows in asked.items():
        plan = plan_of(rows.values("pk"))
        assert "Index" in plan and "Seq Scan" not in plan, f"{name}: {plan}"
    with transaction.atomic(), connection.cursor() as cursor:
        # These tables are empty here: what counts is that an index answers once there is a choice.
        cursor.execute("SET LOCAL enable_seqscan = off")
        small = {
            "account": BankAccount.objects.filter(number_index=number),
            "her accounts": BankAccount.objects.filter(worker=nobody),
            "her way": Journey.objects.filter(worker=nobody, current=True),
            "her rights": Entitlement.objects.filter(worker=nobody),
            "her lines": PaymentLine.objects.filter(entitlement=nobody),
            "lines of a list": PaymentLine.objects.filter(payment_list=nobody),
            "her trail": Entry.objects.filter(object_type="cases.worker", object_id=str(nobody)),
        }
        for name, rows in small.items():
            plan = plan_of(rows.order_by().values("pk"))
            assert "Index Cond" in plan, f"{name}: {plan}"


def _counts_are_exact_up_to_a_thousand(many: User) -> None:
    everybody = page_of(Listing(), QueryDict(), many)
    assert everybody.count == 1_001
    assert everybody.count_text == "50 dari lebih dari 1.000"
    some = page_of(Listing({"choice": "stay"}), QueryDict(), many)
    assert (some.count, some.count_text) == (500, "50 dari 500")


def _no_query_of_a_page_reads_many_rows(many: User) -> None:
    """A capped count reads its cap; nothing else reads more than a few pages of rows."""
    names = Worker.objects.order_by("name", "id").values_list("pk", flat=True)
    middle, last = names[10_000], names.reverse()[0]
    lists = reverse("cases:worker_list")
    addresses = [
        *(f"{lists}?{query}" for query in (
            "", f"after={middle}", f"before={last}", f"before={middle}", "sort=-name",
            "sort=register", f"sort=register&after={middle}", "sort=place", "choice=stay",
            "eligibility=not_eligible", "place=TANGAR",
        )),
        reverse("desk:worker_page", args=[middle]),
        reverse("disbursements:list_index"),
    ]  # fmt: skip
    client, looked = pages.client_of("pimpinan"), 0
    for address in addresses:
        for sql, most in rows_read(client, address):
            looked += 1
            limit = 1_001 if "count(*)" in sql.casefold() else 600
            assert most <= limit, f"{address} reads {most} rows: {sql[:300]}"
    assert looked > 8 * len(addresses)


def rows_read(client: Client, address: str) -> list[tuple[str, int]]:
    """Each SELECT of a page with the most rows that a step of its plan touched."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        assert client.get(address).status_code == 200
    found = []
    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING off, FORMAT json) {sql}", params)
            ((plan,),) = cursor.fetchall()
            found.append((sql, max(_touched(plan[0]["Plan"]))))
    return found


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("Plans", ()):
        yield from _nodes(part)


def _touched(node: dict[str, Any]) -> Iterator[int]:
    loops = node["Actual Loops"]
    yield int(node["Actual Rows"] * loops + node.get("Rows Removed by Filter", 0) * loops)
    for part in node.get("Plans", ()):
        yield from _touched(part)
