"""Forms of the casework: few fields, the day preset, and never a question that may not be asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases.consents import HOME
from cases.forms.fields import ChooseField, DayField
from cases.models import Consent, Layer, Provider, Visit
from cases.models.casework import Risk
from kotim_social.accounts.models import RoleGrant, User
from kotim_social.accounts.roles import Role
from kotim_social.formlayout import PlainForm
from kotim_social.lib.dates import today

LONG = 4000
YES_NO = (("yes", gettext_lazy("She agrees")), ("no", gettext_lazy("She does not agree")))


def _text(label: Any, **more: Any) -> forms.CharField:
    rows = more.pop("rows", 3)
    return forms.CharField(
        label=label, max_length=LONG, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


class DatedForm(PlainForm, forms.Form):
    """A form whose day of business is today until somebody says otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, DayField) and field.initial is None:
                field.initial = today()


class VisitForm(DatedForm):
    note = _text(
        gettext_lazy("How she is"),
        help_text=gettext_lazy("Nothing about her past, her clients or her blood tests."),
    )
    met_on = DayField(label=gettext_lazy("Date of the visit"))
    way = forms.ChoiceField(
        label=gettext_lazy("How"), choices=Visit.Way.choices, initial=Visit.Way.VISIT
    )
    missed = forms.BooleanField(label=gettext_lazy("She was not met"), required=False)

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        missed = data.pop("missed")
        return {**data, "was_met": not missed}


class NoteForm(PlainForm, forms.Form):
    text = _text(
        gettext_lazy("Note"),
        rows=5,
        help_text=gettext_lazy("Nothing about her past, her clients or her blood tests."),
    )
    confidential = forms.BooleanField(
        label=gettext_lazy("Confidential: only you and the supervisors read it"), required=False
    )


class NoteTextForm(PlainForm, forms.Form):
    text = _text(gettext_lazy("Note"), rows=5)


class AssessmentForm(DatedForm):
    risk = ChooseField(label=gettext_lazy("Risk"), choices=Risk.choices)
    summary = _text(
        gettext_lazy("What you found"),
        help_text=gettext_lazy(
            "Housing, income, children, papers, safety. Nothing about her past, her clients or "
            "her blood tests."
        ),
    )
    assessed_on = DayField(label=gettext_lazy("Date"))


class ReviewForm(PlainForm, forms.Form):
    note = _text(gettext_lazy("What is to be done"))


class PlanLineForm(PlainForm, forms.Form):
    what = _text(gettext_lazy("What is to be done"), rows=2)
    provider = forms.ModelChoiceField(
        label=gettext_lazy("Provider"),
        queryset=Provider.objects.order_by("name"),
        required=False,
        empty_label=gettext_lazy("our own office"),
    )
    due_on = DayField(label=gettext_lazy("Due on"))


class PlanEndForm(DatedForm):
    act = ChooseField(
        label=gettext_lazy("What became of it"),
        choices=[("finish", gettext_lazy("Done")), ("drop", gettext_lazy("Dropped"))],
        initial="finish",
    )
    outcome = _text(gettext_lazy("Outcome"), rows=2)
    ended_on = DayField(label=gettext_lazy("Date"))


class ReferralForm(DatedForm):
    provider = forms.ModelChoiceField(
        label=gettext_lazy("Refer her to"), queryset=Provider.objects.order_by("name")
    )
    need = _text(
        gettext_lazy("What she needs there"),
        rows=2,
        help_text=gettext_lazy("This is printed in the letter."),
    )
    referred_on = DayField(label=gettext_lazy("Date of the letter"))


class AnswerForm(DatedForm):
    act = ChooseField(
        label=gettext_lazy("Answer"),
        choices=[
            ("accept", gettext_lazy("She is accepted")),
            ("decline", gettext_lazy("She is declined")),
            ("call_off", gettext_lazy("Called off")),
        ],
    )
    answer = _text(gettext_lazy("What the answer says"), rows=2)
    answered_on = DayField(label=gettext_lazy("Date"))


class BreachForm(DatedForm):
    happened_on = DayField(label=gettext_lazy("It happened on"))
    evidence = _text(
        gettext_lazy("Evidence"), help_text=gettext_lazy("Who saw what, and which paper says so.")
    )


class HearingForm(DatedForm):
    her_side = _text(gettext_lazy("What she says herself"))
    heard_on = DayField(label=gettext_lazy("She was heard on"))


class FindingForm(PlainForm, forms.Form):
    act = ChooseField(
        label=gettext_lazy("Finding"),
        choices=[("find", gettext_lazy("A breach")), ("dismiss", gettext_lazy("No breach"))],
    )
    finding = _text(gettext_lazy("Reasons"))


class ConsentForm(DatedForm):
    """Layer and receiver are one question: each receiver is offered by its name."""

    subject = forms.ChoiceField(label=gettext_lazy("What it is for"))
    agreed = ChooseField(label=gettext_lazy("Her answer"), choices=YES_NO, initial="yes")
    given_on = DayField(label=gettext_lazy("Date"))
    witness = forms.CharField(label=gettext_lazy("Witness"), max_length=120)
    form = ChooseField(
        label=gettext_lazy("How she said so"),
        choices=Consent.Form.choices,
        initial=Consent.Form.SIGNED,
    )

    def __init__(self, *args: Any, home_office: str = "", **kwargs: Any) -> None:
        """`home_office`: the office of her home region, which confirms that she comes from there"""
        super().__init__(*args, **kwargs)
        providers = Provider.objects.order_by("name").values_list("pk", "name")
        self._receivers: dict[Any, str] = {**({HOME: home_office} if home_office else {})}
        self._receivers.update(providers)
        layers = [(code, label) for code, label in Layer.choices if code != Layer.SHARING]
        receivers = [(f"{Layer.SHARING}:{pk}", name) for pk, name in self._receivers.items()]
        self.fields["subject"].choices = [  # type: ignore[attr-defined]
            *layers,
            (gettext_lazy("Her data may go to"), receivers),
        ]

    def answer(self) -> dict[str, Any]:
        """What the action wants to know, without the form's own shorthand."""
        data = dict(self.cleaned_data)
        layer, _colon, pk = data.pop("subject").partition(":")
        names = {str(key): name for key, name in self._receivers.items()}
        return {
            **data,
            "layer": layer,
            "receiver": names.get(pk, ""),
            "agreed": data["agreed"] == "yes",
        }


class WithdrawForm(DatedForm):
    withdrawn_on = DayField(label=gettext_lazy("Date"))
    reason = _text(
        gettext_lazy("Reason"),
        required=False,
        rows=2,
        help_text=gettext_lazy("She need not give one."),
    )


class OfferForm(PlainForm, forms.Form):
    receiver = forms.ModelChoiceField(
        label=gettext_lazy("Hand over to"), queryset=User.objects.none()
    )
    reason = _text(gettext_lazy("Reason"), rows=2)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grants = RoleGrant.objects.on(today())
        holders = grants.filter(role=Role.PETUGAS).values("user")
        people = User.objects.filter(pk__in=holders, is_active=True).exclude(pk=user.pk)
        self.fields["receiver"].queryset = people.order_by("full_name")  # type: ignore[attr-defined]


class ProviderForm(PlainForm, forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)
