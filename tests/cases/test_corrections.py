"""Corrections: proposed in the admin site, accepted by a supervisor, applied once and only then."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from cases.actions import correcting
from cases.actions.workers import edit_worker
from cases.models import BankAccount, Correction, Worker
from kotim_social.accounts.models import User
from kotim_social.audit.models import Entry
from kotim_social.workflow import Refused
from tests.disbursements.browsing import browser
from tests.factories import Four, a_list, make_user, ready_people, the_four, walk_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def four() -> Four:
    return the_four()


@pytest.fixture
def admin() -> User:
    return make_user("admin")


def proposed(
    worker: Worker, admin: User, field: str = "name", new: str = "Ani Betul"
) -> Correction:
    return correcting.propose(
        worker=worker, field=field, new=new, reason="salah ketik", evidence="KTP", by=admin
    )


def test_an_accepted_correction_is_applied(four: Four, admin: User) -> None:
    worker = ready_people(1, four=four)[0]
    row = correcting.accept(correction=proposed(worker, admin), by=four.pimpinan)
    worker.refresh_from_db()
    assert (worker.name, row.state) == ("Ani Betul", "accepted")
    acts = set(Entry.objects.values_list("act", flat=True))
    assert {"correction.propose", "correction.accept", "worker.edit"} <= acts


def test_it_is_applied_only_if_the_old_value_still_stands(four: Four, admin: User) -> None:
    worker = ready_people(1, four=four)[0]
    row = proposed(worker, admin)
    edit_worker(worker=worker, values={"name": "Lain"}, version=worker.version, by=four.petugas)
    with pytest.raises(Refused):
        correcting.accept(correction=row, by=four.pimpinan)
    worker.refresh_from_db()
    row.refresh_from_db()
    assert (worker.name, row.state) == ("Lain", "proposed")


@pytest.mark.parametrize("who", ["petugas", "verifikator", "bendahara"])
def test_others_neither_propose_nor_accept(four: Four, admin: User, who: str) -> None:
    worker = ready_people(1, four=four)[0]
    row = proposed(worker, admin)
    with pytest.raises(Refused):
        proposed(worker, getattr(four, who), field="birth_place")
    with pytest.raises(Refused):
        correcting.accept(correction=row, by=getattr(four, who))
    with pytest.raises(Refused):
        correcting.accept(correction=row, by=admin)


def test_an_approved_payee_changes_by_a_correction_alone(four: Four, admin: User) -> None:
    worker, other = ready_people(2, four=four)
    walk_to(a_list(by=four.petugas), "approved", four=four)
    with pytest.raises(Refused):
        edit_worker(worker=worker, values={"name": "Lain"}, version=worker.version, by=four.petugas)
    edit_worker(
        worker=worker, values={"birth_place": "Sampit"}, version=worker.version, by=four.petugas
    )
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE cases_bankaccount SET holder = 'X' WHERE worker_id = %s", [other.pk])
    number = proposed(worker, admin, "number", "8111 222 333")
    correcting.accept(correction=number, by=four.pimpinan)
    account = BankAccount.objects.exclude(state="closed").get(worker=worker)
    assert (account.number, account.state) == ("8111222333", "opened")


@pytest.mark.parametrize(
    ("field", "new"),
    [("nik", "123"), ("birth_date", "31-02-1990"), ("birth_date", "1-1-2010"), ("name", "  ")],
)
def test_what_cannot_stand_there_is_refused(four: Four, admin: User, field: str, new: str) -> None:
    worker = ready_people(1, four=four)[0]
    with pytest.raises(Refused):
        proposed(worker, admin, field, new)
    assert not Correction.objects.exists()


def test_the_admin_site_proposes_and_changes_nothing(four: Four, admin: User) -> None:
    worker = ready_people(1, four=four)[0]
    client = browser(admin)
    data = {
        "register_no": worker.register_no, "field": "name", "new_value": "Ani Betul",
        "why": "salah ketik", "seen_on": "KTP",
    }  # fmt: skip
    assert client.post(reverse("admin:cases_correction_add"), data).status_code == 302
    assert client.post(reverse("admin:cases_correction_add"), data).status_code == 200
    worker.refresh_from_db()
    assert worker.name != "Ani Betul"
    row = Correction.objects.get()
    assert (row.old, row.new, row.proposed_by) == (worker.name, "Ani Betul", admin)
    page = client.get(reverse("admin:cases_worker_change", args=[worker.pk]))
    assert worker.nik not in page.content.decode()
    account = worker.accounts.get()
    for name, args in (
        ("worker_changelist", []),
        ("bankaccount_changelist", []),
        ("bankaccount_change", [account.pk]),
    ):
        shown = client.get(reverse(f"admin:cases_{name}", args=args)).content.decode()
        assert worker.register_no in shown, name
        assert worker.nik not in shown and account.number not in shown, name
    assert Entry.objects.filter(act="worker.view", object_id=str(worker.pk)).exists()
    listing = reverse("admin:cases_worker_changelist")
    body = {"action": "delete_selected", "_selected_action": str(worker.pk), "post": "yes"}
    client.post(listing, body)
    assert Worker.objects.filter(pk=worker.pk).exists()


def test_the_admin_site_shows_money_to_read(four: Four, admin: User) -> None:
    ready_people(1, four=four)
    made = a_list(by=four.petugas)
    client = browser(admin)
    for name, pk in (
        ("paymentlist", made.pk),
        ("paymentline", made.lines.get().pk),
        ("entitlement", made.lines.get().entitlement_id),
    ):
        change = reverse(f"admin:disbursements_{name}_change", args=[pk])
        assert client.get(change).status_code == 200
        assert client.post(change, {"state": "paid"}).status_code == 403
        assert client.get(reverse(f"admin:disbursements_{name}_add")).status_code == 403
        delete = reverse(f"admin:disbursements_{name}_delete", args=[pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403


def test_the_supervisor_decides_on_a_page(four: Four, admin: User) -> None:
    worker = ready_people(1, four=four)[0]
    nik = worker.nik
    row = proposed(worker, admin, "nik", nik[:-1] + ("8" if nik[-1] != "8" else "7"))
    client = browser(four.pimpinan)
    page = reverse("cases:correction", args=[row.pk])
    assert nik not in client.get(page).content.decode()
    shown = client.post(page, {"act": "show", "idempotency_key": uuid4()})
    assert nik in shown.content.decode()
    assert Entry.objects.filter(act="worker.reveal", object_id=str(worker.pk)).exists()
    client.post(page, {"idempotency_key": uuid4()})
    row.refresh_from_db()
    assert row.state == "accepted"
    assert client.get(reverse("cases:correction_list")).status_code == 200


def test_declining_takes_a_reason_and_changes_nothing(four: Four, admin: User) -> None:
    worker = ready_people(1, four=four)[0]
    row = proposed(worker, admin)
    client = browser(four.pimpinan)
    page = reverse("cases:correction_decline", args=[row.pk])
    assert client.post(page, {"idempotency_key": uuid4()}).status_code == 422
    client.post(page, {"idempotency_key": uuid4(), "reason": "tidak terbukti"})
    row.refresh_from_db()
    assert row.state == "declined"
