"""Forms of what happens on the way: incidents, and how somebody's journey ends otherwise."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import DayField
from kotim_social.accounts.models import RoleGrant, User
from kotim_social.accounts.roles import ROLE_PERMISSIONS, Perm
from kotim_social.formlayout import PlainForm
from kotim_social.lib.dates import today
from repatriation.actions.incidents import Report
from repatriation.actions.outcomes import How, Outcome
from repatriation.models import Incident

HOW = (
    (How.ALONE, _("went on by herself and reached her home")),
    (How.CAME_BACK, _("came back here")),
    (How.NOT_FOUND, _("was not found")),
    (How.DECEASED, _("died")),
)


def _note(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def _day(label: Any) -> DayField:
    return DayField(label=label, initial=today)


class IncidentForm(PlainForm, forms.Form):
    kind = forms.ChoiceField(label=_("What happened on the way"), choices=Incident.Kind.choices)
    note = _note(_("Note"))
    on = _day(_("Date"))

    @property
    def report(self) -> Report:
        return Report(self.cleaned_data["kind"], self.cleaned_data["note"], self.cleaned_data["on"])


class SettleForm(PlainForm, forms.Form):
    outcome = _note(_("How it was cleared up"))
    on = _day(_("Date"))


class HandIncidentForm(PlainForm, forms.Form):
    """Who clears it up, by when."""

    owner = forms.ModelChoiceField(label=_("Who clears it up"), queryset=User.objects.none())
    due_on = DayField(label=_("To be cleared up by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [role for role, perms in ROLE_PERMISSIONS.items() if Perm.BATCH_TRAVEL in perms]
        holders = RoleGrant.objects.on(today()).filter(role__in=roles).values("user")
        users = User.objects.filter(is_active=True, pk__in=holders).order_by("full_name")
        self.fields["owner"].queryset = users  # type: ignore[attr-defined]
        self.fields["owner"].label_from_instance = lambda user: user.full_name  # type: ignore[attr-defined]


class OutcomeForm(PlainForm, forms.Form):
    how = forms.ChoiceField(label=_("What became of her"), choices=HOW, widget=forms.RadioSelect)
    on = _day(_("Date"))
    reason = _note(_("Proof or reason"))

    @property
    def outcome(self) -> Outcome:
        filled = self.cleaned_data
        return Outcome(How(filled["how"]), filled["reason"], filled["on"])
