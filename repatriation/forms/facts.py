"""Forms for what is planned: seats, receiving office, legs, escorts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.timezone import is_aware, make_naive
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import DayField
from kotim_social.formlayout import PlainFilter, PlainForm
from kotim_social.regions.models import Province
from repatriation.actions.planning import FACTS
from repatriation.models import Batch, Escort, Leg, Officer, Zone


class SeatsForm(PlainFilter, forms.Form):
    """How many seats a batch has, escorts and children included."""

    seats = forms.IntegerField(
        label=_("Seats"),
        min_value=1,
        max_value=5000,
        help_text=_("Women, their children and the escorts sit on them."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    destination = forms.ModelChoiceField(
        label=_("Destination"),
        queryset=Province.objects.order_by("name"),
        required=False,
        empty_label=_("all provinces"),
    )
    grouping = forms.ChoiceField(
        label=_("One batch serves"),
        choices=[
            ("province", _("one province")),
            ("regency", _("one kabupaten/kota")),
            ("route", _("one route with drop-off points")),
        ],
        required=False,
    )
    route = forms.ModelMultipleChoiceField(
        label=_("Provinces on the route"),
        queryset=Province.objects.all(),
        required=False,
        help_text=_("People of these provinces travel together and get off on the way."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("grouping") == "route" and cleaned.get("destination"):
            self.add_error("destination", _("A route names its provinces itself."))
        if cleaned.get("grouping") == "route" and len(cleaned.get("route") or ()) < 2:
            self.add_error("route", _("Choose at least two provinces."))
        return cleaned


class BatchFactsForm(PlainForm, forms.ModelForm):  # type: ignore[type-arg]
    escort_order_on = DayField(label=_("Date of the escort order"), required=False)
    planned_departure = DayField(label=_("Planned departure"), required=False)
    planned_arrival = DayField(label=_("Planned arrival"), required=False)

    class Meta:
        model = Batch
        fields = FACTS
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "seats": forms.TextInput(attrs={"inputmode": "numeric"}),
            "notes": forms.Textarea(attrs={"rows": 3}),
            "emergency_contacts": forms.Textarea(attrs={"rows": 3}),
            "receiving_phone": forms.TextInput(attrs={"inputmode": "tel"}),
        }

    layout: ClassVar[Layout] = Layout(
        Fieldset(_("Receiving office"), "receiving_office", "receiving_contact", "receiving_phone"),
        Fieldset(_("On the way"), "drop_offs", "emergency_contacts"),
        Fieldset(_("Escort order"), "escort_order", "escort_order_on"),
        Fieldset(_("Plan"), "seats", "planned_departure", "planned_arrival", "notes"),
    )


class EmergencyForm(PlainForm, forms.Form):
    """Whom to call when something happens on the way."""

    contacts = forms.CharField(
        label=_("Emergency contacts"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line: who, and the telephone number."),
    )


class PortTimeField(forms.DateTimeField):
    """A time as the clock of a port shows it; which port's, another field says."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        formats = ["%Y-%m-%dT%H:%M", "%d-%m-%Y %H:%M", "%d-%m-%Y %H.%M", "%Y-%m-%d %H:%M"]
        super().__init__(widget=widget, input_formats=formats, required=False, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        moment = super().to_python(value)
        return make_naive(moment) if moment is not None and is_aware(moment) else moment


class LegForm(PlainForm, forms.ModelForm):  # type: ignore[type-arg]
    departure = PortTimeField(
        label=_("Departure"), help_text=_("As the clock at the place of departure shows it.")
    )
    arrival = PortTimeField(
        label=_("Arrival"), help_text=_("As the clock at the place of arrival shows it.")
    )

    class Meta:
        model = Leg
        fields = (
            "mode",
            "carrier",
            "vessel",
            "origin",
            "departure",
            "departure_zone",
            "target",
            "arrival",
            "arrival_zone",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leg = self.instance
        for name in ("departure", "arrival"):
            if (moment := getattr(leg, name)) is not None:
                zone = Zone(getattr(leg, f"{name}_zone")).tz
                self.initial[name] = moment.astimezone(zone).replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("departure", "arrival"):
            moment, zone = cleaned.get(name), cleaned.get(f"{name}_zone")
            if moment is not None and zone:
                cleaned[name] = moment.replace(tzinfo=Zone(zone).tz)
        return cleaned


class EscortForm(PlainForm, forms.Form):
    """An officer who is known already."""

    officer = forms.ModelChoiceField(
        label=_("Officer"), queryset=Officer.objects.none(), empty_label=_("Choose")
    )
    is_head = forms.BooleanField(label=_("Head of the batch"), required=False)
    order_number = forms.CharField(
        label=_("Number of the escort order"),
        required=False,
        max_length=80,
        help_text=_("Empty: the order of the batch."),
    )

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        along = batch.escorts.filter(active=True).values("officer")
        free = Officer.objects.filter(active=True).exclude(pk__in=along)
        self.fields["officer"].queryset = free  # type: ignore[attr-defined]


class HeadForm(PlainForm, forms.Form):
    """Which of those who go along is the head."""

    head = forms.ModelChoiceField(
        label=_("Head of the batch"),
        queryset=Escort.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        along = Escort.objects.filter(batch=batch, active=True).select_related("officer")
        head = along.filter(is_head=True).first()
        super().__init__(*args, initial={"head": head and head.pk}, **kwargs)
        field: Any = self.fields["head"]
        field.queryset = along.order_by("officer__name")
        field.label_from_instance = lambda escort: escort.officer.name


class OfficerForm(PlainForm, forms.ModelForm):  # type: ignore[type-arg]
    """An officer who is not known yet, sent along at once."""

    is_head = forms.BooleanField(label=_("Head of the batch"), required=False)

    class Meta:
        model = Officer
        fields = ("name", "sex", "nip", "rank")

    def clean_nip(self) -> str | None:
        """Typed in groups, as it is printed."""
        return "".join((self.cleaned_data["nip"] or "").split()) or None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="new", **kwargs)
        self.fields["nip"] = forms.CharField(
            label=_("NIP"), required=False, max_length=30, help_text=_("18 digits")
        )
        sexes = [("", _("Choose")), *Officer.Sex.choices]
        self.fields["sex"].choices = sexes  # type: ignore[attr-defined]
        self.order_fields(["name", "sex", "nip", "rank", "is_head"])
