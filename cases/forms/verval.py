"""Forms of sessions, stages, objections, late proposals, information sessions, the calendar."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from cases.forms.fields import DayField
from cases.forms.person import PersonForm
from kotim_social.accounts.models import User
from kotim_social.formlayout import PlainForm
from kotim_social.lib.dates import today
from kotim_social.regions.models import Lokalisasi, Place


def _long(label: Any, *, rows: int = 3, limit: int = 1000, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=limit, widget=widget, **more)


class FreezeForm(PlainForm, forms.Form):
    frozen_on = DayField(label=gettext_lazy("Frozen on"), initial=today)


class BecauseForm(PlainForm, forms.Form):
    because = _long(gettext_lazy("Reason"), limit=500)


class AnswerForm(PlainForm, forms.Form):
    """The answer to something with its date: an objection, a late proposal."""

    outcome = _long(gettext_lazy("The answer and why"))
    decided_on = DayField(label=gettext_lazy("Date of the answer"), initial=today)


class AcceptForm(AnswerForm):
    other_person = forms.CharField(
        label=gettext_lazy("Why she is another person"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Needed when somebody like her is recorded already."),
    )


class CheckForm(PlainForm, forms.Form):
    note = _long(gettext_lazy("What you saw and whom you asked"))
    checked_on = DayField(label=gettext_lazy("Date of your check"), initial=today)


class ObjectionForm(PlainForm, forms.Form):
    grounds = _long(gettext_lazy("What she says against the finding"))
    raised_on = DayField(label=gettext_lazy("Date of the objection"), initial=today)


class SessionForm(PlainForm, forms.Form):
    place = forms.ModelChoiceField(
        Place.objects.all(), label=gettext_lazy("Place"), empty_label=gettext_lazy("Choose")
    )
    held_on = DayField(label=gettext_lazy("Date of the session"), initial=today)
    venue = forms.CharField(label=gettext_lazy("Where"), required=False, max_length=120)
    team = _long(
        gettext_lazy("Team"),
        rows=4,
        limit=600,
        help_text=gettext_lazy("One person a line, for example: Contoh Satu – Ketua tim"),
    )
    village_head = forms.CharField(
        label=gettext_lazy("Head of the village"), required=False, max_length=120
    )
    district_head = forms.CharField(
        label=gettext_lazy("Head of the kecamatan"), required=False, max_length=120
    )


class BriefingForm(PlainForm, forms.Form):
    lokalisasi = forms.ModelChoiceField(
        Lokalisasi.objects.none(),
        label=gettext_lazy("Lokalisasi"),
        empty_label=gettext_lazy("Choose"),
    )
    held_on = DayField(label=gettext_lazy("Date of the session"), initial=today)
    venue = forms.CharField(label=gettext_lazy("Where"), max_length=120)
    agencies = forms.CharField(
        label=gettext_lazy("Agencies taking part"),
        max_length=300,
        help_text=gettext_lazy("Several with a comma between them."),
    )
    told = _long(gettext_lazy("What was told"))
    managers = forms.IntegerField(
        label=gettext_lazy("Managers who came"),
        min_value=0,
        max_value=999,
        initial=0,
        help_text=gettext_lazy("Only how many: their names are not written down."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Lokalisasi.objects.order_by("name")
        if not user.sees_everything:
            rows = rows.filter(pk__in=user.lokalisasi_ids)
        self.fields["lokalisasi"].queryset = rows  # type: ignore[attr-defined]


class ClosingForm(PlainForm, forms.Form):
    planned_closing = DayField(
        label=gettext_lazy("Planned closing"),
        help_text=gettext_lazy("A person's age is taken on this day."),
    )
    declared_on = DayField(label=gettext_lazy("Declaration day"), required=False)
    closed_on = DayField(label=gettext_lazy("Really closed on"), required=False)
    because = _long(gettext_lazy("Reason"), limit=500)


class ProposalForm(PersonForm):
    """Who is proposed too late, asked as everybody is, and the evidence that she lives there."""

    order: ClassVar[tuple[str, ...]] = (
        "name", "nik", "nik_note", "birth_place", "birth_date", "mother_name", "home", "place",
        "wisma", "arrived_on", "rt_witness", "evidence", "proposed_on",
    )  # fmt: skip
    arrived_on = DayField(label=gettext_lazy("Living there since"))
    rt_witness = forms.CharField(
        label=gettext_lazy("Witness of the RT"),
        max_length=120,
        help_text=gettext_lazy("Name and function of who confirms that she lives there."),
    )
    evidence = _long(
        gettext_lazy("Evidence that she lives there"),
        help_text=gettext_lazy("For example: the letter of the RT with number and date."),
    )
    proposed_on = DayField(label=gettext_lazy("Date of the proposal"), initial=today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wisma"].required = True

    def values(self) -> dict[str, Any]:
        """The columns of the proposal."""
        data = self.cleaned_data
        names = (
            "name", "nik_note", "birth_place", "birth_date", "mother_name", "wisma", "arrived_on",
            "rt_witness", "evidence", "proposed_on", "home_regency_id", "home_district_id",
        )  # fmt: skip
        return {
            **{name: data[name] for name in names},
            "nik": data["nik"] or None,
            "place_id": data["place"].pk,
        }
