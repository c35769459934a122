"""People and officers for the tests of the register."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client

from cases.actions.registering import NewAccount, NewPerson, register_people
from cases.models import Worker
from kotim_social.accounts import actions
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.audit.models import Entry
from tests.cases.import_helpers import user as officer

REGISTERED = date(2017, 11, 1)
DAY = date(2017, 11, 10)
NIK = "3509064103960001"
BORN = date(1996, 3, 1)


def petugas(name: str = "petugas", places: list[str] | None = None) -> User:
    return officer(name, places=places)


def officer_of(role: Role) -> User:
    """Somebody with a second factor, so that no page leads to setting one up."""
    person = officer(role.value, role=role.value, places=[])
    User.objects.filter(pk=person.pk).update(is_demo=True)
    actions.enrol_demo_totp(User.objects.get(pk=person.pk))
    return User.objects.get(pk=person.pk)


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def register(by: User, *people: dict[str, Any]) -> list[Worker]:
    """People with whatever is named of them; the rest is ordinary."""
    rows = [
        NewPerson(
            **(
                {
                    "name": f"Contoh {number}",
                    "birth_date": date(1990, 1 + number % 12, 1 + number % 28),
                    "place_code": "KM12",
                    "home_regency_code": "35.09",
                }
                | facts
            )
        )
        for number, facts in enumerate(people, start=1)
    ]
    return register_people(rows, by=by, registered_on=REGISTERED)


def many(by: User, count: int, **facts: Any) -> list[Worker]:
    return register(by, *(facts for _n in range(count)))


def account(number: str = "0338625555", holder: str = "") -> NewAccount:
    return NewAccount(bank="BNI", number=number, holder=holder)


def acts(worker: Worker) -> list[str]:
    """What the trail tells of her, in order."""
    rows = Entry.objects.filter(object_id=str(worker.pk)).order_by("pk")
    return list(rows.values_list("act", flat=True))


def text_of(response: Any) -> str:
    return response.content.decode()
