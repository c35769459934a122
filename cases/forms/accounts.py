"""Forms of her bank account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.accounts import AccountFacts
from cases.actions.books import HandOver
from cases.forms.fields import ChooseField, DayField, NameField
from cases.models import BookHandOver
from cases.register.values import read_account
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.formlayout import PlainForm


class AccountForm(PlainForm, forms.Form):
    """A new account; without its number it is only applied for."""

    bank = forms.CharField(
        label=gettext_lazy("Bank"), max_length=40, help_text=gettext_lazy("For example: BNI")
    )
    number = forms.CharField(
        label=gettext_lazy("Account number"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Leave it empty while the account is only applied for."),
    )
    holder = NameField(
        label=gettext_lazy("Name of the holder"),
        max_length=120,
        help_text=gettext_lazy("As in the savings book."),
    )
    opened_on = DayField(label=gettext_lazy("Opened on"), required=False)
    shared_because = forms.CharField(
        label=gettext_lazy("Why somebody else has the same number"),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, user: User, needs_number: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_number:
            self.fields["number"].required = True
            self.fields["number"].help_text = ""
        if not user.can(Perm.CORRECTION_ACCEPT):
            del self.fields["shared_because"]

    def clean_number(self) -> str:
        text = self.cleaned_data["number"].strip()
        if not text:
            return ""
        account = read_account(text)
        if account.trouble:
            raise ValidationError(_("An account number has 5 to 20 digits and nothing else."))
        return account.number

    def account(self) -> AccountFacts:
        return AccountFacts(**self.cleaned_data)


class HolderForm(PlainForm, forms.Form):
    """The name on the account, corrected."""

    holder = NameField(
        label=gettext_lazy("Name of the holder"),
        max_length=120,
        help_text=gettext_lazy("As in the savings book."),
    )
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        max_length=200,
        help_text=gettext_lazy("For example: copy of the savings book."),
    )


class HandOverForm(PlainForm, forms.Form):
    """What she took into her own hands, and before whom."""

    things = forms.MultipleChoiceField(
        label=gettext_lazy("What she got"),
        choices=(
            ("book", gettext_lazy("savings book")),
            ("card", gettext_lazy("bank card")),
            ("no_card", gettext_lazy("the bank gives no card with this account")),
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Say what she got: the book, the card, or both.")},
    )
    way = ChooseField(
        label=gettext_lazy("How she came by them"),
        choices=BookHandOver.Way.choices,
        initial=BookHandOver.Way.HANDED,
    )
    handed_on = DayField(label=gettext_lazy("Date of the hand-over"))
    handed_by_name = NameField(
        label=gettext_lazy("Who handed them over"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("An officer, or somebody of the bank."),
    )
    witnesses = forms.CharField(
        label=gettext_lazy("Witnesses"),
        max_length=200,
        help_text=gettext_lazy("The names of the two witnesses."),
    )
    by_thumb = forms.BooleanField(
        label=gettext_lazy("She put her thumb to the minutes"), required=False
    )

    def facts(self) -> HandOver:
        data = dict(self.cleaned_data)
        things = dict.fromkeys(data.pop("things"), True)
        data.pop("because", None)
        return HandOver(**data, **things)


class HandOverCorrectionForm(HandOverForm):
    """The same, as it really was; nothing chosen says that nothing was handed over."""

    because = forms.CharField(
        label=gettext_lazy("Why the entry is wrong"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        things = self.fields["things"]
        things.required = False
        things.help_text = gettext_lazy("Choose nothing when nothing was handed over after all.")
