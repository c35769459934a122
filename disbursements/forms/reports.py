"""Filter of the reports: whose money and where."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.forms.fields import DayField
from cases.models import BankAccount
from disbursements.listing import visible_places
from disbursements.models import Funder
from kotim_social.accounts.models import User
from kotim_social.formlayout import PlainFilter
from kotim_social.regions.models import Lokalisasi


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
    lokalisasi = forms.ModelChoiceField(
        label=gettext_lazy("Lokalisasi"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("All"),
    )
    batch = forms.CharField(label=gettext_lazy("Batch"), max_length=30, required=False)
    bank = forms.ChoiceField(label=gettext_lazy("Bank"), required=False)
    first = DayField(label=gettext_lazy("Result from"), required=False, help_text="")
    last = DayField(label=gettext_lazy("Result until"), required=False, help_text="")
    paper = forms.ChoiceField(
        label=gettext_lazy("Paper size"),
        required=False,
        choices=[(size, size.replace("_", " ")) for size in settings.PAPER_SIZES],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = visible_places(user)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        self.fields["lokalisasi"].queryset = Lokalisasi.objects.filter(  # type: ignore[attr-defined]
            pk__in=places.values("lokalisasi")
        )
        banks = BankAccount.objects.exclude(state="closed").order_by("bank").distinct()
        names = [(name, name) for name in banks.values_list("bank", flat=True) if name]
        self.fields["bank"].choices = [("", _("All")), *names]  # type: ignore[attr-defined]
        self.fields["paper"].initial = settings.PAPER_SIZE
