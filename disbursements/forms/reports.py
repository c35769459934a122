"""Filter of the reports: whose money and where."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.forms.fields import DayField
from cases.models import BankAccount
from disbursements.forms.lists import nobody_in
from disbursements.listing import batch_called, visible_places
from disbursements.models import Funder, PaymentList
from kotim_social.accounts.models import User
from kotim_social.formlayout import PlainFilter
from kotim_social.lib.dates import today
from kotim_social.regions.models import Lokalisasi

SHOWN_MONTHS = 12
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


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
    month = forms.ChoiceField(label=gettext_lazy("Results of the month"), required=False)
    first = DayField(label=gettext_lazy("Result from"), required=False, help_text="")
    last = DayField(label=gettext_lazy("Result until"), required=False, help_text="")
    paper = forms.ChoiceField(
        label=gettext_lazy("Paper size"),
        required=False,
        choices=[(size, size.replace("_", " ")) for size in settings.PAPER_SIZES],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        # Why nobody is shown, where the address asks for what there is not.
        self.warnings: list[str] = []
        places = visible_places(user)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        self.fields["lokalisasi"].queryset = Lokalisasi.objects.filter(  # type: ignore[attr-defined]
            pk__in=places.values("lokalisasi")
        )
        banks = BankAccount.objects.exclude(state="closed").order_by("bank").distinct()
        names = [(name, name) for name in banks.values_list("bank", flat=True) if name]
        self.fields["bank"].choices = [("", _("All")), *names]  # type: ignore[attr-defined]
        self.fields["month"].choices = [("", _("All")), *_months(self.data)]  # type: ignore[attr-defined]
        self.fields["paper"].initial = settings.PAPER_SIZE

    def clean_batch(self) -> str:
        """An unknown code is no error: the report of nobody says why it is empty."""
        typed: str = self.cleaned_data["batch"].strip()
        code = batch_called(typed, self.user) if typed else ""
        if typed and not code:
            self.warnings.append(nobody_in(typed))
        return code or typed

    def clean(self) -> dict[str, Any]:
        """A month stands for its first and its last day, unless days are given as well."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("month") and not data.get("first") and not data.get("last"):
            year, month = map(int, data["month"].split("-"))
            data["first"] = date(year, month, 1)
            data["last"] = date(year, month, monthrange(year, month)[1])
        return data


class PaymentFilter(ReportFilter):
    """The same for papers of payments: of one list, or of whatever lists hold the chosen ones."""

    list = forms.ModelChoiceField(queryset=None, required=False, widget=forms.HiddenInput)
    only = forms.ChoiceField(
        label=gettext_lazy("Payments"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("new", gettext_lazy("Only those without this paper")),
        ],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        lists = PaymentList.objects.visible_to(user).select_related("funder", "budget_year")
        self.fields["list"].queryset = lists  # type: ignore[attr-defined]
        for name, label in (
            ("month", _("Payments of the month")),
            ("first", _("Paid from")),
            ("last", _("Paid until")),
        ):
            self.fields[name].label = label
        if self.is_of_list:
            del self.fields["funder"]

    @property
    def is_of_list(self) -> bool:
        """A list has one funder, so nothing is left to choose."""
        return bool(self.data.get("list"))


def _months(asked: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The last twelve, the newest first, and an older one that an address asks for."""
    now = today()
    numbers = [now.year * 12 + now.month - 1 - back for back in range(SHOWN_MONTHS)]
    days = [date(number // 12, number % 12 + 1, 1) for number in numbers]
    if found := _MONTH.fullmatch(str(asked.get("month", ""))):
        older = date(int(found[1]), int(found[2]), 1)
        days += [older] if older not in days and older < now else []
    return [(f"{day:%Y-%m}", date_format(day, "F Y")) for day in days]
