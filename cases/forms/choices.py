"""Form of a change of her choice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases import workflow
from cases.actions.choices import Informed
from cases.forms.fields import ChooseField, DayField
from cases.models import Explained, Worker
from kotim_social.formlayout import PlainForm


class ChoiceForm(PlainForm, forms.Form):
    choice = ChooseField(label=gettext_lazy("What she chooses"))
    explained = forms.MultipleChoiceField(
        label=gettext_lazy("What was explained to her first"),
        choices=Explained.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Say what was explained to her.")},
    )
    informed_on = DayField(label=gettext_lazy("Explained on"))
    decided_on = DayField(label=gettext_lazy("She said so on"))
    note = forms.CharField(label=gettext_lazy("Why she changes it"), required=False, max_length=500)

    def __init__(self, *args: Any, worker: Worker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = [  # type: ignore[attr-defined]
            (code, label)
            for code, label in workflow.CHOICE.choices
            if code not in (worker.choice, "undecided")
        ]
        if worker.choice == "undecided":
            del self.fields["note"]
        else:
            self.fields["note"].required = True

    def values(self) -> dict[str, Any]:
        """The words of the act."""
        data = dict(self.cleaned_data)
        told = Informed(on=data.pop("informed_on"), explained=tuple(data.pop("explained")))
        return {**data, "informed": told}
