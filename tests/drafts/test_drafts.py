"""A long form half-filled: kept by a button, by the page, by a session that ended; and let go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import LateProposal, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.audit.models import Entry
from kotim_social.drafts.actions import MOST, address_of, keep_draft, lapse_drafts
from kotim_social.drafts.models import Draft
from tests import factories
from tests.accounts.helpers import make_user, sign_in
from tests.cases.people import client_of, officer_of, petugas
from tests.repatriation import travellers

pytestmark = pytest.mark.django_db
WORD = "Rahasia Sekali"
TYPED = {"name": "Puji Astuti", "remark": WORD, "phone": "0812", "children": "2"}


@pytest.fixture
def officer() -> User:
    return petugas()


@pytest.fixture
def client(officer: User) -> Client:
    return client_of(officer)


@pytest.fixture
def proposing() -> str:
    return reverse("cases:proposal_create")


def body(page: str, act: str = "", **more: Any) -> dict[str, Any]:
    about = {"draft_page": page, "idempotency_key": "0b5f9bfa-1d5e-4f0f-9d5f-6a7f3c8e0a11"}
    return {**about, **({"draft": act} if act else {}), **more}


def typed(**values: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(values)
    return data


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_button_keeps_and_the_form_offers_it(client: Client, proposing: str) -> None:
    assert 'name="draft" value="save"' in text_of(client.get(proposing))
    answer = client.post(proposing, body(proposing, "save", **TYPED))
    assert answer.url == f"{proposing}?draft=open"
    assert not LateProposal.objects.exists()
    # On a later visit it is offered, and not yet shown.
    offered = text_of(client.get(proposing))
    assert "?draft=open" in offered
    assert 'value="discard"' in offered
    assert "Puji Astuti" not in offered
    shown = text_of(client.get(f"{proposing}?draft=open"))
    assert 'value="Puji Astuti"' in shown
    assert Entry.objects.filter(act="draft.keep").count() == 1


def test_what_is_kept_is_encrypted_and_ones_own(
    client: Client, proposing: str, officer: User
) -> None:
    client.post(proposing, body(proposing, "save", **TYPED))
    draft = Draft.objects.get()
    assert draft.content["remark"] == [WORD]
    assert not {"idempotency_key", "draft_page", "draft"} & set(draft.content)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM drafts_draft")
        assert WORD.encode() not in bytes(cursor.fetchone()[0])
    other = client_of(petugas("lain"))
    assert "?draft=open" not in text_of(other.get(proposing))
    other.post(proposing, body(proposing, "discard"))
    assert Draft.objects.filter(saved_by=officer).exists()


def test_discarding(client: Client, proposing: str) -> None:
    client.post(proposing, body(proposing, "save", **TYPED))
    assert client.post(proposing, body(proposing, "discard")).url == proposing
    assert not Draft.objects.exists()
    assert Entry.objects.filter(act="draft.discard").count() == 1


def test_it_goes_when_the_form_is_taken_and_stays_when_not(client: Client) -> None:
    here = reverse("cases:worker_create")
    whole = {
        "name": "Puji Astuti",
        "birth_date": "3-6-1993",
        "place": "KM12",
        "home": "Kab. Jombang",
        "choice": "return",
        "registered_on": "1-11-2017",
    }
    client.post(here, body(here, "save", **whole))
    # Without a search of this session, too: she had searched when she began it.
    assert 'value="Puji Astuti"' in text_of(client.get(f"{here}?draft=open"))
    assert client.post(here, body(here, **{**whole, "birth_date": "32-6-1993"})).status_code == 422
    assert Draft.objects.exists()
    assert client.post(here, body(here, **whole)).status_code == 302
    assert Worker.objects.get().name == "Puji Astuti"
    assert not Draft.objects.exists()


def test_ended_session_keeps_the_form_and_leads_back_to_it(proposing: str) -> None:
    user = make_user("siti", Role.PETUGAS)
    client = Client()
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        sign_in(client, "siti")
        client.get(proposing)
        clock.shift(31 * 60)
        answer = client.post(proposing, body(proposing, **TYPED))
        assert answer.url == f"{reverse('account_login')}?next={proposing}%3Fdraft%3Dopen"
        assert Draft.objects.get().saved_by == user
        back = sign_in(client, "siti", next=f"{proposing}?draft=open")
        assert back.url == f"{proposing}?draft=open"
        assert 'value="Puji Astuti"' in text_of(client.get(back.url))
    assert not LateProposal.objects.exists()


def test_the_page_keeps_by_itself_without_lengthening_the_session(proposing: str) -> None:
    make_user("siti", Role.PETUGAS)
    client = Client()
    mine = {"headers": {"X-Kotim-Draft": "1"}}
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(client, "siti")
        client.get(proposing)
        clock.shift(20 * 60)
        said = client.post(proposing, body(proposing, "auto", **TYPED), **mine)
        assert said.status_code == 200
        assert Draft.objects.get().content["name"] == ["Puji Astuti"]
        clock.shift(11 * 60)
        # The session is over, but what she types on is still kept until she clicks.
        client.post(proposing, body(proposing, "auto", name="Puji Lestari"), **mine)
        assert Draft.objects.get().content["name"] == ["Puji Lestari"]
        assert client.get(proposing).url.startswith(reverse("account_login"))
    assert Entry.objects.filter(act="session.expired").count() == 1


def test_strangers_and_forgers_keep_nothing(proposing: str) -> None:
    Client().post(proposing, body(proposing, "save", **TYPED))
    client = client_of(officer_of(Role.AUDITOR))
    assert client.post(proposing, body(proposing, "save", **TYPED)).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(petugas("ketat"))
    assert strict.post(proposing, body(proposing, "save", **TYPED)).status_code == 403
    assert not Draft.objects.exists()


def test_it_lapses(client: Client, proposing: str, settings: Any) -> None:
    client.post(proposing, body(proposing, "save", **TYPED))
    late = timezone.now() + timedelta(days=settings.DRAFT_DAYS, minutes=1)
    with time_machine.travel(late, tick=False):
        assert not Draft.objects.alive().exists()
        assert lapse_drafts() == 1
    assert not Draft.objects.exists()


def test_too_much_is_not_kept_and_the_oldest_go(officer: User) -> None:
    data = typed(name="x" * 200_001)
    assert keep_draft(page=reverse("cases:proposal_create"), data=data, by=officer) is None
    for number in range(MOST + 2):
        page = f"{reverse('cases:proposal_create')}?n={number}"
        keep_draft(page=page, data=typed(name="a"), by=officer)
    kept = Draft.objects.filter(saved_by=officer)
    assert kept.count() == MOST
    assert not kept.filter(address__endswith="?n=0").exists()


@pytest.mark.parametrize(
    "page",
    ["https://evil.example/", "//evil.example/", "beranda", "/tidak/ada/", "/?a=" + "a" * 400],
)
def test_addresses_that_are_no_form_of_ours(page: str) -> None:
    assert address_of(page) == ""


def test_the_address_holds_no_search_and_no_state() -> None:
    page = reverse("cases:worker_create")
    assert address_of(f"{page}?search=abc&draft=open&b=2&a=1") == f"{page}?a=1&b=2"


def test_roll_call_comes_back_as_it_was() -> None:
    four = factories.the_four()
    batch = travellers.ready_batch(4, four)
    here = reverse("desk:batch_depart", args=[batch.pk])
    client = travellers.signed_in(four.petugas)
    member = batch.members.first()
    away = {f"reason-{member.pk}": "Sakit perut"}
    client.post(here, body(here, "save", on="2017-12-01", **away))
    page = text_of(client.get(f"{here}?draft=open"))
    assert "Sakit perut" in page
    assert "checked" not in box(page, member.pk)
    assert "checked" in box(text_of(client.get(here)), member.pk)


def box(page: str, pk: Any) -> str:
    """Her box on the roll-call."""
    return page.split(f'name="present-{pk}"')[1].split(">")[0]
