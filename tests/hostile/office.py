"""A small office in which everything exists once or twice, and a browser for each role."""

from __future__ import annotations

from uuid import uuid4

from django.test import Client
from django.urls import reverse

from cases.actions.importing import stage_register
from cases.models import BankAccount, Worker
from cases.views.sets import SET_ACTS
from kotim_social.accounts import actions as office
from kotim_social.accounts.roles import Role
from tests import factories
from tests.cases.import_helpers import DAY, person, workbook
from tests.disbursements.browsing import browser
from tests.repatriation.travellers import a_batch, ready_batch


def open_office() -> dict[Role, Client]:
    """People, lists, a decree, batches and an import in several states; who may look at them."""
    four = factories.the_four()
    ready = factories.ready_people(4, four=four)
    a_batch(factories.register(2, by=four.petugas, account=False), four)
    ready_batch(2, four)
    for person_of_a_list, state in zip(ready, ("draft", "submitted", "ordered"), strict=False):
        keys = [f"{person_of_a_list.pk}:TABUNGAN"]
        payment_list = factories.a_list(by=four.petugas, only=keys)
        factories.walk_to(payment_list, state, four=four)
    rows = (person(1), person(2), person(3, NIK="12"))
    stage_register(workbook(*rows), file_name="register.xlsx", by=four.petugas, registered_on=DAY)
    users = {
        Role.PETUGAS: four.petugas,
        Role.VERIFIKATOR: four.verifikator,
        Role.PIMPINAN: four.pimpinan,
        Role.BENDAHARA: four.bendahara,
        Role.ADMIN: factories.make_user(Role.ADMIN),
        Role.AUDITOR: factories.make_user(Role.AUDITOR),
    }
    for user in users.values():
        office.choose_password(user=user, password="kuda laut biru menari")
    clients = {role: browser(user) for role, user in users.items()}
    for client in clients.values():
        client.raise_request_exception = False
    return clients


def seeds(clients: dict[Role, Client], *, all_roles: bool) -> list[tuple[Role, str]]:
    """Pages that only a POST leads to: what a search found, and acts on a set of people."""
    searchers = list(clients) if all_roles else [Role.PETUGAS]
    found = [(role, clients[role], "cases:search", {"q": "Ani"}) for role in searchers]
    chosen = [str(pk) for pk in Worker.objects.values_list("pk", flat=True)[:2]]
    for role in (Role.PETUGAS, Role.VERIFIKATOR):
        for act in SET_ACTS:
            found.append((role, clients[role], "cases:select", {"act": act, "chosen": chosen}))
    key = {"idempotency_key": str(uuid4())}
    issue = reverse("disbursements:report_issue", kwargs={"kind": "rekap"})
    found.append((Role.PIMPINAN, clients[Role.PIMPINAN], issue, key))
    pages = []
    for role, client, name, data in found:
        answer = client.post(name if name.startswith("/") else reverse(name), data)
        if answer.status_code == 302:
            pages.append((role, answer.url))
    return pages


def personal_data() -> set[str]:
    """Values that no log may hold."""
    found: set[str] = set()
    for worker in Worker.objects.all():
        found |= {worker.name, worker.nik or "", worker.mother_name or ""}
    found |= {account.number for account in BankAccount.objects.all()}
    return {value for value in found if len(value) > 5}
