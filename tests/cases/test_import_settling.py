"""Rows that wait: every way in which they end, and what may not be done with them."""

from __future__ import annotations

import pytest
from django.utils.translation import gettext as _

from cases.actions.importing import stage_register
from cases.actions.settling import (
    StillWrong,
    dismiss_row,
    mend_row,
    not_same_person,
    same_person,
)
from cases.forms.importing import MendForm
from cases.models import BankAccount, ChildReferral, StagedRow, Worker
from cases.register.columns import Field
from kotim_social.accounts.models import User
from kotim_social.audit.models import Entry
from kotim_social.workflow import Refused
from tests.cases.import_helpers import DAY, DEMO, imported, person, user, workbook

pytestmark = pytest.mark.django_db
NIK = "3509065003900001"
SAME_NAME = {"NAMA LENGKAP": "Siti Aminah", "TANGGAL LAHIR": "10-03-1990"}


def mended(row: StagedRow, by: User, **cells: str) -> StagedRow:
    """The row as the form would send it, with other cells where they are named."""
    form = MendForm(row, by)
    typed = {
        name: form.get_initial_for_field(form.fields[name], name) or "" for name in form.fields
    }
    bound = MendForm(row, by, typed | cells)
    assert bound.is_valid(), bound.errors
    place = bound.cleaned_data["place"]
    return mend_row(row, cells=bound.cells(), place_code=place, by=by)


def duplicate(by: User, **cells: str) -> StagedRow:
    """A row that repeats the one before it by name and birth date."""
    source = imported(workbook(person(1, **SAME_NAME), person(2, **SAME_NAME, **cells)), by)
    return source.rows.get(outcome="duplicate")


def test_the_same_person_adds_nobody_and_stays_linked() -> None:
    sari = user("sari")
    row = same_person(duplicate(sari), by=sari, because="seen both papers")
    row.refresh_from_db()
    assert (row.settled, row.settled_by, row.worker) == ("same_person", sari, None)
    assert row.settled_because == "seen both papers"
    assert row.repeats_worker == Worker.objects.get()


def test_somebody_else_of_the_same_name_is_registered() -> None:
    sari = user("sari")
    row = duplicate(sari)
    with pytest.raises(Refused):
        not_same_person(row, by=sari, because=" ")
    row = not_same_person(row, by=sari, because="cousins")
    assert (row.settled, row.worker.register_no) == ("imported", "KTM-2017-0002")
    assert Worker.objects.filter(name="Siti Aminah").count() == 2


def test_an_equal_nik_is_never_somebody_else() -> None:
    sari = user("sari")
    row = imported(DEMO, sari).rows.get(sheet="Tangar", row_no=29)
    with pytest.raises(Refused) as refusal:
        not_same_person(row, by=sari, because="I am sure")
    # Told beforehand and with advice, not by the database's constraint.
    assert str(refusal.value) != _("This NIK already belongs to another record.")
    row.refresh_from_db()
    assert (row.settled, Worker.objects.count()) == ("waiting", 239)


def test_a_row_that_repeats_a_waiting_row_is_settled_after_it() -> None:
    sari = user("sari")
    rows = [person(n, **SAME_NAME) for n in (1, 2)]
    source = imported(workbook(*rows, person(3, **SAME_NAME)), sari)
    second, third = source.rows.filter(outcome="duplicate").order_by("position")
    StagedRow.objects.filter(pk=third.pk).update(repeats_row=second, repeats_worker=None)
    with pytest.raises(Refused):
        same_person(third, by=sari)
    other = not_same_person(second, by=sari, because="cousins").worker
    assert same_person(third, by=sari).repeats_worker == other


def test_a_nik_with_a_lost_digit_is_typed_again() -> None:
    sari = user("sari")
    row = imported(DEMO, sari).rows.get(sheet="Km 12", row_no=177)
    form = MendForm(row, sari, MendForm(row, sari).initial)
    assert not form.is_valid()
    assert set(form.errors) == {"nik"}
    row = mended(row, sari, nik="-")
    assert (row.settled, row.worker.nik) == ("mended", None)
    assert row.worker.register_no == "KTM-2017-0240"
    assert Worker.objects.count() == 240


def test_a_row_that_is_still_wrong_says_what_and_stays() -> None:
    sari = user("sari")
    row = imported(DEMO, sari).rows.get(sheet="Km 12", row_no=178)
    with pytest.raises(StillWrong) as refusal:
        mended(row, sari, nik="-")
    assert [problem["column"] for problem in refusal.value.problems] == [
        str(MendForm(row, sari).fields["birth_date"].label)
    ]
    row.refresh_from_db()
    assert (row.outcome, row.settled) == ("refused", "waiting")
    row = mended(row, sari, nik="-", birth_date="28-02-1995")
    assert row.worker.birth_date.isoformat() == "1995-02-28"


