"""Forms of the desk: a proof with its date, and a reason."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import DayField
from kotim_social.formlayout import PlainForm
from kotim_social.lib.dates import today


class WhyForm(PlainForm, forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class DatedProofForm(PlainForm, forms.Form):
    """When it happened, and the paper or person that proves it."""

    on = DayField(label=_("Date"), initial=today)
    proof = forms.CharField(
        label=_("Proof"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: number of the letter, ticket, or who reported it."),
    )
