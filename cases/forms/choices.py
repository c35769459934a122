"""Form of a change of her choice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases import workflow
from cases.forms.fields import ChooseField, DayField
from cases.models import Worker
from kotim_social.formlayout import PlainForm


class ChoiceForm(PlainForm, forms.Form):
    choice = ChooseField(label=gettext_lazy("What she chooses"))
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
