"""Words of fields change in the state of the migrations; anything more is refused."""

from __future__ import annotations

import pytest
from django.db import models
from django.db.migrations import AlterField
from django.db.migrations.state import ModelState, ProjectState

from kotim_social.lib.rewording import Reworded


def state_of_one() -> ProjectState:
    state = ProjectState()
    fields = [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=9))]
    state.add_model(ModelState("cases", "Thing", fields))
    assert state.apps.get_model("cases", "thing")
    return state


def reworded(field: models.Field) -> Reworded:
    return Reworded([AlterField(model_name="thing", name="name", field=field)])


def test_the_words_change_and_the_models_are_drawn_up_afterwards() -> None:
    state = state_of_one()
    operation = reworded(models.CharField("as on the card", max_length=9, choices=[("a", "A")]))
    operation.state_forwards("cases", state)
    assert "apps" not in state.__dict__
    field = state.apps.get_model("cases", "thing")._meta.get_field("name")
    assert (field.verbose_name, field.choices) == ("as on the card", [("a", "A")])
    assert operation.database_operations == []


@pytest.mark.parametrize(
    "field",
    [
        models.CharField(max_length=10),
        models.TextField(),
        models.CharField(max_length=9, null=True),
    ],
    ids=["longer", "another type", "may be empty"],
)
def test_what_the_database_must_know_is_refused(field: models.Field) -> None:
    with pytest.raises(ValueError, match="more than its words"):
        reworded(field).state_forwards("cases", state_of_one())
