"""Forms of the desk: what needs several apps, and what the trail is asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases.actions.merging import TAKEABLE
from cases.forms.fields import ChooseField, DayField
from cases.masks import HIDDEN, masked_number, masked_of
from cases.models import ClosingReason, Worker
from kotim_social.accounts.models import User
from kotim_social.desk.merging import takeable
from kotim_social.desk.trail import Asked
from kotim_social.desk.trail_words import GROUPS
from kotim_social.formlayout import PlainFilter, PlainForm, ReasonField
from kotim_social.lib.dates import format_date, today

KEPT, GONE = "kept", "gone"


class BecauseForm(PlainForm, forms.Form):
    reason = ReasonField(min_length=4)


class MergeForm(PlainForm, forms.Form):
    """For each fact in which the records differ: whose stands. The leading record's is preset."""

    reason = ReasonField(label=gettext_lazy("Why it is one person"), min_length=4)

    def __init__(self, *args: Any, kept: Worker, gone: Worker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own, others = facts_to_take(kept), facts_to_take(gone)
        allowed = takeable(kept)
        for key, (label, _columns) in TAKEABLE.items():
            mine, hers = own[key], others[key]
            both_accounts = key == "account" and bool(mine[0] and hers[0])
            if key not in allowed or mine[0] == hers[0] or not hers[0] or both_accounts:
                continue
            self.fields[f"take_{key}"] = ChooseField(
                label=label,
                # Of what is masked both look alike: the number says whose it is.
                choices=[
                    (KEPT, f"{kept.register_no}: {mine[1] if mine[0] else '–'}"),
                    (GONE, f"{gone.register_no}: {hers[1]}"),
                ],
                initial=KEPT if mine[0] else GONE,
            )
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def take(self) -> set[str]:
        return {key for key in TAKEABLE if self.cleaned_data.get(f"take_{key}") == GONE}


def facts_to_take(worker: Worker) -> dict[str, tuple[Any, str]]:
    """Key of TAKEABLE → what is compared, and what may be shown of it."""
    masked = masked_of(worker)
    account = next((a for a in worker.accounts.all() if a.state != "closed"), None)
    number = (account.number or "") if account is not None else ""
    bank = account.bank if account is not None else ""
    home = ", ".join(
        str(part.name) for part in (worker.home_district, worker.home_regency) if part is not None
    )
    return {
        "name": (worker.name, worker.name),
        "nik": (worker.nik or "", masked["nik"]),
        "birth_place": (worker.birth_place, worker.birth_place),
        "birth_date": (worker.birth_date, format_date(worker.birth_date)),
        "mother": (worker.mother_name, worker.mother_name),
        "phone": (worker.phone or "", masked["phone"]),
        "wisma": (worker.wisma, worker.wisma),
        "home": (worker.home_regency_id or "", home),
        "address": (worker.home_address or "", HIDDEN),
        "children": (worker.children, str(worker.children)),
        "account": (number, f"{bank} {masked_number(account)}".strip()),
    }


class CloseRequestForm(PlainForm, forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why the case ends"),
        choices=[("", gettext_lazy("Choose")), *ClosingReason.choices],
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=500)


class CloseForm(PlainForm, forms.Form):
    """The supervisor's yes; what is unpaid lapses only if she says so."""

    lapse = forms.BooleanField(
        label=gettext_lazy("What is still unpaid lapses with the case"), required=False
    )

    def __init__(self, *args: Any, has_unpaid: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_unpaid:
            del self.fields["lapse"]


class DatedProofForm(PlainForm, forms.Form):
    """When it happened, and the paper or person that proves it."""

    on = DayField(label=gettext_lazy("Date"), initial=today)
    proof = forms.CharField(
        label=gettext_lazy("Proof"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example: number of the letter, ticket, or who reported it."),
    )


class TrailFilter(PlainFilter, forms.Form):
    """In the address: whose rows, of which group, between which days."""

    user = forms.ModelChoiceField(
        label=gettext_lazy("Done by"),
        queryset=User.objects.order_by("full_name"),
        required=False,
        empty_label=gettext_lazy("Everybody"),
    )
    act = forms.ChoiceField(
        label=gettext_lazy("Act"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            *((code, label) for code, (label, _acts) in GROUPS.items()),
        ],
    )
    since = DayField(label=gettext_lazy("From"), required=False, help_text="")
    until = DayField(label=gettext_lazy("Until"), required=False, help_text="")

    def asked(self) -> Asked:
        """What a valid form asks for."""
        chosen: dict[str, Any] = self.cleaned_data
        return Asked(chosen["user"], chosen["act"], chosen["since"], chosen["until"])
