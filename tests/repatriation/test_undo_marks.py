"""What was marked for many at once is taken back at once: all or none, while nothing followed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions.briefings import NewBriefing, record_briefing
from cases.models import Briefing, Journey, Worker
from kotim_social.audit import marks
from kotim_social.audit.models import Entry
from repatriation.models import Batch, Incident
from tests.factories import Four
from tests.repatriation.travellers import CAME, RECEIVED, key, people, ready_batch, signed_in

pytestmark = pytest.mark.django_db


def offered(page: Any) -> str:
    """The link in the message."""
    found = re.search(r'class="alert-link" href="([^"]+urungkan/)"', page.content.decode())
    return found.group(1) if found else ""


def roll(batch: Batch, on: object, missing: object = None) -> dict[str, str]:
    body = {"on": f"{on:%d-%m-%Y}", **key()}
    for member in batch.members.filter(active=True):
        if member.pk != missing:
            body[f"present-{member.pk}"] = "on"
        else:
            body |= {f"reason-{member.pk}": "sakit", f"kind-{member.pk}": "ill"}
    return body


@pytest.fixture
def batch(four: Four) -> Batch:
    return ready_batch(3, four, state="departed")


@pytest.fixture
def client(four: Four) -> Client:
    return signed_in(four.petugas)


def arrive(client: Client, batch: Batch, missing: object = None) -> str:
    url = reverse("repatriation:arrive", args=[batch.pk])
    return offered(client.post(url, roll(batch, CAME, missing), follow=True))


def states() -> list[str]:
    return sorted(Journey.objects.filter(current=True).values_list("state", flat=True))


def test_a_roll_call_at_the_arrival_is_taken_back(batch: Batch, client: Client) -> None:
    ill = batch.members.first()
    assert ill is not None
    link = arrive(client, batch, missing=ill.pk)
    assert states() == ["arrived", "arrived", "departed"]
    # She comes later: her incident is cleared up by it, and open again when that is taken back.
    second = arrive(client, batch)
    assert states() == ["arrived"] * 3
    assert not Incident.objects.open().exists()
    assert client.get(second).status_code == 200
    assert client.post(second, key()).status_code == 302
    assert states() == ["arrived", "arrived", "departed"]
    assert Incident.objects.open().get().member == ill
    assert client.post(second, key()).status_code == 422
    assert client.post(link, key()).status_code == 302
    assert states() == ["departed"] * 3
    assert Entry.objects.filter(act="batch.undo_arrivals").count() == 2


def test_not_once_somebody_of_them_went_on(batch: Batch, client: Client) -> None:
    link = arrive(client, batch)
    one = batch.members.first()
    assert one is not None
    hand_over = roll(batch, RECEIVED)
    client.post(reverse("repatriation:hand_over", args=[batch.pk]), hand_over)
    before = states()
    assert client.post(link, key()).status_code == 422
    assert states() == before


def test_only_her_own_and_only_for_a_while(
    batch: Batch, client: Client, four: Four, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = arrive(client, batch)
    assert signed_in(four.petugas2).post(link, key()).status_code in (404, 422)
    assert signed_in(four.bendahara).post(link, key()).status_code == 403
    late = timezone.now() + timedelta(minutes=16)
    with monkeypatch.context() as patched:
        patched.setattr(marks.timezone, "now", lambda: late)
        assert client.post(link, key()).status_code == 422
    assert states() == ["arrived"] * 3


@pytest.fixture
def briefing(four: Four) -> Briefing:
    women = people(3, four)
    new = NewBriefing(
        lokalisasi=women[0].place.lokalisasi, held_on=CAME, venue="Balai", agencies="Dinsos",
        told="hak",
    )  # fmt: skip
    return record_briefing(new, by=four.petugas)


def came(briefing: Briefing) -> set[object]:
    return set(briefing.attendances.filter(active=True).values_list("worker_id", flat=True))


def test_who_came_to_a_session_is_taken_back(briefing: Briefing, client: Client) -> None:
    url = reverse("cases:briefing_attendance", args=[briefing.pk])
    one, two, three = Worker.objects.order_by("pk").values_list("pk", flat=True)
    first = offered(client.post(url, {"came": [str(one), str(two)]}, follow=True))
    second = offered(client.post(url, {"came": [str(two), str(three)]}, follow=True))
    assert came(briefing) == {two, three}
    # The first saving is no longer as it was left.
    assert client.post(first, key()).status_code == 422
    assert client.get(second).status_code == 200
    assert client.post(second, key()).status_code == 302
    assert came(briefing) == {one, two}
    assert client.post(second, key()).status_code == 422
    assert Entry.objects.filter(act="briefing.undo_marks").count() == 1
    # Nothing marked, nothing to take back.
    assert not offered(client.post(url, {"came": [str(one), str(two)]}, follow=True))
