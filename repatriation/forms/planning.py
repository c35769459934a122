"""Forms of the plan: costs, letters to home offices, and where people are moved to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import DayField
from kotim_social.formlayout import PlainForm
from kotim_social.lib.dates import today
from kotim_social.lib.money import RupiahFormField
from repatriation.actions.costs import NewCost
from repatriation.models import Batch, Cost

NEW_BATCH = "new"


class CostForm(PlainForm, forms.Form):
    category = forms.ChoiceField(label=_("Kind of cost"), choices=Cost.Category.choices)
    what = forms.CharField(label=_("What for"), max_length=160)
    amount = RupiahFormField(label=_("Amount"))
    spent_on = DayField(label=_("Date"), initial=today)
    paper = forms.CharField(label=_("Number of the bill"), max_length=80, required=False)

    @property
    def cost(self) -> NewCost:
        return NewCost(**self.cleaned_data)


class AskForm(PlainForm, forms.Form):
    """To whom the letter goes."""

    office = forms.CharField(label=_("Home office"), max_length=160)


class TargetForm(PlainForm, forms.Form):
    """Another batch that is not confirmed yet, or a new one."""

    target = forms.ChoiceField(label=_("Where to"))

    def __init__(
        self, *args: Any, batches: Iterable[Batch], with_new: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.batches = {str(batch.pk): batch for batch in batches}
        choices: list[tuple[str, Any]] = [(NEW_BATCH, _("a new batch"))] if with_new else []
        choices += [
            (pk, f"{batch.code}, {batch.destination.name}") for pk, batch in self.batches.items()
        ]
        self.fields["target"].choices = choices  # type: ignore[attr-defined]

    @property
    def batch(self) -> Batch | None:
        """None stands for a new one."""
        return self.batches.get(self.cleaned_data["target"])
