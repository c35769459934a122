"""Forms of a correction: what the administrator proposes, and why a supervisor declines."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.correcting import as_stored
from cases.models import Correction, Worker
from kotim_social.accounts.models import User
from kotim_social.formlayout import PlainForm
from kotim_social.workflow import Refused


class ProposalForm(forms.ModelForm):  # type: ignore[type-arg]
    """For the admin site; the old value is read by the program, not typed."""

    register_no = forms.CharField(
        label=gettext_lazy("Register number"),
        max_length=20,
        help_text=gettext_lazy("For example: KTM-2017-0001"),
    )
    new_value = forms.CharField(label=gettext_lazy("What should stand there"), max_length=300)
    why = forms.CharField(label=gettext_lazy("Reason"), max_length=300, min_length=4)
    seen_on = forms.CharField(
        label=gettext_lazy("Evidence"),
        max_length=200,
        help_text=gettext_lazy("The paper on which it is seen."),
    )

    class Meta:
        model = Correction
        fields = ("field",)

    user: User

    def clean_register_no(self) -> str:
        number = self.cleaned_data["register_no"].strip().upper()
        seen = Worker.objects.visible_to(self.user)
        self.worker = seen.filter(register_no=number, case_state="open").first()
        if self.worker is None:
            raise ValidationError(_("No open case has this register number."))
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        worker = getattr(self, "worker", None)
        if worker is not None and data.get("field") and data.get("new_value"):
            try:
                as_stored(worker, data["field"], data["new_value"])
            except Refused as refusal:
                self.add_error("new_value", str(refusal))
        return data


class DeclineForm(PlainForm, forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), min_length=4, max_length=300)
