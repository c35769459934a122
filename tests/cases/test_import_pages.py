"""The pages of the import: what they show, what they refuse, and how many queries they need."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook

from cases.actions.importing import stage_register
from cases.models import RegisterImport, StagedRow, Worker
from cases.register.workbook import WorkbookError, open_workbook
from kotim_social.accounts.models import User
from kotim_social.audit.models import Entry
from kotim_social.files.models import StoredFile
from tests.cases.import_helpers import (
    DAY,
    DEMO,
    TRUTH,
    imported,
    person,
    signed_in,
    url,
    user,
    workbook,
)

pytestmark = pytest.mark.django_db
KEY = {"idempotency_key": "018f0000-0000-7000-8000-000000000003"}


@pytest.fixture
def sari() -> User:
    return user("sari")


@pytest.fixture
def client(sari: User) -> Client:
    return signed_in(sari)


def upload(client: Client, content: bytes, name: str = "register.xlsx", day: str = "01-11-2017"):
    file = SimpleUploadedFile(name, content)
    return client.post(url("import_upload"), {"workbook": file, "registered_on": day})


def staged(sari: User, content: bytes = DEMO) -> RegisterImport:
    return stage_register(content, file_name="register.xlsx", by=sari, registered_on=DAY)


def without_header() -> bytes:
    book = Workbook()
    book.active.append(["just", "some", "words"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_whole_road_from_upload_to_result(client: Client) -> None:
    preview = client.get(upload(client, DEMO).url)
    assert preview.context["figures"][0]["value"] == 245
    assert not Worker.objects.exists()
    source = preview.context["source"]
    assert client.get(url("import_confirm", source.pk)).status_code == 200
    answer = client.post(url("import_confirm", source.pk), KEY)
    assert answer.url == url("import_detail", source.pk)
    assert Worker.objects.count() == 239
    result = client.get(answer.url)
    values = {cell["label"]: cell["value"] for cell in result.context["figures"]}
    assert values[_("Accepted")] == 239
    assert values[_("Duplicates")] == 3
    assert values[_("Refused")] == 2
    assert values[_("Children: referral path")] == 1
    assert values[_("Still waiting")] == 5


def test_a_question_that_is_past_leads_back_to_the_import(client: Client, sari: User) -> None:
    source = imported(workbook(person(1)), sari)
    for name in ("import_confirm", "import_discard"):
        assert client.get(url(name, source.pk)).url == url("import_detail", source.pk)
    assert client.get(url("import_undo", source.pk)).status_code == 200


def test_a_double_click_confirms_once(client: Client, sari: User) -> None:
    source = staged(sari, workbook(person(1)))
    page = url("import_confirm", source.pk)
    answers = [client.post(page, KEY), client.post(page, KEY)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Worker.objects.count() == 1


@pytest.mark.parametrize("state", ["staged", "confirmed"])
def test_every_number_opens_exactly_its_rows(client: Client, sari: User, state: str) -> None:
    source = staged(sari) if state == "staged" else imported(DEMO, sari)
    page = client.get(url("import_detail", source.pk))
    for cell in page.context["figures"]:
        if cell["url"]:
            path = cell["url"].split("#")[0]
            more = "&all=1" if "?" in path else "?all=1"
            shown = client.get(path + more).context["lines"]
            hidden = 1 if path.endswith(str(source.pk) + "/") else 0  # the child's row
            waiting_child = int(state == "staged" and "waiting" in path)
            assert len(shown) == cell["value"] - hidden - waiting_child, cell
    for kind in page.context["kinds"]:
        shown = client.get(page.request["PATH_INFO"], {"problem": kind.code, "all": "1"})
        assert len(shown.context["lines"]) >= kind.count


def test_fifty_rows_a_page_or_all(client: Client, sari: User) -> None:
    page = url("import_detail", staged(sari).pk)
    assert len(client.get(page).context["lines"]) == 50
    assert len(client.get(page, {"page": "2"}).context["lines"]) == 50
    assert len(client.get(page, {"all": "1"}).context["lines"]) == 244
    for number in ("-1", "0", "1000000000", "x", "\0"):
        assert client.get(page, {"page": number}).status_code == 200
    for query in ({"outcome": "x"}, {"problem": "x"}, {"outcome": "\0"}):
        assert len(client.get(page, query).context["lines"]) == 50


def test_lists_mask_what_identifies(client: Client, sari: User) -> None:
    source = imported(DEMO, sari)
    pages = client.get(url("import_detail", source.pk), {"all": "1"}).content.decode()
    duplicate = source.rows.get(sheet="Tangar", row_no=29)
    pages += client.get(url("import_row", duplicate.pk)).content.decode()
    for truth in TRUTH["people"]:
        for value in (truth["nik"], truth["account"], truth["phone"]):
            assert not value or value not in pages


def test_a_duplicate_stands_beside_the_record_it_repeats(client: Client, sari: User) -> None:
    source = imported(DEMO, sari)
    row = source.rows.get(sheet="Tangar", row_no=29)
    page = client.get(url("import_row", row.pk))
    comparison = page.context["comparison"]
    assert comparison.worker == row.repeats_worker
    rows = {fact["label"]: fact for fact in comparison.rows}
    assert rows[_("NIK")]["differs"] is False
    assert rows[_("Place")]["differs"] is True
    assert row.repeats_worker.register_no in page.content.decode()
    assert Entry.objects.filter(act="staged_row.view", object_id=str(row.pk)).count() == 1


def test_before_the_yes_it_stands_beside_the_other_row(client: Client, sari: User) -> None:
    source = staged(sari)
    row = source.rows.get(sheet="Parenggean", row_no=66)
    page = client.get(url("import_row", row.pk))
    assert "119" in page.context["comparison"].title
    assert "acts" not in page.context


def test_a_record_outside_her_places_is_only_said_to_exist(sari: User) -> None:
    imported(workbook(person(1) | {"LOKALISASI": "Tangar"}), sari)
    wati = user("wati", places=["KM12"])
    row = imported(workbook(person(1)), wati).rows.get()
    page = signed_in(wati).get(url("import_row", row.pk))
    assert page.context["comparison"].rows == []
    assert Worker.objects.get().register_no not in page.content.decode()


def test_rows_are_settled_from_the_page(client: Client, sari: User) -> None:
    source = imported(DEMO, sari)
    same, other, third = source.rows.filter(outcome="duplicate").order_by("position")
    lost, impossible = source.rows.filter(outcome="refused").order_by("position")
    assert client.post(url("import_row_same", same.pk), {"because": ""}).status_code == 302
    refused = client.post(url("import_row_other", other.pk), {"because": ""})
    assert refused.status_code == 422
    assert client.post(url("import_row_other", other.pk), {"because": "no"}).status_code == 422
    assert client.post(url("import_row_dismiss", third.pk), {"because": "x"}).status_code == 302
    form = client.get(url("import_row", impossible.pk)).context["acts"]["mend"]
    typed = {name: form.initial.get(name, "") for name in form.fields} | {"nik": "-"}
    answer = client.post(url("import_row_mend", impossible.pk), typed)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"birth_date"}
    assert answer.context["form"]["name"].value() == impossible.fields["name"]
    typed["birth_date"] = "28-02-1995"
    assert client.post(url("import_row_mend", impossible.pk), typed).status_code == 302
    assert dict(source.rows.filter(outcome__in=["duplicate"]).values_list("pk", "settled")) == {
        same.pk: "same_person", other.pk: "waiting", third.pk: "dismissed",
    }  # fmt: skip
    assert (Worker.objects.count(), lost.settled) == (240, "waiting")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"\0\1\2 no workbook at all", 422),
        (b"PK\3\4" + b"\0" * 100, 422),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, 422),
        (DEMO[: len(DEMO) // 2], 422),
        (b"x" * (2 * 1024 * 1024 + 1), 422),
        (without_header(), 422),
        (workbook(), 422),
    ],
    ids=["empty", "bytes", "zip", "ole", "cut", "large", "headless", "nobody"],
)
def test_a_file_that_is_no_register_gives_a_sentence(
    client: Client, content: bytes, status: int
) -> None:
    answer = upload(client, content, day="02-11-2017")
    assert answer.status_code == status
    form = answer.context["form"]
    assert form.errors["workbook"]
    assert form["registered_on"].value() == "02-11-2017"
    assert not (RegisterImport.objects.exists() or StagedRow.objects.exists())
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("day", ["", "31-02-2017", "11/31/2017", "01-01-2999", "\0", "x" * 500])
def test_a_wrong_day_gives_a_sentence(client: Client, day: str) -> None:
    answer = upload(client, DEMO, day=day)
    assert answer.status_code == 422
    assert answer.context["form"].errors["registered_on"]
    assert not RegisterImport.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd.xlsx", "a\0b.xlsx", "é" * 300])
def test_a_strange_file_name_does_no_harm(client: Client, name: str) -> None:
    assert upload(client, workbook(person(1)), name=name).status_code in (302, 400, 422)


def test_the_same_file_again_links_to_the_first(client: Client, sari: User) -> None:
    source = imported(DEMO, sari)
    answer = upload(client, DEMO)
    assert answer.status_code == 422
    assert answer.context["earlier"] == source
    assert url("import_detail", source.pk) in answer.content.decode()
    assert RegisterImport.objects.count() == 1


def test_pages_need_as_many_queries_for_a_long_register_as_for_a_short_one(
    client: Client, sari: User
) -> None:
    short, long = staged(sari, workbook(person(1), person(2))), staged(sari)
    counts = []
    client.get(url("import_list"))
    for source in (short, long):
        with CaptureQueriesContext(connection) as queries:
            client.get(url("import_detail", source.pk), {"all": "1"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(url("import_list"))
        counts.append(len(queries))
        staged(sari, workbook(person(5 + number)))
    assert counts[2] == counts[3]


def test_rejected_rows_come_as_a_workbook_with_what_is_wrong(client: Client, sari: User) -> None:
    source = imported(DEMO, sari)
    answer = client.get(url("import_rejected", source.pk))
    assert answer["Content-Disposition"].startswith("attachment")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    heads = [cell.value for cell in sheet[1]]
    assert heads[-1] == "KESALAHAN"
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert {(row[0], row[1]) for row in rows} == {
        (row["sheet"], row["row"]) for row in [*TRUTH["duplicates"], *TRUTH["problems"][:2]]
    }
    assert all(row[-1] for row in rows)
    text = str(rows)
    assert not any(truth["nik"] in text for truth in TRUTH["people"] if truth["nik"])
    assert Entry.objects.filter(act="register_import.download_rejected").count() == 1


def test_a_formula_in_a_cell_stays_text(client: Client, sari: User) -> None:
    row = person(1) | {"KETERANGAN": '\'=HYPERLINK("x")', "TANGGAL LAHIR": "31-02-1990"}
    source = imported(workbook(row | {"NAMA IBU KANDUNG": "+62 Sri"}), sari)
    answer = client.get(url("import_rejected", source.pk))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    cells = [cell for cell in sheet[2] if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert [cell.value for cell in cells if cell.data_type == "n"] == [source.rows.get().row_no]


def test_the_empty_register_is_read_by_the_reader(client: Client) -> None:
    answer = client.get(url("import_template"))
    assert answer.status_code == 200
    assert open_workbook(answer.content).sheets
    # Filled with nobody it is refused with a sentence, not taken for somebody's register.
    assert upload(client, answer.content).status_code == 422


def test_what_cannot_be_read_is_told_apart_from_an_error() -> None:
    with pytest.raises(WorkbookError):
        open_workbook(b"nothing")
