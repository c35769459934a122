"""The record of processing: read from the code, printable, and without any person in it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kotim_social.desk.processing import PURPOSES
from kotim_social.documents.models import IssuedPaper
from tests import factories
from tests.disbursements.browsing import browser, post
from tests.documents.pdf_text import page_lines
from tests.factories import the_four

pytestmark = pytest.mark.django_db


def test_the_page_and_the_paper_name_every_purpose_and_nobody() -> None:
    four = the_four()
    [worker] = factories.register(1, by=four.petugas)
    client = browser(four.pimpinan)
    body = client.get(reverse("desk:processing")).content.decode()
    assert post(client, reverse("desk:processing_issue")).status_code == 302
    paper = IssuedPaper.objects.get(kind="processing_record")
    lines = "\n".join(line for page in page_lines(paper.file.read()) for line in page)
    for one in PURPOSES:
        assert f'id="purpose-{one.code}"' in body
        assert str(one.label) in lines
    assert paper.number in lines
    assert worker.name not in body + lines
    opened = client.get(reverse("desk:processing_file", args=[paper.pk]))
    assert opened.content.startswith(b"%PDF")
    assert client.get(reverse("desk:processing_draft")).content.startswith(b"%PDF")
