"""Forms of the acts on sets of people: verification result, bank check, signed statement."""

from __future__ import annotations

from typing import Any, ClassVar

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import workflow
from cases.actions.accounts import BankAnswer
from cases.actions.verification import Finding
from cases.forms.fields import ChooseField, DayField
from cases.models import ReasonCode, VerificationSession
from kotim_social.formlayout import PlainForm
from kotim_social.lib.dates import format_date


class SearchForm(forms.Form):
    """The box in every header."""

    q = forms.CharField(
        min_length=2,
        max_length=100,
        error_messages={"min_length": gettext_lazy("Write at least two characters.")},
    )


class RevealForm(PlainForm, forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why do you need to see it?"),
        min_length=4,
        max_length=200,
        help_text=gettext_lazy("The reason is kept with your name."),
    )


class VerificationForm(PlainForm, forms.Form):
    act = ChooseField(
        label=gettext_lazy("Result"),
        choices=[
            ("find_eligible", gettext_lazy("eligible")),
            ("find_not_eligible", gettext_lazy("not eligible")),
            ("put_on_hold", gettext_lazy("on hold")),
            ("verify", gettext_lazy("visited and identified, no result yet")),
        ],
    )
    reason_code = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        required=False,
        choices=[("", gettext_lazy("Choose")), *ReasonCode.choices],
        help_text=gettext_lazy("Needed for “not eligible” and “on hold”."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=500)
    decided_on = DayField(label=gettext_lazy("Date of the decision"))
    session = forms.ModelChoiceField(
        VerificationSession.objects.all(),
        label=gettext_lazy("In the session"),
        required=False,
        empty_label=gettext_lazy("none"),
        help_text=gettext_lazy("The results of a session stand in its minutes."),
    )
    layout: ClassVar[Layout] = Layout("act", "reason_code", "note", "session", "decided_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = VerificationSession.objects.select_related("place").order_by("-held_on", "-pk")
        self.fields["session"].queryset = newest  # type: ignore[attr-defined]
        self.fields["session"].label_from_instance = (  # type: ignore[attr-defined]
            lambda row: f"{format_date(row.held_on)}, {row.place.label}"
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "act" not in data or "reason_code" not in data:
            return data
        step, reason = workflow.ELIGIBILITY.transition(data["act"]), data["reason_code"]
        if step.reason_required and not reason:
            self.add_error("reason_code", _("Say why."))
        if step.reason_required and reason == ReasonCode.OTHER and not data.get("note"):
            self.add_error("note", _("Write what the other reason is."))
        return data

    def finding(self) -> Finding:
        return Finding(**self.cleaned_data)


class BankCheckForm(PlainForm, forms.Form):
    act = ChooseField(
        label=gettext_lazy("The bank's answer"),
        choices=[
            ("confirm_active", gettext_lazy("active")),
            ("report_blocked", gettext_lazy("blocked")),
            ("report_dormant", gettext_lazy("dormant")),
            ("report_name_differs", gettext_lazy("the holder's name differs")),
        ],
    )
    checked_on = DayField(label=gettext_lazy("Date of the bank's answer"))
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        max_length=200,
        help_text=gettext_lazy("Number of the bank's letter, or who answered."),
    )

    def answer(self) -> BankAnswer:
        return BankAnswer(**self.cleaned_data)


class StatementForm(PlainForm, forms.Form):
    signed_on = DayField(label=gettext_lazy("Signed on"))
    witnesses = forms.CharField(
        label=gettext_lazy("Witnesses"),
        max_length=200,
        help_text=gettext_lazy("The names of the two witnesses."),
    )
    by_thumb = forms.BooleanField(
        label=gettext_lazy("She put her thumb to it instead of signing"), required=False
    )
