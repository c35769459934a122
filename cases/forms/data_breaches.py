"""Forms of the register of data breaches."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.data_breaches import BreachFacts
from cases.forms.fields import ChooseField, DayField
from cases.models import BreachNotice, DataBreach, Worker
from kotim_social.accounts.models import User
from kotim_social.formlayout import PlainForm
from kotim_social.lib.dates import today
from kotim_social.regions.models import Place

LONG = 2000
MOST_PEOPLE = 100_000


def _text(label: Any, *, required: bool = True, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONG,
        required=required,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _clock(label: Any, *, required: bool = True, initial: Any = None) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=required,
        initial=initial,
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(format="%H.%M"),
        help_text=gettext_lazy("For example: 14.30"),
    )


def _now() -> time:
    return timezone.localtime().time().replace(second=0, microsecond=0)


def _moment(day: Any, clock: time | None) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock or time(0, 0)))


class BreachForm(PlainForm, forms.Form):
    kind = ChooseField(label=gettext_lazy("What kind of breach"), choices=DataBreach.Kind.choices)
    discovered_on = DayField(label=gettext_lazy("Discovered on"), initial=today)
    discovered_time = _clock(gettext_lazy("Discovered at what time"), initial=_now)
    happened_on = DayField(
        label=gettext_lazy("Happened on"),
        required=False,
        help_text=gettext_lazy("Leave it empty while nobody knows."),
    )
    happened_time = _clock(gettext_lazy("Happened at what time"), required=False)
    how = _text(
        gettext_lazy("What happened, and how"),
        hint=gettext_lazy("This goes into the letters: no names, no account numbers."),
    )
    data = _text(
        gettext_lazy("Which data"),
        hint=gettext_lazy("For example: names and telephone numbers of one place."),
    )
    people_estimated = forms.IntegerField(
        label=gettext_lazy("How many people, as far as known"), min_value=0, max_value=MOST_PEOPLE
    )
    cause = _text(gettext_lazy("Cause"), required=False)
    measures = _text(
        gettext_lazy("What is done about it"),
        required=False,
        hint=gettext_lazy("The law wants it in the letters."),
    )

    @classmethod
    def of(cls, breach: DataBreach, data: Any) -> BreachForm:
        """The form filled with what is known so far."""
        found = timezone.localtime(breach.discovered)
        began = timezone.localtime(breach.happened) if breach.happened else None
        initial = {
            "discovered_on": found.date(),
            "discovered_time": found.time(),
            "happened_on": began and began.date(),
            "happened_time": began and began.time(),
            **{
                name: getattr(breach, name)
                for name in (
                    "kind", "how", "data", "people_estimated", "cause", "measures",
                )
            },
        }  # fmt: skip
        return cls(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("happened_time") and not found.get("happened_on"):
            self.add_error("happened_on", _("Give the date as well."))
        return found

    def facts(self) -> BreachFacts:
        found = self.cleaned_data
        day = found["happened_on"]
        return BreachFacts(
            kind=found["kind"],
            happened=_moment(day, found["happened_time"]) if day else None,
            discovered=_moment(found["discovered_on"], found["discovered_time"]),
            **{
                name: found[name]
                for name in ("how", "data", "people_estimated", "cause", "measures")
            },
        )


class NamePeopleForm(PlainForm, forms.Form):
    numbers = forms.CharField(
        label=gettext_lazy("Register numbers"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("For example: KTM-2017-0001, KTM-2017-0002"),
    )
    places = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Everybody of these places"),
        required=False,
        queryset=Place.objects.order_by("code"),
        widget=forms.CheckboxSelectMultiple,
    )
    everybody = forms.BooleanField(label=gettext_lazy("Everybody in the register"), required=False)

    def people(self, user: User) -> list[UUID]:
        """Ids of those meant; unknown numbers become an error of the form."""
        found, seen = self.cleaned_data, Worker.objects.visible_to(user)
        seen = seen.exclude(case_state="merged")
        if found["everybody"]:
            return list(seen.values_list("pk", flat=True))
        numbers = {text.upper() for text in re.split(r"[\s,;]+", found["numbers"]) if text}
        known = dict(seen.filter(register_no__in=numbers).values_list("register_no", "pk"))
        if unknown := sorted(numbers - set(known)):
            shown = ", ".join(unknown[:10])
            self.add_error("numbers", _("Not in the register: %(numbers)s") % {"numbers": shown})
            return []
        of_places = seen.filter(place__in=found["places"]).values_list("pk", flat=True)
        return list({*known.values(), *of_places})


class ConclusionForm(PlainForm, forms.Form):
    conclusion = _text(gettext_lazy("Conclusion"))


class ReasonForm(PlainForm, forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class AuthorityForm(PlainForm, forms.Form):
    office = forms.CharField(label=gettext_lazy("Name of the office"), max_length=120)


class SendingForm(PlainForm, forms.Form):
    """Which letters went out, preset to all that wait, and when and how."""

    def __init__(self, *args: Any, notices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(str(one.pk), self.said(one)) for one in notices]
        letters: Any = self.fields["notices"]
        letters.choices = rows
        letters.initial = [key for key, _label in rows]

    notices = forms.MultipleChoiceField(
        label=gettext_lazy("Letters"), widget=forms.CheckboxSelectMultiple
    )
    channel = ChooseField(label=gettext_lazy("How"), choices=BreachNotice.Channel.choices)
    sent_on = DayField(label=gettext_lazy("Sent or handed over on"), initial=today)
    sent_time = _clock(gettext_lazy("At what time"), initial=_now)
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Receipt, or who took the letter."),
    )

    @staticmethod
    def said(notice: BreachNotice) -> str:
        whom = notice.worker.name if notice.worker else notice.receiver_name
        return f"{notice.letter.number}: {whom}"

    def moment(self) -> datetime:
        return _moment(self.cleaned_data["sent_on"], self.cleaned_data["sent_time"])
