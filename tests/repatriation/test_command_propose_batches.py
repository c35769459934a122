"""manage.py propose_batches on the office's own register."""

from __future__ import annotations

import json
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases.models import Journey, Worker
from repatriation.models import Batch
from tests.cases.import_helpers import DEMO, imported
from tests.factories import Four
from tests.repatriation.travellers import a_batch

pytestmark = pytest.mark.django_db


def proposed(seats: int) -> dict:
    out = StringIO()
    call_command("propose_batches", seats=seats, json=True, stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("seats", [2, 10, 40, 81])
def test_all_178_of_the_demo_register_are_proposed(four: Four, seats: int) -> None:
    imported(DEMO, four.petugas)
    answer = proposed(seats)
    returnees = Worker.objects.filter(choice="return")
    children = sum(returnees.values_list("children", flat=True))
    taken = sum(batch["women"] for batch in answer["batches"]) + len(answer["left_over"])
    assert taken == 178
    if not answer["left_over"]:
        assert sum(batch["children"] for batch in answer["batches"]) == children
    assert len(answer["batches"]) >= answer["lower_bound"]
    if seats >= 40:
        assert answer["left_over"] == []
        assert len(answer["batches"]) == answer["lower_bound"]
        women = Counter[str]()
        for batch in answer["batches"]:
            women[batch["province"]] += batch["women"]
        assert women == Counter(returnees.values_list("home_regency__province", flat=True))
    for batch in answer["batches"]:
        assert batch["size"] == batch["women"] + batch["children"] + batch["escorts"] <= seats
        assert all(code.startswith(batch["province"]) for code in batch["regions"])
    assert not Batch.objects.exists()
    assert set(Journey.objects.values_list("state", flat=True)) == {"on_site"}


def test_who_is_in_a_batch_is_not_proposed_again(four: Four) -> None:
    imported(DEMO, four.petugas)
    someone = Worker.objects.filter(choice="return", home_regency__province="35").first()
    a_batch([someone], four)
    assert sum(batch["women"] for batch in proposed(81)["batches"]) == 177


def test_in_words_and_without_seats(four: Four) -> None:
    out = StringIO()
    call_command("propose_batches", seats=40, stdout=out)
    assert "lower bound 0" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("propose_batches", seats=0)
