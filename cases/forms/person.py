"""What is asked of everybody, whether she is registered or corrected."""

from __future__ import annotations

from typing import Any, ClassVar

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.forms.fields import REMOVE, DayField, NameField, NikField
from cases.likeness import Applicant, Likely
from cases.models import Worker
from cases.register.values import read_aliases, read_phone
from kotim_social.accounts.models import User
from kotim_social.formlayout import PlainForm
from kotim_social.lib.dates import ADULT, today
from kotim_social.lib.names import tidy_name
from kotim_social.lib.nik import nik_warnings, parse_nik
from kotim_social.regions.matching import current_index, find_region
from kotim_social.regions.models import Place


class PersonForm(PlainForm, forms.Form):
    """What is asked of everybody."""

    order: ClassVar[tuple[str, ...]] = ()
    name = NameField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("As on the identity card."),
    )
    aliases = forms.CharField(
        label=gettext_lazy("Other names"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Several with a comma between them."),
    )
    nik = NikField(
        label=gettext_lazy("NIK"),
        required=False,
        help_text=gettext_lazy("16 digits; blanks and dots may stand between them."),
    )
    nik_note = forms.CharField(
        label=gettext_lazy("Note on the NIK"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Needed when the NIK does not fit the other data."),
    )
    birth_place = forms.CharField(
        label=gettext_lazy("Place of birth"), required=False, max_length=80
    )
    birth_date = DayField(label=gettext_lazy("Date of birth"))
    mother_name = NameField(label=gettext_lazy("Mother's name"), required=False, max_length=120)
    place = forms.ModelChoiceField(
        Place.objects.none(),
        label=gettext_lazy("Place"),
        empty_label=gettext_lazy("Choose"),
    )
    wisma = forms.CharField(label=gettext_lazy("Wisma / room"), required=False, max_length=80)
    home = forms.CharField(
        label=gettext_lazy("Home region"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Kabupaten or kota, with the kecamatan if known."),
    )
    home_address = forms.CharField(
        label=gettext_lazy("Home address"), required=False, max_length=300
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("For example: 0812 3456 7890"),
    )
    children = forms.IntegerField(
        label=gettext_lazy("Accompanying children"),
        required=False,
        min_value=0,
        max_value=20,
        initial=0,
    )
    remark = forms.CharField(label=gettext_lazy("Remark"), required=False, max_length=300)
    other_person = forms.CharField(
        label=gettext_lazy("Why she is another person"), required=False, max_length=300
    )

    def __init__(self, *args: Any, user: User, worker: Worker | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.worker = worker
        places = Place.objects.select_related("lokalisasi")
        if not user.sees_everything:
            # A case handed to her from elsewhere stays in its place.
            now = worker.place_id if worker else None
            places = places.filter(Q(lokalisasi_id__in=user.lokalisasi_ids) | Q(pk=now))
        self.fields["place"].queryset = places  # type: ignore[attr-defined]

    def get_layout(self) -> Layout:
        """The question whether she is somebody else stands there only once it has to be asked."""
        fields = list(self.order)
        if "other_person" in self.errors or self["other_person"].value():
            fields.append("other_person")
        return Layout(*fields)

    def clean_aliases(self) -> tuple[str, ...]:
        return names_in(self.cleaned_data["aliases"])

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"].strip()
        if not text or text == REMOVE:
            return text
        number, is_whole = read_phone(text)
        if not number or not is_whole:
            raise ValidationError(_("Write one telephone number, for example 0812 3456 7890."))
        return number

    def clean_children(self) -> int:
        return self.cleaned_data["children"] or 0

    def clean_birth_date(self) -> Any:
        born = self.cleaned_data["birth_date"]
        if born > today():
            raise ValidationError(_("The date lies in the future."))
        return born

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._check_age(data)
        self._check_nik(data)
        self._find_home(data)
        return data

    def applicant(self) -> Applicant:
        """She as the search for likely duplicates needs her."""
        data = self.cleaned_data
        return Applicant(
            name=data["name"],
            birth_date=data["birth_date"],
            mother=self._after("mother_name") or "",
            nik=self._after("nik"),
            phone=self._after("phone") or "",
        )

    def _after(self, name: str) -> Any:
        """The value as it will stand; an empty masked field of the edit form keeps the stored."""
        return self.cleaned_data.get(name) or None

    def _check_age(self, data: dict[str, Any]) -> None:
        born, place = data.get("birth_date"), data.get("place")
        if born and place and place.age_on_closing(born) < ADULT:
            self.add_error(
                "birth_date",
                _(
                    "She is under 18 on the day of closing: a child is never registered here. "
                    "Tell a supervisor, who opens the referral path."
                ),
            )

    def _check_nik(self, data: dict[str, Any]) -> None:
        nik = self._after("nik")
        if not nik or data.get("birth_date") is None:
            return
        warnings = nik_warnings(
            parse_nik(nik),
            birth_date=data["birth_date"],
            known_prefixes=current_index().known_prefixes,
        )
        if warnings and not data.get("nik_note"):
            sentence = _("Check the NIK; if it is right, write why.")
            self.add_error("nik_note", " ".join([*warnings, sentence]))

    def _find_home(self, data: dict[str, Any]) -> None:
        data["home_regency_id"] = data["home_district_id"] = None
        text = data.get("home", "")
        if not text:
            return
        if self.worker is not None and text == home_text(self.worker):
            data["home_regency_id"] = self.worker.home_regency_id
            data["home_district_id"] = self.worker.home_district_id
            return
        nik = self._after("nik")
        match = find_region(
            text, nik=parse_nik(nik) if nik else None, birth_place=data.get("birth_place")
        )
        if match.regency_code is None or not match.certain:
            self.add_error("home", match.sentence or _("This region is not known."))
        data["home_regency_id"] = match.regency_code
        data["home_district_id"] = match.district_code


def names_in(text: str) -> tuple[str, ...]:
    names = [tidy_name(name)[:80] for name in read_aliases(text)]
    return tuple(name for name in names if name)


def home_text(worker: Worker) -> str:
    """Her home region as the form shows it and takes it back."""
    parts = [worker.home_district, worker.home_regency]
    return ", ".join(str(part.name) for part in parts if part is not None)


def refuse_likely(form: PersonForm, likely: Likely) -> bool:
    """The same NIK is blocked; likely the same person needs a reason. True when refused."""
    if likely.same_nik:
        form.add_error("nik", _("This NIK already belongs to another record."))
    elif likely.decide and not form.cleaned_data.get("other_person"):
        form.add_error(
            "other_person",
            _("Somebody like her is already recorded. Write why this is another person."),
        )
    return bool(form.errors)
