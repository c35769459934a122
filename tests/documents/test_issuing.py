"""The number register: numbers, snapshots, copies, voiding, check codes, signatories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from threading import Thread

import pytest
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.http import Http404

from kotim_social.accounts.models import User
from kotim_social.audit.immutable import ImmutableError
from kotim_social.audit.models import Entry
from kotim_social.documents.actions import (
    find_by_check_code,
    issue_paper,
    reprint,
    void_paper,
)
from kotim_social.documents.blocks import Paragraph, Title
from kotim_social.documents.models import (
    IssuedPaper,
    NumberSeries,
    PaperCopy,
    PaperVoid,
    Signatory,
    new_check_code,
)
from kotim_social.documents.paper import Paper, PaperNumber, build_paper
from kotim_social.documents.signatories import load_demo_signatories, signature_block
from kotim_social.documents.signatures import SignatureBlock
from kotim_social.files.models import DestroyedFile, StoredFile
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests.documents.pdf_text import fonts_of, page_texts

pytestmark = pytest.mark.django_db
DAY = date(2017, 12, 5)


@pytest.fixture
def user() -> User:
    return User.objects.create(username="pimpinan", full_name="Rina Contoh")


def draw(number: PaperNumber) -> bytes:
    return build_paper(Paper([Title(["Daftar"]), Paragraph(number.number)], number=number))


def issue(
    user: User,
    *,
    day: date = DAY,
    build: Callable[[PaperNumber], bytes] = draw,
    kind: str = "rekap",
) -> IssuedPaper:
    return issue_paper(
        kind=kind, build=build, snapshot={"name": "Siti Aminah"}, issued_on=day, by=user
    )


def test_a_paper_carries_its_number_and_is_kept(user: User) -> None:
    paper = issue(user)
    code = settings.PAPER_CLASSIFICATION
    assert paper.number == f"{code}/1/DINSOS/XII/2017"
    again = IssuedPaper.objects.get(pk=paper.pk)
    assert again.snapshot == {"name": "Siti Aminah"}
    assert again.sha256 == again.file.sha256
    text = page_texts(again.file.read())[0]
    assert paper.number in text
    assert paper.check_code in text
    assert "KONSEP" not in text
    assert Entry.objects.get(act="paper.issue").object_id == str(paper.pk)


def test_numbers_run_over_all_kinds_and_begin_anew_each_year(user: User) -> None:
    numbers = [
        issue(user).sequence,
        issue(user, kind="nominatif").sequence,
        issue(user, day=date(2018, 1, 2)).sequence,
        issue(user).sequence,
    ]
    assert numbers == [1, 2, 1, 3]


def test_a_new_year_keeps_the_template(user: User) -> None:
    issue(user)
    NumberSeries.objects.update(template="{nomor}/{klasifikasi}/X/{tahun}/{lain}")
    paper = issue(user, day=date(2018, 2, 1))
    assert paper.number == f"1/{settings.PAPER_CLASSIFICATION}/X/2018/{{lain}}"


def test_a_failed_build_takes_no_number(user: User) -> None:
    def broken(_number: PaperNumber) -> bytes:
        raise RuntimeError("cannot draw")

    with pytest.raises(RuntimeError):
        issue(user, build=broken)
    assert not IssuedPaper.objects.exists()
    assert not StoredFile.objects.exists()
    assert issue(user).sequence == 1


def test_a_future_date_and_an_unknown_kind_are_refused(user: User) -> None:
    with pytest.raises(Refused):
        issue(user, day=today() + timedelta(days=1))
    with pytest.raises(ValueError, match="unknown kind"):
        issue(user, kind="poem")
    assert not NumberSeries.objects.exists()


def test_papers_never_change(user: User) -> None:
    paper = issue(user)
    with pytest.raises(ImmutableError):
        paper.save()
    with pytest.raises(ImmutableError):
        paper.delete()
    with pytest.raises(ImmutableError):
        IssuedPaper.objects.update(number="1")


@pytest.mark.parametrize(
    "table",
    ["documents_issuedpaper", "documents_papervoid", "documents_papercopy", "files_storedfile"],
)
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_app_role_cannot_change_what_is_issued(user: User, table: str, act: str) -> None:
    paper = issue(user)
    reprint(paper, by=user)
    void_paper(paper, reason="Salah", by=user)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(act.format(table))


def test_a_number_cannot_be_used_twice_even_by_raw_sql(user: User) -> None:
    first, second = issue(user), issue(user)
    clash = {
        field.attname: getattr(second, field.attname) for field in IssuedPaper._meta.concrete_fields
    }
    clash |= {"id": second.pk.__class__(int=second.pk.int + 1), "sequence": first.sequence}
    clash |= {"number": "other", "check_code": new_check_code()}
    clash["file_id"] = StoredFile.objects.create(
        kind="x", sha256="0" * 64, size=0, content_type="x/x", created_by=user
    ).pk
    with pytest.raises(IntegrityError, match="issued_paper_number_used_once"), transaction.atomic():
        IssuedPaper.objects.create(**clash)


def test_copies_are_counted_and_stamped(user: User) -> None:
    paper = issue(user)
    first, second = reprint(paper, by=user), reprint(paper, by=user)
    assert "SALINAN ke-1" in page_texts(first)[0]
    assert "SALINAN ke-2" in page_texts(second)[0]
    assert paper.number in page_texts(second)[0]
    assert all(fonts_of(second).values())
    assert [copy.copy for copy in PaperCopy.objects.order_by("copy")] == [1, 2]
    assert Entry.objects.filter(act="paper.copy").count() == 2
    assert "SALINAN" not in page_texts(paper.file.read())[0]


def test_of_a_destroyed_paper_there_is_no_copy(user: User) -> None:
    paper = issue(user)
    DestroyedFile.objects.create(stored=paper.file, destroyed_by=user)
    paper.file.path.unlink()
    with pytest.raises(Http404):
        reprint(paper, by=user)
    assert not PaperCopy.objects.exists()
    assert not Entry.objects.filter(act="paper.copy").exists()


def test_a_voided_paper_keeps_its_number_and_says_so(user: User) -> None:
    paper = issue(user)
    with pytest.raises(Refused):
        void_paper(paper, reason="  ", by=user)
    void_paper(paper, reason="Salah tanggal", by=user)
    assert paper.is_void
    assert PaperVoid.objects.get().reason == "Salah tanggal"
    assert "DIBATALKAN" in page_texts(reprint(paper, by=user))[0]
    assert issue(user).sequence == 2
    with pytest.raises(Refused):
        void_paper(paper, reason="Lagi", by=user)


def test_a_check_code_is_found_however_it_is_typed(user: User) -> None:
    paper = issue(user)
    code = paper.check_code
    for typed in (code, code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')} "):
        assert find_by_check_code(typed) == paper
    for typed in ("", "x", code[:-1], code + "A", "\x00", "A" * 12, "'; --"):
        assert find_by_check_code(typed) is None


def test_check_codes_have_no_doubtful_letters() -> None:
    codes = {new_check_code() for _ in range(500)}
    assert len(codes) == 500
    assert not set("ILOQU01") & set("".join(codes))


def test_papers_about_a_subject(user: User) -> None:
    paper = issue_paper(kind="rekap", build=draw, snapshot={}, issued_on=DAY, by=user, subject=user)
    issue(user)
    assert list(IssuedPaper.objects.about(user)) == [paper]


def test_the_snapshot_is_not_readable_in_the_database(user: User) -> None:
    issue(user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT snapshot FROM documents_issuedpaper")
        assert b"Siti" not in bytes(cursor.fetchone()[0])


def test_signatories_by_date() -> None:
    common = {"function": "kabid", "title": "Kepala Bidang"}
    Signatory.objects.create(
        **common, name="Lama", valid_from=date(2016, 1, 1), valid_until=date(2017, 6, 30)
    )
    Signatory.objects.create(
        **common, name="Baru, S.Sos.", nip="198001012005012001", valid_from=date(2017, 7, 1)
    )
    assert Signatory.objects.on("kabid", date(2015, 12, 31)) is None
    assert Signatory.objects.on("kabid", date(2017, 6, 30)).name == "Lama"
    assert Signatory.objects.on("kabid", DAY).name == "Baru, S.Sos."
    block = signature_block("kabid", DAY, lead="Mengetahui,")
    assert (block.name, block.nip, block.lead) == (
        "Baru, S.Sos.",
        "198001012005012001",
        "Mengetahui,",
    )
    assert SignatureBlock.from_snapshot(Signatory.objects.on("kabid", DAY).snapshot()).title


def test_nobody_appointed_gives_a_block_without_a_name() -> None:
    for function in Signatory.Function.values:
        block = signature_block(function, DAY)
        assert block.title
        assert not block.name


@pytest.mark.parametrize(
    ("field", "value", "constraint"),
    [
        ("nip", "123", "signatory_nip_18_digits"),
        ("nip", "19800101200501200x", "signatory_nip_18_digits"),
        ("form", "u.b.", "signatory_form_known"),
        ("valid_until", date(2016, 1, 1), "signatory_dates_in_order"),
    ],
)
def test_the_database_refuses_a_wrong_signatory(field: str, value: object, constraint: str) -> None:
    values = {"function": "kabid", "title": "T", "name": "N", "valid_from": DAY, field: value}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Signatory.objects.create(**values)


def test_demo_signatories_fill_every_function_once() -> None:
    load_demo_signatories()
    load_demo_signatories()
    assert Signatory.objects.count() == len(Signatory.Function.values)
    for signatory in Signatory.objects.all():
        signatory.full_clean()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_different_numbers(user: User) -> None:
    def work() -> None:
        try:
            for _ in range(3):
                issue(user)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(IssuedPaper.objects.values_list("sequence", flat=True)) == list(range(1, 13))


@pytest.mark.django_db(transaction=True)
def test_many_copies_at_once_are_counted_apart(user: User) -> None:
    paper = issue(user)

    def work() -> None:
        try:
            reprint(paper, by=user)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(PaperCopy.objects.values_list("copy", flat=True)) == [1, 2, 3, 4]
