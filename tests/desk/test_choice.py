"""Before she chooses it is shown what each choice does to her money; after a decree twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from cases.models import ChoiceChange, Worker
from disbursements.models import Position
from kotim_social.accounts.models import User
from kotim_social.audit.models import Entry
from kotim_social.desk.choice_effects import Outlook, outlooks
from kotim_social.lib.dates import today
from tests import factories
from tests.disbursements.browsing import browser, text
from tests.factories import Four

pytestmark = pytest.mark.django_db
SHARE = 5_050_000
DISTRICT = 5_050_000


@pytest.fixture
def four() -> Four:
    return factories.the_four()


def looks(worker: Worker, user: User) -> dict[str, Outlook]:
    found = Worker.objects.with_journey().with_readiness().get(pk=worker.pk)
    return {one.choice: one for one in outlooks(found, user)}


def page(worker: Worker) -> str:
    return reverse("desk:choice", args=[worker.pk])


def said(choice: str, **more: Any) -> dict[str, Any]:
    day = f"{today():%d-%m-%Y}"
    told = {"explained": ["free", "return", "stay"], "informed_on": day}
    return told | {"choice": choice, "decided_on": day} | more


def test_each_choice_has_its_sums(four: Four) -> None:
    """As the positions say it after the choice: the page promises what the books will hold."""
    worker = factories.register(1, by=four.petugas, choice="undecided")[0]
    found = looks(worker, four.petugas)
    assert (found["return"].payable, found["return"].withheld) == (SHARE + DISTRICT, 0)
    for choice in ("stay", "referred"):
        assert (found[choice].payable, found[choice].withheld) == (SHARE, DISTRICT)
    client = browser(four.petugas)
    for choice in ("stay", "return", "referred"):
        client.post(page(worker), said(choice, note="berubah"))
        hers = Position.objects.filter(worker=worker)
        assert sum(p.withheld for p in hers) == found[choice].withheld, choice
        assert sum(p.open for p in hers) == found[choice].payable, choice


def test_what_is_paid_stays_paid(four: Four) -> None:
    worker = factories.ready_people(1, four=four)[0]
    row = factories.a_list(by=four.petugas)
    factories.walk_to(row, "reconciled", four=four)
    stay = looks(worker, four.pimpinan)["stay"]
    settled = [effect for effect in stay.effects if effect.settled]
    assert [effect.amount for effect in settled] == [SHARE]
    assert (stay.payable, stay.withheld) == (0, DISTRICT)
    assert all(effect.sentence for effect in stay.effects)
    assert len(stay.changed) == 3


def test_a_line_under_way_is_named(four: Four) -> None:
    worker = factories.ready_people(1, four=four)[0]
    factories.into_batch([worker], four=four)
    row = factories.a_list(by=four.petugas, kinds=["TRANSPORT"], batch_code="R-01")
    stay = looks(worker, four.pimpinan)["stay"]
    assert any(row.number in effect.sentence for effect in stay.effects)
    # She stands in a batch: nobody may change her choice now, and the page says so.
    assert stay.against
    shown = text(browser(four.pimpinan).get(page(worker)))
    assert 'name="choice"' not in shown
    assert stay.against[0] in shown


def test_after_the_decree_a_supervisor_looks_first(four: Four) -> None:
    worker = factories.ready_people(1, four=four)[0]
    own, boss = browser(four.petugas), browser(four.pimpinan)
    told = text(own.get(page(worker)))
    assert 'name="choice"' not in told
    # Before all that each choice would mean, she is told that it is not hers to write down.
    assert told.index("hanya pimpinan yang dapat mengubah") < told.index('id="effects-title"')
    body = said("stay", note="menikah di Sampit")
    assert own.post(page(worker), body).status_code == 422
    assert own.post(page(worker), body | {"checked": "yes"}).status_code == 422
    checked = boss.post(page(worker), body)
    assert checked.status_code == 200
    assert not ChoiceChange.objects.filter(choice="stay").exists()
    shown = text(checked)
    for name, value in (("note", "menikah di Sampit"), ("explained", "stay"), ("checked", "yes")):
        assert f'name="{name}" value="{value}"' in shown
    assert boss.post(page(worker), body | {"checked": "yes"}).status_code == 302
    change = ChoiceChange.objects.get(choice="stay")
    assert (change.note, change.recorded_by) == ("menikah di Sampit", four.pimpinan)
    assert "menikah di Sampit" in text(boss.get(page(worker)))


def test_a_look_is_recorded_and_a_stranger_finds_nothing(four: Four) -> None:
    worker = factories.register(1, by=four.petugas)[0]
    browser(four.petugas).get(page(worker))
    assert Entry.objects.filter(act="choice.view", object_id=str(worker.pk)).count() == 1
    stranger = browser(factories.make_user("petugas", lokalisasi=["TANGAR"]))
    assert stranger.get(page(worker)).status_code == 404
