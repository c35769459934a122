"""Forms of a person's own data: registering her and correcting what is written of her."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import workflow
from cases.actions.registering import NewPerson
from cases.actions.workers import AliasChange
from cases.forms.fields import REMOVE, ChooseField, DayField
from cases.forms.person import PersonForm, home_text, names_in
from cases.masks import masked_of
from cases.models import Worker
from kotim_social.accounts.models import User


class RegisterForm(PersonForm):
    """A new record, after a search that did not find her."""

    choice = ChooseField(label=gettext_lazy("Choice"), choices=workflow.CHOICE.choices)
    registered_on = DayField(label=gettext_lazy("Date of registration"))
    order = (
        "name", "birth_date", "nik", "nik_note", "place", "home", "choice", "phone",
        "registered_on", "birth_place", "mother_name", "aliases", "wisma", "home_address",
        "children", "remark",
    )  # fmt: skip

    def new_person(self) -> NewPerson:
        data = self.cleaned_data
        return NewPerson(
            name=data["name"],
            birth_date=data["birth_date"],
            place_code=data["place"].pk,
            birth_place=data["birth_place"],
            mother_name=data["mother_name"],
            nik=data["nik"],
            nik_note=data["nik_note"],
            phone=data["phone"] or None,
            wisma=data["wisma"],
            home_regency_code=data["home_regency_id"],
            home_district_code=data["home_district_id"],
            home_address=data["home_address"] or None,
            children=data["children"],
            remark=data["remark"],
            aliases=data["aliases"],
            choice=data["choice"],
        )


class EditForm(PersonForm):
    """Her stored data; what is masked stays as it is while its field is empty."""

    masked: ClassVar[tuple[str, ...]] = ("nik", "phone", "mother_name", "home_address")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    aliases_before = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)
    order = (
        "version", "aliases_before", "name", "aliases", "birth_place", "birth_date", "nik",
        "nik_note", "mother_name", "place", "wisma", "home", "home_address", "phone",
        "children", "remark",
    )  # fmt: skip

    def __init__(self, *args: Any, worker: Worker, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("initial", initial_of(worker))
        super().__init__(*args, user=user, worker=worker, **kwargs)
        keep = _("Leave it empty to keep it, write - to remove it.")
        for name, shown in masked_of(worker).items():
            if shown:
                stored = _("Stored: %(value)s.") % {"value": shown}
                self.fields[name].help_text = f"{stored} {keep}"

    def values(self) -> dict[str, Any]:
        """Columns and aliases for the action, without masked fields that stayed empty."""
        data = self.cleaned_data
        plain = {
            name: data[name]
            for name in (
                "name", "birth_place", "birth_date", "nik_note", "wisma", "home_regency_id",
                "home_district_id", "children", "remark",
            )
        }  # fmt: skip
        before = names_in(data["aliases_before"])
        plain["aliases"] = AliasChange(
            added=tuple(name for name in data["aliases"] if name not in before),
            removed=tuple(name for name in before if name not in data["aliases"]),
        )
        plain["place_id"] = data["place"].pk
        empty = {"mother_name": "", "nik": None, "phone": None, "home_address": None}
        for name in self.masked:
            if data[name]:
                plain[name] = empty[name] if data[name] == REMOVE else data[name]
        return plain

    @staticmethod
    def columns_of(name: str) -> tuple[str, ...]:
        """The columns that a field of this form writes."""
        several = {"home": ("home_regency_id", "home_district_id"), "place": ("place_id",)}
        return several.get(name, (name,))

    def _after(self, name: str) -> Any:
        written = self.cleaned_data.get(name)
        if written == REMOVE:
            return None
        return written or (getattr(self.worker, name) if name in self.masked else None)


def initial_of(worker: Worker) -> dict[str, Any]:
    names = (
        "name", "birth_place", "birth_date", "nik_note", "wisma", "children", "remark", "version",
    )  # fmt: skip
    aliases = ", ".join(alias.name for alias in worker.aliases.all())
    return {
        **{name: getattr(worker, name) for name in names},
        "place": worker.place_id,
        "home": home_text(worker),
        "aliases": aliases,
        "aliases_before": aliases,
    }
