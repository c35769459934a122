"""Forms of requests about personal data."""

from __future__ import annotations

from datetime import time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from cases.data_terms import RequestKind
from cases.forms.fields import ChooseField, DayField
from cases.models import DataRequest
from kotim_social.formlayout import PlainForm
from kotim_social.lib.dates import today

LONG = 2000


def _now() -> time:
    return timezone.localtime().time().replace(second=0, microsecond=0)


class WishForm(PlainForm, forms.Form):
    kind = ChooseField(label=gettext_lazy("What she asks for"), choices=RequestKind.choices)
    wanted = forms.CharField(
        label=gettext_lazy("In her words"),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    channel = ChooseField(label=gettext_lazy("How it came"), choices=DataRequest.Channel.choices)
    received_on = DayField(label=gettext_lazy("Received on"), initial=today)
    received_time = forms.TimeField(
        label=gettext_lazy("At what time"),
        initial=_now,
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(format="%H.%M"),
        help_text=gettext_lazy("For example: 14.30. The hours run from then."),
    )


class OutcomeForm(PlainForm, forms.Form):
    outcome = forms.CharField(
        label=gettext_lazy("The answer and why"),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
