"""Paper 11: what the two copies of the manifest say, and what the carrier's must not say."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kotim_social.audit.models import Entry
from kotim_social.documents.models import IssuedPaper
from kotim_social.lib.nik import mask_nik
from repatriation.actions import road
from repatriation.models import Batch
from tests.documents.pdf_text import drawn_text, page_texts
from tests.factories import Four
from tests.repatriation.travellers import (
    LEFT,
    a_batch,
    key,
    member_of,
    people,
    prepare,
    ready_batch,
    signed_in,
    walk_to,
    with_children,
)

pytestmark = pytest.mark.django_db
# Words that would tell a carrier who these passengers are.
TELLING = (
    "lokalisasi", "pemulangan", "kepulangan", "wts", "psk", "penerima manfaat", "bantuan",
    "km 12", "tangar", "parenggean", "pasir putih", "jember",
)  # fmt: skip


def issued(batch: Batch, four: Four, copy: str) -> tuple[bytes, str]:
    """The PDF and the name under which it is downloaded."""
    client = signed_in(four.petugas)
    client.post(reverse("repatriation:paper_issue", args=[batch.pk, f"manifes-{copy}"]), key())
    paper = IssuedPaper.objects.get(kind__startswith="manifest")
    answer = client.get(reverse("repatriation:paper_file", args=[batch.pk, paper.pk]))
    return paper.file.read(), answer["Content-Disposition"]


def test_the_carrier_copy_has_name_number_and_age_and_nothing_that_tells(four: Four) -> None:
    batch = a_batch(with_children(people(2, four), 2), four)
    prepare(batch, four)
    walk_to(batch, "approved", four)
    content, filename = issued(batch, four, "pengangkut")
    text, drawn = "\n".join(page_texts(content)), drawn_text(content)
    for member in batch.members.select_related("worker"):
        assert member.worker.name.replace(" ", "") in drawn
        assert member.worker.nik in drawn
    assert text.count("Anak 1 dari") == text.count("Anak 2 dari") == 1
    assert "KMContoh" in drawn
    assert "10.00 WIB" in text
    for word in TELLING:
        assert word not in text.casefold(), word
        assert word not in filename.casefold(), word
    assert "KONSEP" not in text
    assert not any(member.worker.register_no in text for member in batch.members.all())


def test_the_office_copy_shows_who_boarded_and_hides_numbers(four: Four) -> None:
    batch = ready_batch(3, four)
    absent = batch.members.get(pk=member_of(batch))
    road.depart(batch=batch, on=LEFT, stayed={absent.pk: "sakit"}, by=four.petugas)
    batch.refresh_from_db()
    content, _filename = issued(batch, four, "kantor")
    text, drawn = "\n".join(page_texts(content)), drawn_text(content)
    assert absent.worker.name not in text
    assert "revisi 2" in text
    assert text.count("✓") == 2
    assert "RAHASIA" in text
    for member in batch.members.filter(active=True).select_related("worker"):
        assert member.worker.nik not in drawn
        assert mask_nik(member.worker.nik) in drawn


@pytest.mark.parametrize("copy", ["kantor", "pengangkut"])
def test_a_draft_has_no_number_and_no_whole_nik(four: Four, copy: str) -> None:
    batch = ready_batch(1, four)
    address = reverse("repatriation:paper_draft", args=[batch.pk, f"manifes-{copy}"])
    answer = signed_in(four.petugas).get(address)
    assert answer["Content-Disposition"] == 'attachment; filename="manifes.pdf"'
    assert "KONSEP" in "\n".join(page_texts(answer.content))
    assert batch.members.get().worker.nik not in drawn_text(answer.content)
    assert not IssuedPaper.objects.exists()
    assert Entry.objects.filter(act="paper.draft", object_id=str(batch.pk)).count() == 1


def test_an_empty_manifest_says_so(four: Four) -> None:
    batch = a_batch([], four)
    address = reverse("repatriation:paper_draft", args=[batch.pk, "manifes-kantor"])
    answer = signed_in(four.petugas).get(address)
    assert "NIHIL" in "\n".join(page_texts(answer.content))
