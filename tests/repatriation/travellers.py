"""Batches for tests, made by the real actions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from cases.actions.consents import Answer, record_consent
from cases.models import Worker
from kotim_social.accounts.access import has_second_factor
from kotim_social.accounts.models import User
from repatriation.actions import planning, preparing, road
from repatriation.actions.planning import NewBatch
from repatriation.models import Batch
from tests import factories
from tests.factories import Four

EAST_JAVA = "35"
ASKED = date(2017, 11, 21)
CONFIRMED = date(2017, 11, 22)
LEFT = date(2017, 11, 29)
CAME = date(2017, 12, 1)
RECEIVED = date(2017, 12, 2)


def people(n: int, four: Four, *, home: str | None = "35.09", place: str = "KM12") -> list[Worker]:
    return factories.register(n, by=four.petugas, home=home, place=place)


def agree_to(workers: Sequence[Worker], receiver: str, four: Four) -> None:
    """Each says that her data may go to this office."""
    for worker in workers:
        yes = Answer("sharing", True, ASKED, "Bu RT", "signed", receiver)
        record_consent(worker=worker, answer=yes, by=four.petugas)


def with_children(workers: Sequence[Worker], *children: int) -> list[Worker]:
    """The first of them travel with so many children; tests write it as a register would."""
    for worker, number in zip(workers, children, strict=False):
        worker.children = number
        worker.save(update_fields=["children"])
    return list(workers)


def a_batch(workers: Sequence[Worker], four: Four, *, seats: int = 20) -> Batch:
    new = NewBatch(
        province_code=EAST_JAVA,
        seats=seats,
        workers=[worker.pk for worker in workers],
        planned_departure=LEFT,
    )
    return planning.create_batches([new], by=four.petugas)[0]


def prepare(batch: Batch, four: Four) -> None:
    """Everything the gate asks for, but the supervisor's yes."""
    facts = {
        "receiving_office": "Dinas Sosial Provinsi",
        "receiving_contact": "Bu Penerima",
        "receiving_phone": "081200000001",
        "escort_order": "094/1/2017",
        "escort_order_on": ASKED,
    }
    planning.edit_facts(batch=batch, facts=facts, by=four.petugas)
    preparing.send_new_officer(
        batch=batch, name="Contoh Ketua", sex="woman", nip=None, rank="Penata", is_head=True,
        by=four.petugas,
    )  # fmt: skip
    leg = {
        "mode": "sea",
        "carrier": "Pelni",
        "vessel": "KM Contoh",
        "origin": "Sampit",
        "target": "Surabaya",
        "departure": datetime(2017, 11, 29, 3, 0, tzinfo=UTC),
        "arrival": datetime(2017, 11, 30, 3, 0, tzinfo=UTC),
    }
    preparing.save_leg(batch=batch, leg=None, facts=leg, by=four.petugas)
    road.confirm_origin(batch=batch, letter="470/7/2017", on=ASKED, by=four.petugas)
    batch.refresh_from_db()


def walk_to(batch: Batch, state: str, four: Four) -> Batch:
    """Leads a prepared batch on until it has reached the state; everybody comes along."""
    steps = {
        "awaiting_origin": lambda: road.submit(batch=batch, on=ASKED, by=four.petugas),
        "approved": lambda: road.approve(batch=batch, on=CONFIRMED, by=four.pimpinan),
        "departed": lambda: road.depart(batch=batch, on=LEFT, stayed={}, by=four.petugas),
        "arrived": lambda: road.arrive(batch=batch, on=CAME, missing={}, by=four.petugas),
        "handed_over": lambda: road.hand_over(
            batch=batch, on=RECEIVED, missing={}, by=four.petugas
        ),
        "finished": lambda: road.finish(batch=batch, on=RECEIVED, by=four.petugas),
    }
    names = list(steps)
    batch.refresh_from_db()
    done = names.index(batch.state) + 1 if batch.state in names else 0
    for name in names[done : names.index(state) + 1]:
        steps[name]()
    batch.refresh_from_db()
    return batch


def ready_batch(n: int, four: Four, *, state: str = "approved", seats: int = 20) -> Batch:
    batch = a_batch(people(n, four), four, seats=seats)
    prepare(batch, four)
    return walk_to(batch, state, four)


def member_of(batch: Batch, index: int = 0) -> UUID:
    return batch.members.order_by("worker__register_no")[index].pk


def signed_in(user: User) -> Client:
    """A browser in which she has just proved who she is."""
    if user.needs_second_factor and not has_second_factor(user):
        TOTP.activate(user, generate_totp_secret())
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [
        {"method": method, "at": time.time()} for method in ("password", "mfa")
    ]
    session.save()
    return client


def seen_on(client: Client, page: str) -> dict[str, str]:
    """The seal of what a form over a record shows."""
    form = client.get(page).context["form"]
    return {"seen": form.seen}


def key() -> dict[str, str]:
    """What the hidden field of a form carries."""
    return {"idempotency_key": str(uuid4())}
