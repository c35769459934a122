"""Forms of a payment list: the filter, the choice of a new one, and the facts of each act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.forms.fields import DayField
from disbursements.listing import batch_called, visible_places
from disbursements.models import AssistanceKind, BudgetYear, Funder
from disbursements.rules import payable_kinds
from disbursements.workflow import PAYMENT_LIST
from kotim_social.accounts.models import User
from kotim_social.formlayout import PlainFilter, PlainForm, ReasonField
from kotim_social.lib.dates import today


def nobody_in(code: str) -> str:
    """What a filter says of a batch that is not there, or that nobody is in."""
    words = _("Nobody is in a batch with the code %(code)s. Look at the codes among the batches.")
    return words % {"code": code}


class ListFilter(PlainFilter, forms.Form):
    """Filter of the payment lists, kept in the address."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    waiting = forms.ChoiceField(label=gettext_lazy("Whose turn"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _("All"))
        self.fields["state"].choices = [everything, *PAYMENT_LIST.choices]  # type: ignore[attr-defined]
        self.fields["waiting"].choices = [  # type: ignore[attr-defined]
            everything,
            ("me", _("Waiting for you")),
        ]


class NewListForm(PlainForm, forms.Form):
    """What the list is for: kinds of one funder paid in one way, places, batch, budget year."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What is paid"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Kinds of one funder that are paid in the same way."),
        error_messages={"required": gettext_lazy("Choose at least one kind.")},
    )
    places = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Places"),
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("None chosen: all places."),
    )
    batch = forms.CharField(label=gettext_lazy("Batch"), max_length=30, required=False)
    budget_year = forms.ModelChoiceField(
        label=gettext_lazy("Budget year"), queryset=None, empty_label=None
    )
    readiness = forms.ChoiceField(
        label=gettext_lazy("Of those who are ready"),
        required=False,
        choices=[
            ("", gettext_lazy("Everybody")),
            ("plain", gettext_lazy("Only those without a warning")),
            ("warned", gettext_lazy("Only those with a warning")),
            ("again", gettext_lazy("Only those whose money came back")),
        ],
    )
    # The one reason whose people are shown among those left out; chosen by a link on the page.
    because = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.payable = {
            funder.code: (funder, payable_kinds(funder.code)) for funder in Funder.objects.all()
        }
        self.fields["kinds"].choices = [  # type: ignore[attr-defined]
            (funder.name, [(kind.code, _label(kind)) for kind in kinds])
            for funder, kinds in self.payable.values()
            if kinds
        ]
        self.fields["places"].queryset = visible_places(user)  # type: ignore[attr-defined]
        years = BudgetYear.objects.filter(closed_on__isnull=True).order_by("-year")
        self.fields["budget_year"].queryset = years  # type: ignore[attr-defined]
        self.fields["budget_year"].initial = years.first()

    def clean_batch(self) -> str:
        typed: str = self.cleaned_data["batch"].strip()
        code = batch_called(typed, self.user) if typed else ""
        if typed and not code:
            raise forms.ValidationError(nobody_in(typed))
        return code

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = set(data.get("kinds", ()))
        if not chosen:
            return data
        funders = [
            (funder, [kind for kind in kinds if kind.code in chosen])
            for funder, kinds in self.payable.values()
        ]
        funders = [(funder, kinds) for funder, kinds in funders if kinds]
        if len(funders) > 1:
            self.add_error("kinds", _("Choose kinds of one funder: each list has one funder."))
            return data
        data["funder"], data["kinds"] = funders[0]
        if len({kind.method for kind in data["kinds"]}) > 1:
            self.add_error(
                "kinds",
                _("Choose kinds that are paid in the same way: by transfer or in cash."),
            )
        return data

    def as_hidden(self) -> list[tuple[str, str]]:
        """The valid choice as hidden fields for the next step."""
        data = self.cleaned_data
        pairs = [("kinds", kind.code) for kind in data["kinds"]]
        pairs += [("places", place.pk) for place in data["places"]]
        pairs += [("batch", data["batch"]), ("budget_year", str(data["budget_year"].pk))]
        pairs += [(name, data[name]) for name in ("readiness", "because") if data[name]]
        return pairs


def _label(kind: AssistanceKind) -> str:
    return f"{kind.name} ({kind.get_method_display()})"


class ReasonForm(PlainForm, forms.Form):
    """An act that needs its reason."""

    reason = ReasonField()


class ApproveForm(PlainForm, forms.Form):
    """The yes, and with it the paper of the list."""

    with_roll = forms.BooleanField(
        label=gettext_lazy("Issue the nominal roll of the list too: it takes the next number"),
        required=False,
    )


class OrderForm(PlainForm, forms.Form):
    """The order to pay."""

    order_number = forms.CharField(
        label=gettext_lazy("SP2D or cheque number"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give the number of the order (SP2D or cheque).")},
    )
    ordered_on = DayField(label=gettext_lazy("Date of the order"), initial=today)


class ReverseForm(PlainForm, forms.Form):
    """Money that came back after it was booked."""

    happened_on = DayField(label=gettext_lazy("Date on which the money came back"), initial=today)
    paper = forms.CharField(
        label=gettext_lazy("Number of the paper"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give the number of the paper.")},
    )
    reason = ReasonField()
