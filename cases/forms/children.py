"""Forms of the referral path of a child: few fields, and never what was done to her."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.children import Letter
from cases.forms.casework import LONG, DatedForm
from cases.forms.fields import ChooseField, DayField, NameField
from cases.models import ChildReferral, Provider
from kotim_social.accounts.models import RoleGrant, User
from kotim_social.accounts.roles import Role
from kotim_social.lib.dates import today
from kotim_social.regions.models import Place

_NOT_WHAT = gettext_lazy("What she needs, in few words; never what was done to her.")


def _text(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}), **more
    )


class OpenForm(DatedForm):
    name = NameField(label=gettext_lazy("Name"), max_length=120)
    birth_date = DayField(label=gettext_lazy("Date of birth"), initial="")
    place = forms.ModelChoiceField(
        label=gettext_lazy("Place"), queryset=Place.objects.select_related("lokalisasi")
    )
    registered_on = DayField(label=gettext_lazy("Met on"))


class BirthDateForm(DatedForm):
    birth_date = DayField(label=gettext_lazy("Date of birth"), initial="")


class AssignForm(DatedForm):
    officer = forms.ModelChoiceField(label=gettext_lazy("Caseworker"), queryset=User.objects.none())
    due_on = DayField(label=gettext_lazy("Next step due on"))
    note = _text(gettext_lazy("Note"), required=False, help_text=_NOT_WHAT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        holders = RoleGrant.objects.on(today()).filter(role=Role.PETUGAS).values("user")
        people = User.objects.filter(pk__in=holders, is_active=True).order_by("full_name")
        self.fields["officer"].queryset = people  # type: ignore[attr-defined]


class LetterForm(DatedForm):
    """A step that a letter belongs to."""

    letter_no = forms.CharField(label=gettext_lazy("Letter number"), max_length=60)
    letter_on = DayField(label=gettext_lazy("Date of the letter"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if bool(data.get("letter_no")) != bool(data.get("letter_on")) and not self.errors:
            raise ValidationError(_("A letter has a number and a date."))
        return data

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        letter = Letter(no=data.pop("letter_no"), on=data.pop("letter_on"))
        return {**data, "letter": letter}


class ReferForm(LetterForm):
    provider = forms.ModelChoiceField(
        label=gettext_lazy("Referred to"), queryset=Provider.objects.order_by("name")
    )
    note = _text(gettext_lazy("What the child needs"), help_text=_NOT_WHAT)
    done_on = DayField(label=gettext_lazy("Referred on"))
    due_on = DayField(label=gettext_lazy("Answer due on"))

    field_order = ("provider", "note", "letter_no", "letter_on", "done_on", "due_on")


class AnswerForm(LetterForm):
    act = ChooseField(
        label=gettext_lazy("Answer"),
        choices=(
            ("accept", gettext_lazy("The child is accepted")),
            ("decline", gettext_lazy("The child is declined")),
        ),
    )
    note = _text(gettext_lazy("What the answer says"))
    done_on = DayField(label=gettext_lazy("Answered on"))
    due_on = DayField(label=gettext_lazy("Next step due on"))

    field_order = ("act", "note", "letter_no", "letter_on", "done_on", "due_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("letter_no", "letter_on"):
            self.fields[name].required = False
        self.fields["letter_on"].initial = None


class HandOverForm(DatedForm):
    received_by = forms.CharField(
        label=gettext_lazy("Who received the child"),
        max_length=200,
        help_text=gettext_lazy("Name and office."),
    )
    done_on = DayField(label=gettext_lazy("Handed over on"))
    note = _text(gettext_lazy("Note"), required=False, help_text=_NOT_WHAT)


class CloseForm(DatedForm):
    outcome = ChooseField(
        label=gettext_lazy("What became of the child"), choices=ChildReferral.Outcome.choices
    )
    done_on = DayField(label=gettext_lazy("Closed on"))
    note = _text(gettext_lazy("How it ended"))