def test_the_cells_of_the_workbook_stay_as_they_were() -> None:
    sari = user("sari")
    row = imported(DEMO, sari).rows.get(sheet="Km 12", row_no=178)
    before = row.cells
    row = mended(row, sari, nik="-", birth_date="28-02-1995")
    row.refresh_from_db()
    assert row.cells == before
    assert row.fields["birth_date"] == "1995-02-28"


def test_a_mended_row_that_repeats_somebody_waits_as_a_duplicate() -> None:
    sari = user("sari")
    imported(workbook(person(1, NIK=NIK)), sari)
    source = imported(workbook(person(2, NIK=NIK[:-1])), sari)
    row = mended(source.rows.get(), sari, nik=NIK)
    assert (row.outcome, row.settled, row.worker) == ("duplicate", "waiting", None)
    assert row.repeats_worker == Worker.objects.get()


def test_a_mended_row_of_a_child_goes_to_the_referral_path() -> None:
    sari = user("sari")
    row = imported(workbook(person(1, **{"TANGGAL LAHIR": "31-02-2001"})), sari).rows.get()
    row = mended(row, sari, birth_date="28-02-2001")
    assert (row.outcome, row.settled) == ("referral", "referred")
    assert ChildReferral.objects.get().birth_date.isoformat() == "2001-02-28"
    assert not Worker.objects.exists()


def test_masked_fields_left_empty_are_kept() -> None:
    sari = user("sari")
    cells = {"BANK": "BNI", "NOMOR REKENING": "0123456789", "NO. HP": "081234567890", "NIK": NIK}
    bad = {"TANGGAL LAHIR": "31-02-1990"}
    row = imported(workbook(person(1) | cells | bad), sari).rows.get()
    shown = str(MendForm(row, sari))
    assert NIK not in shown
    assert "0123456789" not in shown
    assert "081234567890" not in shown
    worker = mended(row, sari, birth_date="10-03-1990").worker
    assert (worker.nik, worker.phone) == (NIK, "081234567890")
    assert BankAccount.objects.get().number == "0123456789"


def test_leaving_out_needs_a_reason_and_keeps_it() -> None:
    sari = user("sari")
    row = imported(DEMO, sari).rows.get(sheet="Km 12", row_no=178)
    with pytest.raises(Refused):
        dismiss_row(row, by=sari, because="")
    row = dismiss_row(row, by=sari, because="written down by mistake")
    row.refresh_from_db()
    assert (row.settled, row.settled_because) == ("dismissed", "written down by mistake")
    assert Entry.objects.filter(act="staged_row.dismissed").get().reason == ""


def test_a_settled_row_is_not_settled_again() -> None:
    sari = user("sari")
    row = duplicate(sari)
    same_person(row, by=sari)
    for act in (same_person, not_same_person, dismiss_row):
        with pytest.raises(Refused):
            act(row, by=sari, because="again")
    accepted = StagedRow.objects.get(settled="imported")
    with pytest.raises(Refused):
        dismiss_row(accepted, by=sari, because="why not")


def test_rows_are_settled_only_after_the_yes() -> None:
    sari = user("sari")
    content = workbook(person(1, **SAME_NAME), person(2, **SAME_NAME))
    source = stage_register(content, file_name="a.xlsx", by=sari, registered_on=DAY)
    with pytest.raises(Refused):
        dismiss_row(source.rows.get(outcome="duplicate"), by=sari, because="no")


def test_the_account_of_the_record_beside_it_is_a_sentence_not_an_error() -> None:
    sari = user("sari")
    account = {"BANK": "BNI", "NOMOR REKENING": "0123456789"}
    rows = (person(1, **SAME_NAME) | account, person(2, **SAME_NAME) | account)
    row = imported(workbook(*rows), sari).rows.get(outcome="duplicate")
    with pytest.raises(Refused):
        not_same_person(row, by=sari, because="sisters with one account")
    assert Worker.objects.count() == 1


def test_a_row_can_be_given_its_place() -> None:
    sari = user("sari")
    row = imported(workbook(person(1) | {"LOKALISASI": None}), sari).rows.get()
    assert (row.outcome, row.place) == ("refused", None)
    row = mended(row, sari, place="TANGAR", **{Field.NAME: "Mawar"})
    assert (row.worker.place_id, row.worker.name) == ("TANGAR", "Mawar")
