"""Filter of the reports: whose money and where."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from disbursements.listing import visible_places
from disbursements.models import Funder
from kotim_social.accounts.models import User
from kotim_social.formlayout import PlainFilter


class ReportFilter(PlainFilter, forms.Form):
    """In the address, so that the printed paper covers what the screen shows."""

    funder = forms.ModelChoiceField(
        label=gettext_lazy("Funder"),
        queryset=Funder.objects.all(),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    place = forms.ModelChoiceField(
        label=gettext_lazy("Place"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("All"),
    )
    paper = forms.ChoiceField(
        label=gettext_lazy("Paper size"),
        required=False,
        choices=[(size, size.replace("_", " ")) for size in settings.PAPER_SIZES],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = visible_places(user)  # type: ignore[attr-defined]
        self.fields["paper"].initial = settings.PAPER_SIZE
