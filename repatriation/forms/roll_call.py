"""Forms of acts: a date, a reason, and roll-calls in which everybody is preset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.forms.fields import DayField
from kotim_social.formlayout import PlainForm
from kotim_social.lib.dates import today
from repatriation.actions.road import HandOverTerms
from repatriation.models import HandOver, Incident, Member


class EmptyForm(PlainForm, forms.Form):
    """An act that asks nothing more."""


class ReasonForm(PlainForm, forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class DateForm(PlainForm, forms.Form):
    """The date of business; today unless it is written down later."""

    on = DayField(label=gettext_lazy("Date"), initial=today)


@dataclass(frozen=True)
class Row:
    """One line of a roll-call."""

    member: Member
    present: BoundField
    reason: BoundField
    kind: BoundField | None = None
    condition: BoundField | None = None
    differs: BoundField | None = None


class RollCallForm(DateForm):
    """Everybody is ticked; whoever is not needs a reason.

    A member who came to the list after the page was shown has no tick and no reason: the form
    asks about her, and nobody boards or arrives unseen.
    """

    reason_required = True
    has_kinds = False
    has_conditions = False

    def __init__(self, *args: Any, members: Iterable[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = list(members)
        for member in self.members:
            name = member.worker.name_in_lists
            self.fields[f"present-{member.pk}"] = forms.BooleanField(
                label=name, required=False, initial=True
            )
            self.fields[f"reason-{member.pk}"] = forms.CharField(
                label=_("Reason: %(name)s") % {"name": name}, required=False, max_length=200
            )

    def rows(self) -> Iterator[Row]:
        for member in self.members:
            pk = member.pk
            yield Row(
                member,
                self[f"present-{pk}"],
                self[f"reason-{pk}"],
                self[f"kind-{pk}"] if self.has_kinds else None,
                self[f"condition-{pk}"] if self.has_conditions else None,
                self[f"differs-{pk}"] if self.has_conditions else None,
            )

    @property
    def exceptions(self) -> dict[UUID, str]:
        """Member id → reason."""
        return {
            member.pk: self.cleaned_data[f"reason-{member.pk}"]
            for member in self.members
            if not self.cleaned_data[f"present-{member.pk}"]
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for member in self.members if self.reason_required else ():
            reason = cleaned.get(f"reason-{member.pk}", "").strip()
            if not cleaned.get(f"present-{member.pk}") and not reason:
                self.add_error(f"reason-{member.pk}", _("Give a reason."))
        return cleaned


class TravelCallForm(RollCallForm):
    """On the way the absence of somebody is an incident of some kind."""

    has_kinds = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for member in self.members:
            self.fields[f"kind-{member.pk}"] = forms.ChoiceField(
                label=_("What happened: %(name)s") % {"name": member.worker.name_in_lists},
                choices=Incident.Kind.choices,
                required=False,
                initial=Incident.Kind.OTHER,
            )

    @property
    def kinds(self) -> dict[UUID, str]:
        return self._of_each("kind")

    def _of_each(self, name: str) -> dict[UUID, str]:
        """What was filled in for each: member id → value."""
        return {member.pk: self.cleaned_data[f"{name}-{member.pk}"] for member in self.members}


class HandOverForm(TravelCallForm):
    """Who receives them, which papers go with all, and how somebody differs."""

    has_conditions = True
    received_by = forms.CharField(
        label=gettext_lazy("Received by"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Empty: the contact of the receiving office."),
    )
    documents = forms.MultipleChoiceField(
        label=gettext_lazy("Documents handed over with everybody"),
        choices=HandOver.Document.choices,
        required=False,
        initial=[HandOver.Document.ID_CARD],
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("on", "received_by", "documents")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for member in self.members:
            name = {"name": member.worker.name_in_lists}
            self.fields[f"condition-{member.pk}"] = forms.ChoiceField(
                label=_("Condition: %(name)s") % name,
                choices=HandOver.Condition.choices,
                required=False,
                initial=HandOver.Condition.WELL,
            )
            self.fields[f"differs-{member.pk}"] = forms.CharField(
                label=_("Other documents, differences: %(name)s") % name,
                required=False,
                max_length=200,
            )

    @property
    def terms(self) -> HandOverTerms:
        conditions = self._of_each("condition")
        return HandOverTerms(
            received_by=self.cleaned_data["received_by"],
            documents=self.cleaned_data["documents"],
            conditions={pk: value for pk, value in conditions.items() if value},
            differences=self._of_each("differs"),
        )


class OriginForm(RollCallForm):
    """The home office's letter; everybody is preset to confirmed."""

    reason_required = False
    letter = forms.CharField(label=gettext_lazy("Number of the letter"), max_length=80)
    field_order = ("letter", "on")
