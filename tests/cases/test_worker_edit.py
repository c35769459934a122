"""Registering and correcting a person: duplicates, NIK, two editors, reveal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Alias, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.audit.models import Entry
from kotim_social.lib.dates import today
from tests.cases.people import (
    BORN,
    NIK,
    account,
    acts,
    client_of,
    officer_of,
    petugas,
    register,
    text_of,
)

pytestmark = pytest.mark.django_db
PHONE, ADDRESS, MOTHER, NUMBER = "081234567890", "Dusun Krajan 7", "Sumiyati", "0338625555"
NEW = {
    "name": "PUJI  ASTUTI",
    "birth_date": "3-6-1993",
    "nik": "",
    "place": "KM12",
    "home": "Kab. Jombang",
    "choice": "return",
    "phone": "",
    "registered_on": "1-11-2017",
}


@pytest.fixture
def officer() -> User:
    return petugas()


@pytest.fixture
def client(officer: User) -> Client:
    return client_of(officer)


@pytest.fixture
def ani(officer: User) -> Worker:
    facts = {
        "name": "Ani Rahayu",
        "birth_date": BORN,
        "nik": NIK,
        "phone": PHONE,
        "home_address": ADDRESS,
        "mother_name": MOTHER,
        "aliases": ("Rosa",),
        "account": account(NUMBER),
        "choice": "return",
    }
    return register(officer, facts)[0]


def create_url(client: Client, word: str = "puji") -> str:
    found = client.post(reverse("cases:search"), {"q": word})["Location"]
    token = found.rstrip("/").rsplit("/", 1)[1]
    return f"{reverse('cases:worker_create')}?search={token}"


def edit_url(worker: Worker) -> str:
    return reverse("cases:worker_edit", args=[worker.pk])


def edit_data(client: Client, worker: Worker) -> dict[str, Any]:
    """What a browser would send back of the untouched form."""
    form = client.get(edit_url(worker)).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


# Registering.


def test_a_new_record_starts_from_a_search(client: Client) -> None:
    assert client.get(reverse("cases:worker_create"))["Location"] == reverse("cases:search")
    response = client.get(create_url(client))
    assert response.context["form"]["name"].value() == "puji"


def test_she_is_registered_with_eight_fields(client: Client) -> None:
    response = client.post(create_url(client), NEW)
    worker = Worker.objects.get()
    assert response["Location"] == reverse("desk:worker_page", args=[worker.pk])
    assert (worker.name, worker.birth_date) == ("Puji Astuti", date(1993, 6, 3))
    assert (worker.home_regency_id, worker.choice) == ("35.17", "return")
    assert worker.register_no == "KTM-2017-0001"
    assert acts(worker) == ["worker.register"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("birth_date", "31-02-1995"),
        ("birth_date", "08/17/90"),
        ("birth_date", "1\x00-1-1990"),
        ("birth_date", "1-1-2016"),
        ("nik", "123"),
        ("nik", "3517157306930006"),
        ("nik", "3517154306930000"),
        ("nik", "3517154306930\x00006"),
        ("place", "BALI"),
        ("home", "Negeri Entah"),
        ("choice", "fly"),
        ("phone", "123"),
        ("phone", "0812345\x0067890"),
        ("registered_on", f"{today() + timedelta(days=1):%d-%m-%Y}"),
        ("children", "-1"),
        ("children", "9" * 5000),
    ],
)
def test_a_wrong_field_is_said_and_nothing_is_lost(client: Client, field: str, value: str) -> None:
    response = client.post(create_url(client), {**NEW, field: value})
    assert response.status_code == 422
    assert response.context["form"].errors
    assert response.context["form"]["home"].value() == {**NEW, field: value}["home"]
    assert not Worker.objects.exists()


def test_a_nik_that_does_not_fit_needs_a_note(client: Client) -> None:
    odd = {**NEW, "nik": "3517154406930006"}
    response = client.post(create_url(client), odd)
    assert "nik_note" in response.context["form"].errors
    client.post(create_url(client), {**odd, "nik_note": "salah ketik di KTP, akta dilihat"})
    assert Worker.objects.get().nik == "3517154406930006"


def test_the_same_nik_is_blocked(client: Client, ani: Worker) -> None:
    same = {**NEW, "nik": NIK, "birth_date": "1-3-1996", "other_person": "lain"}
    response = client.post(create_url(client), same)
    assert "nik" in response.context["form"].errors
    assert response.context["likely"].same_nik[0].worker == ani
    assert Worker.objects.count() == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "Ani Rahaju", "birth_date": "1-3-1996"},
        {"name": "ANI RAHAYU", "birth_date": "7-8-1997", "mother_name": "Soemijati"},
    ],
)
def test_likely_the_same_person_needs_a_decision(
    client: Client, ani: Worker, facts: dict[str, str]
) -> None:
    response = client.post(create_url(client), {**NEW, **facts})
    assert "other_person" in response.context["form"].errors
    assert ani.register_no in text_of(response)
    assert Worker.objects.count() == 1
    because = "saudara kembar, KTP keduanya dilihat"
    client.post(create_url(client), {**NEW, **facts, "other_person": because})
    other = Worker.objects.exclude(pk=ani.pk).get()
    entry = Entry.objects.get(act="worker.not_the_same")
    assert (entry.object_id, entry.reason) == (str(other.pk), because)


def test_a_weak_likeness_is_a_hint(client: Client, ani: Worker) -> None:
    response = client.post(create_url(client), {**NEW, "phone": PHONE})
    assert response.status_code == 302
    told = [str(message) for message in client.get("/cari/").context["messages"]]
    assert any(ani.register_no in sentence for sentence in told)


def test_outside_her_caseload_only_that_a_record_exists(ani: Worker) -> None:
    client = client_of(petugas("tangar", ["TANGAR"]))
    same = {**NEW, "place": "TANGAR", "nik": NIK, "birth_date": "1-3-1996"}
    response = client.post(create_url(client), same)
    assert response.status_code == 422
    page = text_of(response)
    assert ani.name not in page
    assert ani.register_no not in page
    assert client.post(create_url(client), {**NEW, "place": "KM12"}).status_code == 422


# Correcting.


def test_what_was_not_touched_changes_nothing(client: Client, ani: Worker) -> None:
    data = edit_data(client, ani)
    assert client.post(edit_url(ani), data).status_code == 302
    again = Worker.objects.get(pk=ani.pk)
    assert (again.version, again.nik, again.phone) == (1, NIK, PHONE)
    assert acts(ani) == ["worker.register"]


def test_the_form_shows_no_restricted_value(client: Client, ani: Worker) -> None:
    page = text_of(client.get(edit_url(ani)))
    for secret in (NIK, PHONE, ADDRESS, MOTHER):
        assert secret not in page
    assert "350906******0001" in page


def test_a_correction_is_written_and_told(client: Client, ani: Worker) -> None:
    data = edit_data(client, ani) | {
        "name": "Ani Rahayuningsih",
        "nik": "3509064103960002",
        "phone": "-",
        "home": "Kota Malang",
        "aliases": "Rosa, Mawar",
    }
    assert client.post(edit_url(ani), data).status_code == 302
    again = Worker.objects.get(pk=ani.pk)
    assert (again.name, again.nik, again.phone, again.phone_index) == (
        "Ani Rahayuningsih", "3509064103960002", None, None,
    )  # fmt: skip
    assert (again.home_regency_id, again.version) == ("35.73", 2)
    assert set(Alias.objects.values_list("name", flat=True)) == {"Rosa", "Mawar"}
    changes = Entry.objects.get(act="worker.edit").changes
    assert changes["nik"] == ["350906******0001", "350906******0002"]
    assert PHONE not in str(changes)
    found = client.post(reverse("cases:search"), {"q": "0002"}, follow=True)
    assert [hit.worker for hit in found.context["found"].hits] == [ani]


def test_the_nik_of_another_is_blocked(client: Client, officer: User, ani: Worker) -> None:
    other = register(officer, {"name": "Budi", "birth_date": BORN})[0]
    data = edit_data(client, other) | {"nik": NIK}
    response = client.post(edit_url(other), data)
    assert "nik" in response.context["form"].errors


def test_different_fields_of_two_editors_merge(client: Client, ani: Worker) -> None:
    first, second = edit_data(client, ani), edit_data(client, ani)
    client.post(edit_url(ani), first | {"wisma": "Wisma Melati", "aliases": "Rosa, Ayu"})
    response = client.post(edit_url(ani), second | {"remark": "sakit", "aliases": ""})
    assert response.status_code == 302
    again = Worker.objects.get(pk=ani.pk)
    assert (again.wisma, again.remark, again.version) == ("Wisma Melati", "sakit", 3)
    assert [alias.name for alias in again.aliases.all()] == ["Ayu"]


def test_the_same_field_of_two_editors_is_a_conflict(client: Client, ani: Worker) -> None:
    first, second = edit_data(client, ani), edit_data(client, ani)
    colleague = petugas("rekan")
    client_of(colleague).post(
        edit_url(ani),
        first | {"wisma": "Melati", "home": "Kota Malang", "birth_place": "Malang"},
    )
    mine = {"wisma": "Seruni", "home": "Kota Batu", "remark": "sakit", "phone": "081999999999"}
    response = client.post(edit_url(ani), second | mine)
    assert response.status_code == 409
    rows = {row["name"]: row for row in response.context["rows"]}
    assert set(rows) == {"wisma", "home"}
    assert (rows["wisma"]["before"], rows["wisma"]["stored"], rows["wisma"]["mine"]) == (
        "–", "Melati", "Seruni",
    )  # fmt: skip
    assert response.context["who"] == colleague
    assert Worker.objects.get(pk=ani.pk).wisma == "Melati"
    # Sent again with one field kept and one overruled: nothing else is lost.
    again = dict(response.context["kept"]) | {
        "wisma": rows["wisma"]["mine_value"],
        "home": rows["home"]["stored_value"],
    }
    assert client.post(edit_url(ani), again).status_code == 302
    worker = Worker.objects.get(pk=ani.pk)
    assert (worker.wisma, worker.home_regency_id) == ("Seruni", "35.73")
    assert (worker.remark, worker.birth_place, worker.phone) == ("sakit", "Malang", "081999999999")


def test_a_restricted_field_in_conflict_stays_masked(client: Client, ani: Worker) -> None:
    first, second = edit_data(client, ani), edit_data(client, ani)
    client.post(edit_url(ani), first | {"phone": "081888888888"})
    response = client.post(edit_url(ani), second | {"phone": "081999999999"})
    assert response.status_code == 409
    page = text_of(response)
    assert "081888888888" not in page
    assert PHONE not in page


# Reveal.


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nik", NIK),
        ("phone", PHONE),
        ("address", ADDRESS),
        ("mother", MOTHER),
        ("account", NUMBER),
    ],
)
def test_one_field_is_shown_for_a_reason(
    client: Client, ani: Worker, field: str, value: str
) -> None:
    url = reverse("cases:reveal", args=[ani.pk, field])
    assert value not in text_of(client.get(url))
    assert client.post(url, {"reason": " "}).status_code == 422
    response = client.post(url, {"reason": "telepon dari bank"})
    page = text_of(response)
    assert value in page
    others = {NIK, PHONE, ADDRESS, MOTHER, NUMBER} - {value}
    assert not [secret for secret in others if secret in page]
    assert response["Cache-Control"] == "no-store"
    entry = Entry.objects.get(act="worker.reveal")
    assert (entry.object_id, entry.reason) == (str(ani.pk), "telepon dari bank")
    assert value not in str(entry.changes)
    assert value not in text_of(client.get(url))


def test_nobody_else_sees_it(ani: Worker) -> None:
    url = reverse("cases:reveal", args=[ani.pk, "nik"])
    reason = {"reason": "ingin tahu"}
    assert client_of(petugas("t", ["TANGAR"])).post(url, reason).status_code == 404
    for role in (Role.ADMIN, Role.AUDITOR):
        assert client_of(officer_of(role)).post(url, reason).status_code == 403
    assert not Entry.objects.filter(act="worker.reveal").exists()


def test_only_known_fields(client: Client, ani: Worker) -> None:
    url = reverse("cases:reveal", args=[ani.pk, "name_folded"])
    assert client.post(url, {"reason": "ingin tahu"}).status_code == 404
