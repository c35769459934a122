"""Undoing an import, and what stands against it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection

from cases.actions import importing
from cases.actions.importing import confirm_import, discard_import, stage_register
from cases.actions.settling import same_person
from cases.actions.undoing import undo_import
from cases.models import (
    Alias,
    BankAccount,
    ChildReferral,
    ChoiceChange,
    Journey,
    RegisterImport,
    RegisterNumber,
    StagedRow,
    Worker,
)
from kotim_social.audit.models import Entry
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests.cases.import_helpers import DAY, DEMO, imported, person, signed_in, url, user, workbook

pytestmark = pytest.mark.django_db
ACCOUNT = {"BANK": "BNI", "NOMOR REKENING": "0123456789"}


def nobody_is_left() -> bool:
    tables = (Worker, Alias, BankAccount, ChoiceChange, Journey, ChildReferral)
    return not any(model.objects.exists() for model in tables)


def test_undo_takes_everybody_back_and_keeps_the_rows() -> None:
    sari = user("sari")
    source = undo_import(imported(DEMO, sari), by=sari)
    assert nobody_is_left()
    assert (source.state, source.undone_by) == ("undone", sari)
    assert Counter(source.rows.values_list("settled", flat=True)) == {"undone": 245}
    assert Entry.objects.filter(act="worker.undo").count() == 239


def test_after_undo_the_file_can_come_again_with_new_numbers() -> None:
    sari = user("sari")
    undo_import(imported(workbook(person(1), person(2)), sari), by=sari)
    imported(workbook(person(1), person(2)), sari)
    assert sorted(Worker.objects.values_list("register_no", flat=True)) == [
        "KTM-2017-0003", "KTM-2017-0004",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        lambda w: Worker.objects.filter(pk=w.pk).update(version=2),
        lambda w: Worker.objects.filter(pk=w.pk).update(eligibility="eligible"),
        lambda w: BankAccount.objects.filter(worker=w).update(checked_on=DAY, state="active"),
        lambda w: Journey.objects.filter(worker=w).update(state="in_batch", batch_code="R-1"),
        lambda w: ChoiceChange.objects.create(
            worker=w, before="return", choice="stay", decided_on=DAY, recorded_by=w.recorded_by
        ),
        lambda w: w.statements.create(choice="return", signed_on=DAY, recorded_by=w.recorded_by),
        lambda w: w.holders.create(user=w.recorded_by, valid_from=today(), handed_by=w.recorded_by),
    ],
    ids=["edited", "decided", "bank", "journey", "choice", "statement", "handed"],
)
def test_undo_is_refused_once_work_has_gone_on(change) -> None:
    sari = user("sari")
    source = imported(workbook(person(1, **ACCOUNT), person(2)), sari)
    change(Worker.objects.order_by("register_no").first())
    with pytest.raises(Refused, match="1"):
        undo_import(source, by=sari)
    source.refresh_from_db()
    assert (source.state, Worker.objects.count()) == ("confirmed", 2)
    assert ChoiceChange.objects.count() >= 2


def test_undo_is_refused_when_a_later_import_relies_on_its_people() -> None:
    sari = user("sari")
    first = imported(workbook(person(1)), sari)
    second = imported(workbook(person(1), person(2)), sari)
    same_person(second.rows.get(outcome="duplicate"), by=sari)
    with pytest.raises(Refused):
        undo_import(first, by=sari)
    assert Worker.objects.count() == 2


def test_a_staged_import_is_not_undone_and_a_confirmed_one_is_not_discarded() -> None:
    sari = user("sari")
    staged = stage_register(workbook(person(1)), file_name="a", by=sari, registered_on=DAY)
    with pytest.raises(Refused):
        undo_import(staged, by=sari)
    confirmed = confirm_import(staged, by=sari)
    with pytest.raises(Refused):
        discard_import(confirmed, by=sari)
    with pytest.raises(Refused):
        confirm_import(staged, by=sari)
    assert Worker.objects.count() == 1


def test_discarding_registers_nobody_and_lets_the_file_come_again() -> None:
    sari = user("sari")
    content = workbook(person(1))
    staged = stage_register(content, file_name="a.xlsx", by=sari, registered_on=DAY)
    discard_import(staged, by=sari)
    assert nobody_is_left()
    assert staged.rows.get().settled == "dismissed"
    assert imported(content, sari).state == "confirmed"


def test_nothing_is_half_written_when_confirming_fails_in_the_middle() -> None:
    sari = user("sari")
    staged = stage_register(DEMO, file_name="a.xlsx", by=sari, registered_on=DAY)
    broken = patch.object(importing, "refer_children", side_effect=RuntimeError)
    with broken, pytest.raises(RuntimeError):
        confirm_import(staged, by=sari)
    staged.refresh_from_db()
    assert nobody_is_left()
    assert (staged.state, staged.confirmed_at) == ("staged", None)
    assert set(staged.rows.values_list("settled", flat=True)) == {"waiting"}
    assert not RegisterNumber.objects.exists()
    assert not Entry.objects.filter(act="worker.register").exists()
    confirm_import(staged, by=sari)
    assert Worker.objects.count() == 239


def test_an_account_of_somebody_else_is_refused_with_a_sentence_not_an_error() -> None:
    sari = user("sari")
    imported(workbook(person(1, **ACCOUNT)), sari)
    again = imported(workbook(person(2, **ACCOUNT), person(3, **ACCOUNT)), sari)
    assert list(again.rows.values_list("outcome", flat=True)) == ["refused", "refused"]
    assert all(row.problems for row in again.rows.all())
    assert Worker.objects.count() == 1


def test_the_day_of_registration_is_not_in_the_future() -> None:
    with pytest.raises(Refused):
        stage_register(
            workbook(person(1)),
            file_name="a.xlsx",
            by=user("sari"),
            registered_on=today() + timedelta(days=1),
        )
    assert not RegisterImport.objects.exists()


def test_the_database_itself_keeps_one_import_a_file() -> None:
    sari = user("sari")
    source = imported(workbook(person(1)), sari)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_registerimport (id, file_id, sha256, file_name, state,"
            " registered_on, notes, uploaded_at, uploaded_by_id)"
            " SELECT gen_random_uuid(), file_id, sha256, file_name, 'staged', registered_on,"
            " notes, now(), uploaded_by_id FROM cases_registerimport WHERE id = %s",
            [source.pk],
        )


def test_undo_from_the_page_asks_first_and_says_why_not() -> None:
    sari = user("sari")
    client = signed_in(sari)
    source = imported(workbook(person(1)), sari)
    page = url("import_undo", source.pk)
    key = {"idempotency_key": "018f0000-0000-7000-8000-000000000001"}
    assert client.get(page).status_code == 200
    assert Worker.objects.count() == 1
    Worker.objects.update(version=2)
    assert client.post(page, key).status_code == 422
    Worker.objects.update(version=1)
    assert client.post(page, key).status_code == 302
    assert StagedRow.objects.get().settled == "undone"
