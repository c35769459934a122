"""One hostile request for each requirement, so that a broken control is seen at once and by name.

The thousands of tests/hostile/test_hostile.py find what nobody thought of; these show what was.
"""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.models import Worker
from cases.views import workers as worker_views
from kotim_social.accounts.models import User
from kotim_social.audit.models import Entry
from kotim_social.desk.views import more as page
from kotim_social.files import incoming
from kotim_social.workflow import Refused
from tests.accounts.helpers import make_user, sign_in
from tests.cases.people import petugas, register, text_of
from tests.cases.test_worker_edit import NEW, create_url
from tests.files import scans
from tests.hostile.test_hostile import compared_tables, fingerprint
from tests.hostile.the_log import the_log

pytestmark = pytest.mark.django_db
MARK = "Zqxpenanda"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def officer() -> User:
    return petugas()


@pytest.fixture
def browser(officer: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(officer)
    return client


def test_nul_gets_a_sentence(browser: Client) -> None:
    answer = browser.post(reverse("cases:search"), {"q": "Puji\x00Astuti"})
    assert answer.status_code == 422, "a form takes NUL"
    assert answer.context["form"].errors
    assert browser.get(reverse("cases:worker_list"), {"place": "\x00"}).status_code == 404


def test_lone_surrogates_and_wrong_utf8_get_a_sentence(browser: Client) -> None:
    for raw in (b"q=Siti%ED%A0%80", b"q=Siti%FF%FE", b"q=%C3%28Siti"):
        answer = browser.generic("POST", reverse("cases:search"), raw, content_type=FORM)
        assert answer.status_code in (302, 422), f"{raw!r} breaks the search"
        if answer.status_code == 302:
            assert browser.get(answer.url).status_code == 200


@pytest.mark.parametrize("number", ["9" * 5000, "1e309", "²", "-1"])
def test_a_number_that_is_none_gets_a_sentence(browser: Client, number: str) -> None:
    answer = browser.post(create_url(browser), {**NEW, "children": number})
    assert answer.status_code == 422, "a form takes such a number"
    assert not Worker.objects.exists()


def test_markup_that_was_typed_is_shown_and_not_obeyed(browser: Client, officer: User) -> None:
    typed = f"<script>alert('{MARK}')</script>"
    (worker,) = register(officer, {"name": "Siti", "wisma": typed})
    shown = text_of(browser.get(reverse("cases:worker_edit", args=[worker.pk])))
    assert MARK in shown
    assert typed not in shown, "markup reaches the page as it was typed"


def test_a_value_never_becomes_part_of_sql(browser: Client, officer: User) -> None:
    names = ["Nur'aini", "Ani\\", "x'); DROP TABLE cases_worker; --"]
    register(officer, *({"name": name, "wisma": name} for name in names))
    assert set(Worker.objects.values_list("wisma", flat=True)) == set(names)
    for word in ("Nur'aini", "x' OR '1'='1", "%' OR true --"):
        answer = browser.post(reverse("cases:search"), {"q": word}, follow=True)
        assert answer.status_code == 200, f"{word} is read as SQL"
        assert len(answer.context["found"].hits) <= 1


def test_nothing_changes_by_get(browser: Client, officer: User) -> None:
    (worker,) = register(officer, {"name": "Siti"})
    create = create_url(browser)
    before = fingerprint(compared_tables())
    for address in (
        f"{create}&{'&'.join(f'{name}={quote(value)}' for name, value in NEW.items())}",
        reverse("accounts:sign_out_everywhere"),
        reverse("account_logout"),
        reverse("cases:note_add", args=[worker.pk]) + "?text=catatan&kind=visit",
    ):
        browser.get(address)
        assert fingerprint(compared_tables()) == before, f"{address} changes by GET"


def test_a_pixel_flood_is_refused_by_its_header() -> None:
    for width, height in ((10_000, 5_000), (60_000, 60_000)):
        with pytest.raises(Refused) as refusal:
            incoming.accept(scans.giant_png(width, height))
        assert "40" in str(refusal.value), "it was unpacked before its size was looked at"


def test_a_failure_leaves_a_row_and_nothing_half_done(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = create_url(browser)

    def fail(*_args: object) -> None:
        raise RuntimeError(MARK)

    # She is registered already when it fails.
    monkeypatch.setattr(worker_views, "_remember_decision", fail)
    answer = browser.post(url, NEW)
    assert answer.status_code == 500
    assert MARK not in text_of(answer) and 'lang="id"' in text_of(answer)
    assert not Worker.objects.exists(), "half of the request stands"
    failed = Entry.objects.filter(act="request.failed").values_list("object_id", flat=True)
    assert list(failed) == ["cases:worker_create"], "the failure left no row"


def test_no_value_of_a_database_error_reaches_the_log(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_user: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [MARK])

    monkeypatch.setattr(page, "more_for", fail)
    with the_log() as log:
        assert browser.get(reverse("desk:more")).status_code == 500
    assert "DataError" in log.getvalue()
    assert MARK not in log.getvalue(), "the log holds what the database quoted"


def test_an_address_writes_no_line_of_its_own_into_the_log(browser: Client) -> None:
    with the_log() as log:
        assert browser.get("/tidak-ada%0A2026-11-24 ERROR kotim palsu").status_code == 404
    assert "palsu" in log.getvalue()
    lines = log.getvalue().splitlines()
    assert not [line for line in lines if line.startswith("2026-11-24 ERROR")], "a forged line"


def test_what_no_form_offers_is_not_taken(browser: Client, officer: User) -> None:
    (worker,) = register(officer, {"name": "Siti"})
    url = reverse("cases:worker_edit", args=[worker.pk])
    form = browser.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    more = {"register_no": "KTM-2017-9999", "eligibility": "eligible", "case_state": "closed"}
    assert browser.post(url, {**sent, **more, "wisma": "Melati"}).status_code == 302
    worker.refresh_from_db()
    assert worker.wisma == "Melati"
    assert (worker.register_no, worker.eligibility) == ("KTM-2017-0001", "registered")


def test_sign_in_makes_a_new_session() -> None:
    make_user("siti", "petugas")
    client = Client()
    client.get(reverse("account_login"))
    session: SessionBase = client.session
    session["from_before"] = True
    session.save()
    before = client.cookies["sessionid"].value
    sign_in(client, "siti")
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert client.cookies["sessionid"].value != before, "the session of before sign-in goes on"


def test_passwords_are_hashed_by_argon2() -> None:
    kept = make_password("kuda laut biru menari")
    assert identify_hasher(kept).algorithm == "argon2"
    assert kept.startswith("argon2$argon2id$")
