"""Her files: who may put in, open and withdraw them; and a photo only while she agrees."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cases.actions.consents import Answer, record_consent, withdraw_consent
from cases.actions.files import NewFile, ask_withdrawal, file_paper, look_at_withdrawal
from cases.actions.portraits import add_portrait, remove_portrait
from cases.consents import page_of
from cases.models import CaseHolder, Consent, PersonFile, Portrait, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.audit.models import Entry
from kotim_social.files import serving
from kotim_social.files.disk import FileMissing
from kotim_social.files.models import StoredFile
from kotim_social.files.store import store, sweep, unowned
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests.cases.people import DAY, account, client_of, officer_of, petugas, register
from tests.files import scans

pytestmark = pytest.mark.django_db


@pytest.fixture
def rina() -> User:
    return petugas("rina")


@pytest.fixture
def ani(rina: User) -> Worker:
    return register(rina, {"name": "Ani Contoh", "account": account()})[0]


@pytest.fixture
def pimpinan() -> User:
    return officer_of(Role.PIMPINAN)


def paper(worker: Worker, by: User, **about: Any) -> PersonFile:
    new = NewFile(**({"content": scans.picture(), "kind": "ktp"} | about))
    return file_paper(worker=worker, new=new, by=by)


def agree(worker: Worker, by: User) -> Consent:
    yes = Answer(layer="photo", agreed=True, given_on=DAY, witness="Uji", form="signed")
    return record_consent(worker=worker, answer=yes, by=by)


def reads() -> int:
    return Entry.objects.filter(act="file.read").count()


def path_of(name: str, *args: Any) -> str:
    return reverse(f"cases:{name}", args=args)


def clear_on_disk(trace: bytes) -> list[Path]:
    every = [path for path in Path(settings.PRIVATE_FILES_DIR).rglob("*") if path.is_file()]
    assert every
    return [path for path in every if trace in path.read_bytes()]


# -- putting in --------------------------------------------------------------------------------


def test_a_scan_is_put_in_and_seen(rina: User, ani: Worker) -> None:
    client = client_of(rina)
    fields = scans.upload(scans.picture_with_gps(), name="Ani Contoh KTP 3509064103960001.jpg")
    fields["proves"] = f"account:{ani.accounts.get().pk}"
    fields["remark"] = "sisi depan"
    response = client.post(path_of("files", ani.pk), fields)
    assert response.status_code == 302, response.content.decode()
    row = PersonFile.objects.get()
    assert (row.worker, row.kind, row.remark, row.state) == (ani, "ktp", "sisi depan", "filed")
    assert row.account == ani.accounts.get()
    page = client.get(path_of("files", ani.pk)).content.decode()
    assert path_of("file_open", row.pk) in page
    assert "sisi depan" in page
    shown = client.get(path_of("file_open", row.pk))
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Cache-Control"] == "no-store"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "Ani" not in str(shown.headers)
    assert "berkas.jpg" in shown["Content-Disposition"]
    assert not Image.open(io.BytesIO(shown.content)).getexif()


def test_the_disk_holds_no_picture_and_the_database_no_remark_in_clear(
    rina: User, ani: Worker
) -> None:
    row = paper(ani, rina, content=scans.picture(size=(300, 300)), remark="buku tabungan")
    assert b"JFIF" in row.stored.read()
    assert clear_on_disk(b"JFIF") == []
    assert not row.stored.path.read_bytes().startswith(b"\xff\xd8\xff")
    assert row.stored.path.name == str(row.stored_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM cases_personfile t")
        assert "tabungan" not in cursor.fetchone()[0]


def test_a_pdf_goes_out_as_an_attachment_without_a_name(rina: User, ani: Worker) -> None:
    row = paper(ani, rina, content=scans.pdf(), kind="bank")
    response = client_of(rina).get(path_of("file_open", row.pk))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="berkas.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.content.startswith(b"%PDF-")


HOSTILE = {
    "text": ("ktp.jpg", b"bukan gambar" * 9),
    "svg": ("ktp.svg", b"<svg onload='alert(1)'/>"),
    "giant": ("ktp.png", scans.giant_png()),
    "cut": ("ktp.jpg", scans.picture(size=(300, 300))[:-300]),
    "six megabytes": ("ktp.jpg", scans.picture() + bytes(6 * 1024 * 1024)),
    "twelve megabytes": ("ktp.jpg", scans.picture() + bytes(12 * 1024 * 1024)),
    "empty": ("ktp.jpg", b""),
    "pdf": ("ktp.pdf", b"%PDF-1.4 x %%EOF"),
}


@pytest.mark.parametrize(("name", "content"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_upload_is_422_and_leaves_nothing(
    rina: User, ani: Worker, name: str, content: bytes
) -> None:
    response = client_of(rina).post(path_of("files", ani.pk), scans.upload(content, name=name))
    assert response.status_code == 422
    assert 'class="error-summary' in response.content.decode()
    assert not PersonFile.objects.exists() and not StoredFile.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd.jpg", "..\\a\\b.jpg", "a\x00b.jpg", "x" * 300])
def test_the_name_of_an_upload_counts_for_nothing(rina: User, ani: Worker, name: str) -> None:
    fields = scans.upload(scans.picture(), name="neutral.jpg", claimed="text/html")
    fields["scan"]._name = name  # type: ignore[attr-defined]
    response = client_of(rina).post(path_of("files", ani.pk), fields)
    assert response.status_code in (302, 400, 422)
    for row in PersonFile.objects.all():
        assert row.stored.path.is_relative_to(Path(settings.PRIVATE_FILES_DIR))
        assert row.stored.content_type == "image/jpeg"


def test_what_it_proves_must_be_hers(rina: User, ani: Worker) -> None:
    other = register(rina, {"account": account("0338629999")})[0]
    with pytest.raises(Refused):
        paper(ani, rina, proves=("account", other.accounts.get().pk))
    with pytest.raises(Refused):
        paper(ani, rina, proves=("worker", other.pk))
    row = paper(ani, rina)
    with pytest.raises(DatabaseError), transaction.atomic():
        PersonFile.objects.filter(pk=row.pk).update(kind="kk")
    Worker.objects.filter(pk=ani.pk).update(case_state="closed")
    with pytest.raises(Refused):
        paper(ani, rina)


# -- who opens ---------------------------------------------------------------------------------


def test_each_look_leaves_a_row_and_without_the_row_there_is_no_look(
    rina: User, ani: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = paper(ani, rina)
    client = client_of(rina)
    client.get(path_of("file_open", row.pk))
    client.get(path_of("file_open", row.pk))
    assert reads() == 2
    entry = Entry.objects.filter(act="file.read").latest("pk")
    assert (entry.user_id, entry.object_id) == (rina.pk, str(row.stored_id))

    def broken(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("no room")

    monkeypatch.setattr(serving, "record", broken)
    client.raise_request_exception = False
    response = client.get(path_of("file_open", row.pk))
    assert response.status_code >= 500
    assert b"JFIF" not in response.content


def test_foreign_files_do_not_exist(rina: User, ani: Worker, pimpinan: User) -> None:
    row = paper(ani, rina)
    agree(ani, rina)
    portrait = add_portrait(worker=ani, content=scans.picture(), by=rina)
    stranger = client_of(petugas("sari", places=["TANGAR"]))
    for path in (
        path_of("files", ani.pk),
        path_of("photo_add", ani.pk),
        path_of("file_open", row.pk),
        path_of("file_ask_withdrawal", row.pk),
        path_of("photo", portrait.pk),
        path_of("photo_remove", portrait.pk),
    ):
        assert stranger.get(path).status_code == 404, path
        post = stranger.post(path, {"idempotency_key": uuid4()})
        assert post.status_code in (404, 405), path
    assert reads() == 0
    assert client_of(pimpinan).get(path_of("file_open", row.pk)).status_code == 200


def test_papers_of_the_case_are_for_whoever_has_it_in_care(
    rina: User, ani: Worker, pimpinan: User
) -> None:
    legal = paper(ani, rina, kind="legal")
    CaseHolder.objects.create(worker=ani, user=rina, valid_from=DAY, handed_by=rina)
    sari, verifikator = petugas("sari"), officer_of(Role.VERIFIKATOR)
    for other in (sari, verifikator):
        client = client_of(other)
        assert client.get(path_of("file_open", legal.pk)).status_code == 404
        page = client.get(path_of("files", ani.pk))
        assert page.status_code == 200
        assert str(legal.pk) not in page.content.decode()
    with pytest.raises(Refused):
        paper(ani, sari, kind="legal")
    for one in (rina, pimpinan):
        assert client_of(one).get(path_of("file_open", legal.pk)).status_code == 200


# -- withdrawing -------------------------------------------------------------------------------


def test_a_paper_is_withdrawn_by_two_and_then_only_a_supervisor_opens_it(
    rina: User, ani: Worker, pimpinan: User
) -> None:
    row = paper(ani, rina)
    client, above = client_of(rina), client_of(pimpinan)
    ask = path_of("file_ask_withdrawal", row.pk)
    assert client.post(ask, {"because": " ", "idempotency_key": uuid4()}).status_code == 422
    assert (
        client.post(ask, {"because": "salah orang", "idempotency_key": uuid4()}).status_code == 302
    )
    assert client.get(path_of("file_open", row.pk)).status_code == 200
    look = path_of("file_withdraw", row.pk)
    assert client.post(look, {"idempotency_key": uuid4()}).status_code == 403
    assert "salah orang" in above.get(look).content.decode()
    assert above.post(look, {"idempotency_key": uuid4()}).status_code == 302
    assert client.get(path_of("file_open", row.pk)).status_code == 404
    assert path_of("file_open", row.pk) not in client.get(path_of("files", ani.pk)).content.decode()
    assert above.get(path_of("file_open", row.pk)).status_code == 200
    assert row.stored.read().startswith(b"\xff\xd8\xff")


def test_the_second_look_is_another_person_s_and_may_say_no(
    rina: User, ani: Worker, pimpinan: User
) -> None:
    row = paper(ani, rina)
    ask_withdrawal(paper=row, because="salah orang", by=pimpinan)
    with pytest.raises(Refused):
        look_at_withdrawal(paper=row, act="withdraw", by=pimpinan)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonFile.objects.filter(pk=row.pk).update(
            state="withdrawn", looked_by=pimpinan, looked_at=timezone.now()
        )
    look_at_withdrawal(paper=row, act="keep", by=pimpinan)
    row.refresh_from_db()
    assert row.state == "filed"
    with pytest.raises(Refused):
        look_at_withdrawal(paper=row, act="withdraw", by=pimpinan)


# -- her photo ---------------------------------------------------------------------------------


def test_a_photo_needs_her_yes(rina: User, ani: Worker) -> None:
    with pytest.raises(Refused):
        add_portrait(worker=ani, content=scans.picture(), by=rina)
    client = client_of(rina)
    photo = {"photo": SimpleUploadedFile("a.jpg", scans.picture())}
    path = path_of("photo_add", ani.pk)
    refused = client.post(path, photo | {"idempotency_key": uuid4()})
    asked = page_of(ani.pk, "photo")
    assert refused.status_code == 422
    for page in (refused, client.get(path_of("files", ani.pk))):
        assert f'href="{asked}"' in page.content.decode()
    agree(ani, rina)
    photo = {"photo": SimpleUploadedFile("a.jpg", scans.picture_with_gps())}
    assert client.post(path, photo | {"idempotency_key": uuid4()}).status_code == 302
    portrait = Portrait.objects.get()
    for page in (reverse("desk:worker_page", args=[ani.pk]), path_of("files", ani.pk)):
        body = client.get(page).content.decode()
        assert path_of("photo", portrait.pk) in body
        assert "data:image" not in body
    assert client.get(path_of("photo", portrait.pk))["Content-Type"] == "image/jpeg"
    assert reads() == 1


def test_her_no_hides_the_photo_at_once_everywhere(rina: User, ani: Worker) -> None:
    consent = agree(ani, rina)
    portrait = add_portrait(worker=ani, content=scans.picture(), by=rina)
    withdraw_consent(consent=consent, withdrawn_on=today(), by=rina)
    client = client_of(rina)
    assert client.get(path_of("photo", portrait.pk)).status_code == 404
    refusal = Entry.objects.get(act="request.refused")
    assert (refusal.user_id, refusal.object_id) == (rina.pk, "cases:photo")
    assert refusal.changes["status"] == 404
    for page in (reverse("desk:worker_page", args=[ani.pk]), path_of("files", ani.pk)):
        assert f'src="{path_of("photo", portrait.pk)}"' not in client.get(page).content.decode()
    assert reads() == 0
    for page in ("files", "consents"):
        offer = path_of("photo_remove", portrait.pk)
        assert offer in client.get(path_of(page, ani.pk)).content.decode()
    with pytest.raises(Refused):
        add_portrait(worker=ani, content=scans.picture(), by=rina)


@pytest.mark.django_db(transaction=True)
def test_removing_destroys_the_content_and_keeps_the_row(rina: User, ani: Worker) -> None:
    agree(ani, rina)
    first = add_portrait(worker=ani, content=scans.picture(), by=rina)
    second = add_portrait(worker=ani, content=scans.picture("PNG"), by=rina)
    first.refresh_from_db()
    assert first.removed_by == rina
    assert not first.stored.path.exists()
    path = path_of("photo_remove", second.pk)
    response = client_of(rina).post(path, {"idempotency_key": uuid4()})
    assert response.status_code == 302
    second.refresh_from_db()
    assert second.removed_at is not None and second.removed_by == rina
    assert not second.stored.path.exists()
    assert second.stored.destroyed.destroyed_by == rina
    with pytest.raises(FileMissing):
        second.stored.read()
    assert StoredFile.objects.filter(pk=second.stored_id).exists()
    with pytest.raises(Refused):
        remove_portrait(portrait=second, by=rina)


# -- the store ---------------------------------------------------------------------------------


def test_orphans_are_named_and_content_that_was_to_go_is_swept(rina: User, ani: Worker) -> None:
    owned = paper(ani, rina).stored
    orphan = store(b"nobody's", kind="test", content_type="text/plain", by=rina)
    assert unowned(older_than=timedelta(0)) == [orphan.pk]
    assert unowned() == []
    agree(ani, rina)
    portrait = add_portrait(worker=ani, content=scans.picture(), by=rina)
    remove_portrait(portrait=portrait, by=rina)
    # The transaction of this test never stands, as if the machine had stopped just after it.
    assert portrait.stored.path.exists()
    assert unowned(older_than=timedelta(0)) == [orphan.pk]
    sweep(older_than=timedelta(seconds=-5))
    assert not portrait.stored.path.exists()
    assert owned.path.exists()


def test_the_page_needs_as_many_queries_for_many_papers(
    rina: User, ani: Worker, django_assert_max_num_queries: Any
) -> None:
    client = client_of(rina)
    paper(ani, rina, proves=("account", ani.accounts.get().pk))
    client.get(path_of("files", ani.pk))
    with django_assert_max_num_queries(40) as few:
        client.get(path_of("files", ani.pk))
    for _n in range(5):
        paper(ani, rina)
    with django_assert_max_num_queries(40) as more:
        client.get(path_of("files", ani.pk))
    assert len(few) == len(more)
    assert Client().get(path_of("files", ani.pk)).status_code == 302
