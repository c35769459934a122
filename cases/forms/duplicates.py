"""Form of the finding that two records are of two people."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from kotim_social.formlayout import PlainForm


class DifferentForm(PlainForm, forms.Form):
    other = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Why they are two people"), min_length=4, max_length=300
    )
