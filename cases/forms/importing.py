"""Forms of the register import: the workbook, and what becomes of a row that waits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.staging import FIELD_LABELS
from cases.forms.fields import DayField
from cases.models import StagedRow
from cases.register.columns import Field
from cases.register.package import MAX_FILE_BYTES
from kotim_social.accounts.models import User
from kotim_social.formlayout import PlainForm
from kotim_social.lib.dates import format_date, today
from kotim_social.lib.nik import mask_account, mask_nik, mask_phone
from kotim_social.regions.models import Place

_LONGEST_CELL = 300
_HINTS = {
    Field.BIRTH_DATE: gettext_lazy("For example: 17-08-1990"),
    Field.ALIAS: gettext_lazy("Several are divided by a comma."),
    Field.HOME: gettext_lazy("Kecamatan, kabupaten or kota, province."),
}
_MASKS = {Field.NIK: mask_nik, Field.ACCOUNT: mask_account, Field.PHONE: mask_phone}
_CHOICES = (
    ("", gettext_lazy("not yet said")),
    ("PULANG", gettext_lazy("return")),
    ("MENETAP", gettext_lazy("stay")),
)


class UploadForm(PlainForm, forms.Form):
    """A register as a workbook, and the day on which its people were registered."""

    workbook = forms.FileField(
        label=gettext_lazy("Workbook"),
        help_text=gettext_lazy("An Excel file (.xlsx) of at most 2 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose the workbook."),
            "empty": gettext_lazy("The file is empty."),
        },
        allow_empty_file=False,
        max_length=200,
    )
    registered_on = DayField(label=gettext_lazy("Date of registration"))

    def clean_workbook(self) -> UploadedFile:
        workbook: UploadedFile = self.cleaned_data["workbook"]
        if (workbook.size or 0) > MAX_FILE_BYTES:
            raise ValidationError(_("The file is larger than 2 MB."))
        return workbook

    def clean_registered_on(self) -> Any:
        day = self.cleaned_data["registered_on"]
        if day > today():
            raise ValidationError(
                _("The date of registration lies in the future; today is %(today)s.")
                % {"today": format_date(today())}
            )
        return day


class ReasonForm(PlainForm, forms.Form):
    """Why a row is settled so."""

    because = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=_LONGEST_CELL,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Give a reason.")},
    )


class RemarkForm(PlainForm, forms.Form):
    """A remark that may stay empty."""

    because = forms.CharField(
        label=gettext_lazy("Remark"),
        max_length=_LONGEST_CELL,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class MendForm(PlainForm, forms.Form):
    """The cells of a row as they were written, to be corrected; the reader judges them again.

    NIK, account and telephone stay masked: an empty field keeps what there is.
    """

    def __init__(self, row: StagedRow, user: User, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(row))
        super().__init__(*args, **kwargs)
        self.row = row
        places = Place.objects.select_related("lokalisasi")
        hers = [p for p in places if user.sees_everything or p.lokalisasi_id in user.lokalisasi_ids]
        self.fields["place"] = forms.ChoiceField(
            label=gettext_lazy("Place"), choices=[("", "–"), *((p.code, p.label) for p in hers)]
        )
        for field, label in FIELD_LABELS.items():
            self.fields[field.value] = forms.CharField(
                label=label,
                max_length=_LONGEST_CELL,
                required=False,
                help_text=_HINTS.get(field) or self._masked_hint(field),
            )
        self.fields[Field.NAME].required = True
        self.fields[Field.BIRTH_DATE].required = True
        self.fields[Field.CHOICE] = forms.ChoiceField(
            label=FIELD_LABELS[Field.CHOICE], choices=_CHOICES, required=False
        )

    def clean_nik(self) -> str:
        """What was typed as a number cannot be kept: nobody knows its last digit."""
        text: str = self.cleaned_data[Field.NIK]
        lost = any(problem["code"] == "nik_numeric" for problem in self.row.problems)
        if not text and lost:
            raise ValidationError(_("Type all 16 digits from the card, or - when she has no card."))
        return text

    def cells(self) -> dict[Field, str]:
        """The row as it is to be read: masked fields left empty as they were."""
        typed = {field: self.cleaned_data[field.value] for field in FIELD_LABELS}
        return typed | {field: typed[field] or _kept(self.row, field) for field in _MASKS}

    def _masked_hint(self, field: Field) -> str:
        if field not in _MASKS:
            return ""
        kept = _kept(self.row, field)
        if not kept:
            return _("There is none; leave it empty to leave it so.")
        return _("Now %(masked)s. Leave it empty to keep it; type - to remove it.") % {
            "masked": _MASKS[field](kept)
        }

    def show_problems(self, problems: list[dict[str, str]]) -> None:
        """Puts each sentence of the reader beside its field."""
        names = {str(label): field.value for field, label in FIELD_LABELS.items()}
        for problem in problems:
            self.add_error(names.get(problem["column"]), problem["sentence"])


def _initial(row: StagedRow) -> dict[str, Any]:
    """As read where it could be read, else as written."""
    read, written = row.fields, row.fields["cells"]
    born = read["birth_date"]
    year_first = born.split("-") if born else []
    return {
        "place": row.place_id or "",
        Field.NAME: read["name"] or written.get(Field.NAME, ""),
        Field.ALIAS: ", ".join(read["aliases"]),
        Field.BIRTH_PLACE: read["birth_place"],
        Field.BIRTH_DATE: "-".join(reversed(year_first)) or _written_birth(written),
        Field.MOTHER: read["mother"],
        Field.HOME: read["home_text"],
        Field.WISMA: read["wisma"],
        Field.BANK: read["bank"],
        Field.ACCOUNT_HOLDER: read["account_holder"],
        Field.CHOICE: {"return": "PULANG", "stay": "MENETAP"}.get(read["choice"] or "", ""),
        Field.CHILDREN: str(read["children"]),
        Field.REMARK: read["remark"][:_LONGEST_CELL],
    }


def _kept(row: StagedRow, field: Field) -> str:
    """What the reader took from the cell, else what stands in it."""
    return row.fields[field.value] or row.fields["cells"].get(field, "")


def _written_birth(written: dict[str, str]) -> str:
    return written.get(Field.BIRTH_DATE, "") or written.get(Field.BIRTH, "")
