"""Who sees and does what in an import: roles, places, children."""

from __future__ import annotations

import pytest
from django.test import Client

from cases.actions.importing import confirm_import, stage_register
from cases.actions.settling import dismiss_row, mend_row
from cases.models import RegisterImport, StagedRow, Worker
from kotim_social.accounts.models import User
from kotim_social.workflow import Refused
from tests.cases.import_helpers import DAY, DEMO, imported, person, signed_in, url, user, workbook
from tests.cases.test_import_settling import mended

pytestmark = pytest.mark.django_db
KEY = {"idempotency_key": "018f0000-0000-7000-8000-000000000002"}
OF_AN_IMPORT = (
    "import_detail", "import_confirm", "import_undo", "import_discard", "import_rejected",
)  # fmt: skip
OF_A_ROW = ("import_row_same", "import_row_other", "import_row_mend", "import_row_dismiss")


def two_places() -> bytes:
    return workbook(person(1), person(2) | {"LOKALISASI": "Tangar"})


def test_rows_of_places_that_are_not_hers_are_refused_with_a_sentence() -> None:
    wati = user("wati", places=["KM12"])
    source = imported(two_places(), wati)
    assert list(source.rows.order_by("position").values_list("outcome", "settled")) == [
        ("accepted", "imported"), ("refused", "waiting"),
    ]  # fmt: skip
    assert Worker.objects.get().place_id == "KM12"
    foreign = source.rows.get(outcome="refused")
    assert [problem["code"] for problem in foreign.problems] == ["foreign_place"]


def test_the_officer_of_that_place_settles_what_the_other_could_not() -> None:
    wati, tari = user("wati", places=["KM12"]), user("tari", places=["TANGAR"])
    row = imported(two_places(), wati).rows.get(outcome="refused")
    assert signed_in(wati).get(url("import_row", row.pk)).status_code == 404
    assert signed_in(tari).get(url("import_row", row.pk)).status_code == 200
    with pytest.raises(Refused):
        dismiss_row(row, by=wati, because="not mine")
    assert mended(row, tari).worker.place_id == "TANGAR"


def test_a_place_that_is_not_hers_cannot_be_chosen_either() -> None:
    wati = user("wati", places=["KM12"])
    row = imported(workbook(person(1) | {"TANGGAL LAHIR": "31-02-1990"}), wati).rows.get()
    with pytest.raises(Refused):
        mend_row(row, cells={}, place_code="TANGAR", by=wati)
    client = signed_in(wati)
    answer = client.post(url("import_row_mend", row.pk), {"place": "TANGAR", "name": "A B"})
    assert answer.status_code == 422
    assert not Worker.objects.exists()


def test_another_lokalisasi_finds_nothing() -> None:
    source = imported(workbook(person(1), person(2) | {"NIK": "12"}), user("wati", places=["KM12"]))
    tari = signed_in(user("tari", places=["TANGAR"]))
    assert tari.get(url("import_list")).context["entries"] == []
    for name in OF_AN_IMPORT:
        assert tari.get(url(name, source.pk)).status_code == 404, name
        assert tari.post(url(name, source.pk), KEY).status_code in (404, 405), name
    for row in source.rows.all():
        assert tari.get(url("import_row", row.pk)).status_code == 404
        for name in OF_A_ROW:
            assert tari.post(url(name, row.pk), {"because": "x"}).status_code == 404, name
    assert Worker.objects.count() == 1
    assert source.rows.filter(settled="waiting").count() == 1


def test_an_import_of_others_places_is_not_confirmed_for_them() -> None:
    staged = stage_register(two_places(), file_name="a.xlsx", by=user("sari"), registered_on=DAY)
    wati = user("wati", places=["KM12"])
    assert RegisterImport.objects.visible_to(wati).get() == staged
    with pytest.raises(Refused):
        confirm_import(staged, by=wati)
    answer = signed_in(wati).post(url("import_confirm", staged.pk), KEY)
    assert answer.status_code == 422
    assert not Worker.objects.exists()


@pytest.mark.parametrize("role", ["verifikator", "bendahara", "admin", "auditor"])
def test_other_roles_have_no_import(role: str) -> None:
    source = imported(workbook(person(1)), user("sari"))
    row = source.rows.get()
    with pytest.raises(Refused):
        stage_register(
            workbook(person(2)), file_name="a", by=user("x", role=role), registered_on=DAY
        )
    client = signed_in(User.objects.get(username="x"))
    pages = [url("import_list"), url("import_upload"), url("import_template")]
    pages += [url(name, source.pk) for name in OF_AN_IMPORT]
    pages += [url("import_row", row.pk), *(url(name, row.pk) for name in OF_A_ROW)]
    for page in pages:
        # Whoever lacks the second factor is led to it first: not one page of the import opens.
        assert client.get(page).status_code in (302, 403), page
        assert client.post(page, KEY).status_code in (302, 403), page
    assert Worker.objects.count() == 1


def test_a_childs_row_is_counted_but_shown_to_supervisors_only() -> None:
    sari = user("sari")
    source = imported(DEMO, sari)
    child = source.rows.get(outcome="referral")
    client = signed_in(sari)
    assert client.get(url("import_row", child.pk)).status_code == 404
    page = client.get(url("import_detail", source.pk) + "?outcome=referral")
    assert page.context["lines"] == []
    assert child.fields["name"] not in page.content.decode()
    assert 1 in [cell["value"] for cell in page.context["figures"]]
    supervisor = user("budi", role="pimpinan")
    assert StagedRow.objects.visible_to(supervisor).filter(pk=child.pk).exists()
    assert not StagedRow.objects.visible_to(sari).filter(pk=child.pk).exists()


def test_nobody_gets_in_without_signing_in() -> None:
    source = imported(workbook(person(1)), user("sari"))
    for page in (url("import_list"), url("import_detail", source.pk), url("import_template")):
        assert Client().get(page).status_code == 302
