"""Anonymising: no trace of her in any table, history, file or paper; every total as it was."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from cases.actions import children
from cases.actions.closing import request_closing
from cases.actions.consents import Answer, record_consent
from cases.actions.data_requests import Wanted, take_down
from cases.actions.notes import add_note
from cases.actions.workers import AliasChange, edit_worker
from cases.data_terms import RequestKind
from cases.models import (
    Alias,
    AnonymisedPerson,
    Anonymising,
    CaseClosing,
    ChildReferral,
    Provider,
    StagedRow,
    Worker,
)
from kotim_social.audit.models import Entry, Redaction
from kotim_social.audit.sealing import seal, standing, verify
from kotim_social.desk import anonymising
from kotim_social.desk.closing import close
from kotim_social.desk.processing import personal_models, privacy_of
from kotim_social.desk.totals import totals
from kotim_social.documents.actions import issue_paper
from kotim_social.documents.blocks import Paragraph
from kotim_social.documents.models import IssuedPaper
from kotim_social.documents.paper import Paper, build_paper
from kotim_social.files import disk
from kotim_social.lib.crypto import decrypt
from kotim_social.lib.dates import today
from kotim_social.operations import rotation
from kotim_social.operations.fates import ELSEWHERE, FATES
from kotim_social.workflow import Refused
from tests import factories
from tests.cases.import_helpers import imported, person, workbook
from tests.disbursements.browsing import browser, post
from tests.factories import Four, the_four

LONG_AGO = datetime(2010, 1, 4, tzinfo=UTC)


def test_every_personal_column_has_a_fate() -> None:
    fates = {fate.model: {*fate.columns, *fate.kept} for fate in FATES}
    for model in personal_models():
        label = model._meta.label
        if label in ELSEWHERE:
            assert label not in fates
            continue
        personal = {name for name, kind in privacy_of(model).items() if kind != "umum"}
        assert personal <= fates.get(label, set()), label
    assert set(fates) <= {model._meta.label for model in personal_models()}


def whole_database(owner: Any) -> str:
    """Everything that a dump holds, and beside it everything encrypted, opened."""
    parts = []
    with owner.cursor() as cursor:
        for name in owner.introspection.table_names(cursor):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{name}\" t")
            parts.append(cursor.fetchone()[0])
        for table in rotation.encrypted_tables():
            for column, label in table.labels.items():
                cursor.execute(f'SELECT "{table.record}", "{column}" FROM "{table.name}"')
                parts += [
                    decrypt(bytes(token), label=label, record_id=str(record)).decode()
                    for record, token in cursor.fetchall()
                    if token is not None
                ]
    return "\n".join(parts).casefold()


def closed_long_ago(worker: Worker, four: Four, owner: Any) -> None:
    asked = request_closing(worker=worker, reason="own_request", by=four.petugas)
    close(closing=asked, lapse=True, by=four.pimpinan)
    with owner.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_caseclosing SET decided_at = %s, requested_at = %s WHERE worker_id = %s",
            [LONG_AGO, LONG_AGO, worker.pk],
        )


def a_paper(people: list[Worker], four: Four, *, about: Worker | None = None) -> IssuedPaper:
    return issue_paper(
        kind="nominatif",
        build=lambda number: build_paper(Paper(blocks=[Paragraph("isi")], number=number)),
        snapshot={"rows": [{"name": w.name, "nik": w.nik, "amount": 5} for w in people]},
        issued_on=today(),
        by=four.pimpinan,
        subject=about,
    )


@pytest.fixture
def office(key_file: Path, owner: Any) -> dict[str, Any]:
    """Two paid women with everything about them; the case of the first was closed long ago."""
    four = the_four()
    people = factories.ready_people(2, four=four)
    first = people[0]
    before = first.name
    values = {
        "name": "Ratna Dewi Contohwati",
        "phone": "081355501234",
        "home_address": "Jl. Melati Khusus 7",
        "aliases": AliasChange(("Neng Contoh",)),
    }
    for more in (values, {"name": before}):  # the account stands in the old name
        edit_worker(worker=first, values=more, version=first.version, by=four.petugas)
        first.refresh_from_db()
    add_note(worker=first, text="cerita Ratna Dewi Contohwati", by=four.petugas)
    answer = Answer("photo", False, today(), "Saksi Khususwati", "signed")
    record_consent(worker=first, answer=answer, by=four.petugas)
    people[0] = first
    factories.walk_to(factories.a_list(by=four.petugas), "closed", four=four)
    both, hers = a_paper(people, four), a_paper([first], four, about=first)
    account = first.accounts.get()
    told = [before, "Ratna Dewi Contohwati", first.nik, account.number, first.mother_name,
            "Neng Contoh", "081355501234", "Jl. Melati Khusus 7", "Saksi Khususwati"]  # fmt: skip
    closed_long_ago(first, four, owner)
    return {"four": four, "people": people, "told": told, "papers": (both, hers)}


def accepted(four: Four) -> Anonymising:
    row = anonymising.propose(day=today(), by=four.pimpinan)
    second = factories.make_user("pimpinan")
    return anonymising.decide(proposal=row, act="accept", by=second)


@pytest.mark.django_db(transaction=True)
def test_no_trace_of_her_is_left_and_every_total_is_the_same(
    office: dict[str, Any], owner: Any
) -> None:
    four, (first, other) = office["four"], office["people"]
    both, hers = office["papers"]
    everything = whole_database(owner)
    assert all(text.casefold() in everything for text in office["told"])
    figures, entries = json.dumps(totals().as_json()), Entry.objects.count()
    accepted(four)
    seal()

    call_command("anonymise")

    left = whole_database(owner)
    assert [text for text in office["told"] if text.casefold() in left] == []
    for text in (other.name, other.nik, other.accounts.get().number, first.register_no):
        assert text.casefold() in left
    assert json.dumps(totals().as_json()) == figures
    assert Entry.objects.count() > entries
    assert verify().ok
    assert Redaction.objects.exists()
    assert not Alias.objects.filter(worker=first).exists()
    assert not disk.path_of(both.file_id).exists()
    assert not disk.path_of(hers.file_id).exists()
    kept = IssuedPaper.objects.get(pk=both.pk).snapshot["rows"]
    assert kept[1]["name"] == other.name
    assert [row["amount"] for row in kept] == [5, 5]
    row = Anonymising.objects.get()
    assert (row.state, row.people.filter(done_at__isnull=False).count()) == ("done", 1)
    client = browser(four.pimpinan)
    for name in ("desk:worker_page", "desk:worker_trail", "cases:account", "desk:personal_data"):
        assert client.get(reverse(name, args=[first.pk])).status_code == 200, name
    assert client.get(reverse("desk:totals")).status_code == 200
    assert anonymising.due(today()) == []
    _seal_all()
    with owner.cursor() as cursor:  # the guards stand again
        for table in ("audit_entry", "cases_worker_event"):
            with pytest.raises(DatabaseError), transaction.atomic(using="owner"):
                cursor.execute(f"UPDATE {table} SET {'act' if 'audit' in table else 'name'} = 'x'")
        cursor.execute(
            "ALTER TABLE audit_entry DISABLE TRIGGER USER;"
            "UPDATE audit_entry SET reason = 'lain' WHERE id ="
            " (SELECT min(entry_id) FROM audit_redaction);"
            "ALTER TABLE audit_entry ENABLE TRIGGER USER"
        )
    assert not verify().ok  # a redacted row that was changed since is found


def _seal_all() -> None:
    """A row is sealed once no older transaction runs, also in another database of the server."""
    end = time.monotonic() + 60
    while standing().unsealed:
        assert time.monotonic() < end, "a transaction does not end"
        time.sleep(0.2)
        seal()


@pytest.mark.django_db(transaction=True)
def test_two_people_decide_and_what_is_open_stays(office: dict[str, Any], owner: Any) -> None:
    four, (first, other) = office["four"], office["people"]
    assert [one.worker for one in anonymising.due(today())] == [first]
    wish = Wanted(RequestKind.ACCESS, "spoken", "lihat", Entry.objects.latest("pk").at)
    request = take_down(worker=first, wish=wish, by=four.pimpinan)
    assert anonymising.due(today())[0].against
    with pytest.raises(Refused):
        anonymising.propose(day=today(), by=four.pimpinan)
    with owner.cursor() as cursor:
        cursor.execute("UPDATE cases_datarequest SET state = 'withdrawn', outcome = wanted,"
                       " answered_at = now(), answered_by_id = owner_id")  # fmt: skip
    row = anonymising.propose(day=today(), by=four.pimpinan)
    with pytest.raises(Refused):
        anonymising.decide(proposal=row, act="accept", by=four.pimpinan)
    with pytest.raises(Refused):
        anonymising.decide(proposal=row, act="accept", by=four.petugas)
    call_command("anonymise")
    assert Worker.objects.get(pk=first.pk).name == first.name
    anonymising.decide(proposal=row, act="accept", by=factories.make_user("pimpinan"))
    for statement in (
        "UPDATE cases_anonymising SET state = 'done'",
        "UPDATE cases_anonymisedperson SET done_at = now()",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with owner.cursor() as cursor:  # something opened after the yes: she is left out
        cursor.execute("UPDATE cases_datarequest SET worker_id = %s", [first.pk])
        cursor.execute("ALTER TABLE cases_datarequest DISABLE TRIGGER USER;"
                       "UPDATE cases_datarequest SET state = 'open', outcome = NULL,"
                       " answered_at = NULL, answered_by_id = NULL;"
                       "ALTER TABLE cases_datarequest ENABLE TRIGGER USER")  # fmt: skip
    call_command("anonymise")
    assert request.pk
    assert not AnonymisedPerson.objects.filter(done_at__isnull=False).exists()
    assert Worker.objects.get(pk=first.pk).name == first.name
    assert other.name


@pytest.mark.django_db
def test_the_command_lists_and_proposes_and_the_pages_show_it() -> None:
    four = the_four()
    [worker] = factories.register(1, by=four.petugas)
    asked = request_closing(worker=worker, reason="own_request", by=four.petugas)
    close(closing=asked, lapse=False, by=four.pimpinan)
    head = browser(four.pimpinan)
    assert worker.register_no not in head.get(reverse("desk:retention")).content.decode()
    with pytest.raises(CommandError):
        call_command("propose_anonymising", user=four.pimpinan.username)
    CaseClosing.objects.update(decided_at=LONG_AGO, requested_at=LONG_AGO)
    assert worker.register_no in head.get(reverse("desk:retention")).content.decode()
    assert post(head, reverse("desk:retention_propose")).status_code == 302
    row = Anonymising.objects.get()
    page = head.get(reverse("desk:anonymising", args=[row.pk])).content.decode()
    assert worker.register_no in page
    assert row.terms[0]["years"] == 10
    decide = reverse("desk:anonymising_decide", args=[row.pk, "accept"])
    assert post(head, decide).status_code in (302, 422)
    assert Anonymising.objects.get().state == "proposed"
    second = browser(factories.make_user("pimpinan"))
    assert post(second, decide).status_code == 302
    assert Anonymising.objects.get().state == "accepted"


def a_closed_child(four: Four, owner: Any) -> ChildReferral:
    """Found at an import, led along her path, closed so long ago that her term has run out."""
    cells = {"NAMA LENGKAP": "Bunga Rahasiawati", "TANGGAL LAHIR": "04-05-2001",
             "NIK": "3509064405010007", "NO. HP": "081377709876"}  # fmt: skip
    imported(workbook(person(1) | cells, person(2)), four.petugas)
    child, later = ChildReferral.objects.get(), today() + timedelta(days=7)
    children.assign(child=child, officer=four.petugas, due_on=later, by=four.pimpinan)
    about = {"done_on": today(), "by": four.petugas}
    unit = Provider.objects.order_by("name")[0]
    letter = children.Letter(no="460/1", on=today())
    children.refer(child=child, provider=unit, letter=letter, due_on=later, note="aman", **about)
    children.answer(child=child, act="accept", letter=letter, due_on=later, note="ya", **about)
    children.hand_over(child=child, received_by="Ibu Penerimawati", note="", **about)
    end = {"outcome": "protected", "note": "dijemput Ibu Penerimawati", "done_on": today()}
    children.close(child=child, **end, by=four.pimpinan)
    with owner.cursor() as cursor:
        cursor.execute("UPDATE cases_childreferral SET closed_at = %s", [LONG_AGO])
    return ChildReferral.objects.get()


@pytest.mark.django_db(transaction=True)
def test_a_child_without_a_record_has_a_term_too_and_leaves_no_trace(
    key_file: Path, owner: Any
) -> None:
    four = the_four()
    child = a_closed_child(four, owner)
    workbook_of = StagedRow.objects.get(pk=child.pk).source.file
    told = ("Bunga Rahasiawati", "3509064405010007", "081377709876", "Ibu Penerimawati")
    everything = whole_database(owner)
    assert all(text.casefold() in everything for text in told)
    [one] = anonymising.due(today())
    assert (one.child, one.worker, one.term, one.ended_on.year) == (child, None, "child", 2015)
    page = browser(four.pimpinan).get(reverse("desk:retention")).content.decode()
    assert reverse("cases:child_detail", args=[child.pk]) in page
    row = accepted(four)
    admin = factories.make_user("admin")
    for address in (reverse("desk:retention"), reverse("desk:anonymising", args=[row.pk])):
        shown = browser(admin).get(address).content.decode()
        assert str(child.pk) not in shown and "Bunga" not in shown  # R19: not even by her address

    call_command("anonymise")

    left = whole_database(owner)
    assert [text for text in told if text.casefold() in left] == []
    assert Worker.objects.get().name.casefold() in left  # of the same workbook, and not a child
    child.refresh_from_db()
    assert (child.state, child.outcome, child.birth_date) == (
        "closed", "protected", date(2001, 1, 1)
    )  # fmt: skip
    assert not disk.path_of(workbook_of.pk).exists()
    assert Entry.objects.filter(act="childreferral.anonymise", object_id=str(child.pk)).exists()
    assert verify().ok
    assert anonymising.due(today()) == []
    client = browser(four.pimpinan)
    assert client.get(reverse("cases:child_detail", args=[child.pk])).status_code == 200
    assert client.get(reverse("desk:anonymising", args=[row.pk])).status_code == 200


@pytest.mark.django_db
def test_a_line_of_a_proposal_is_of_one_person() -> None:
    about = {"term": "child", "closed_on": today(), "ended_on": today()}
    four = the_four()
    row = Anonymising.objects.create(day=today(), terms=[], proposed_by=four.pimpinan)
    with pytest.raises(IntegrityError), transaction.atomic():
        AnonymisedPerson.objects.create(proposal=row, **about)
