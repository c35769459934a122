"""Forms of paying: cash that moves, the bank's file, receipts, and money demanded back."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.forms.fields import ChooseField, DayField
from cases.register.package import MAX_FILE_BYTES
from disbursements.models import CashMovement
from kotim_social.formlayout import PlainForm, ReasonField
from kotim_social.lib.dates import today
from kotim_social.lib.money import RupiahFormField


class CashForm(PlainForm, forms.Form):
    """Cash taken back to the bank, or a further cheque."""

    direction = ChooseField(
        label=gettext_lazy("Movement"),
        choices=[
            (CashMovement.Direction.DEPOSITED, gettext_lazy("returned by deposit slip")),
            (CashMovement.Direction.DRAWN, gettext_lazy("a further sum drawn by cheque")),
        ],
        initial=CashMovement.Direction.DEPOSITED,
    )
    amount = RupiahFormField(label=gettext_lazy("Amount (Rp)"))
    paper = forms.CharField(
        label=gettext_lazy("Number of the deposit slip or cheque"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give the number of the paper.")},
    )
    happened_on = DayField(label=gettext_lazy("Date"), initial=today)


class BankFileForm(PlainForm, forms.Form):
    """The bank's file of results."""

    file = forms.FileField(
        label=gettext_lazy("File of the bank"),
        help_text=gettext_lazy(
            "CSV or Excel (.xlsx), at most 2 MB, with the columns NO BARIS, NOMINAL and STATUS "
            "(BERHASIL, GAGAL, PROSES); TANGGAL and KETERANGAN are read where they are."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose the file."),
            "empty": gettext_lazy("The file is empty."),
        },
        max_length=200,
    )
    happened_on = DayField(label=gettext_lazy("Date of the results"), initial=today)

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_FILE_BYTES:
            raise ValidationError(_("The file is larger than 2 MB."))
        return file


class ReceiptsForm(PlainForm, forms.Form):
    """What all receipts of a list say; the stamp duty comes from the table."""

    budget_code = forms.CharField(
        label=gettext_lazy("Budget code"),
        max_length=60,
        help_text=gettext_lazy("As in the budget, for example 5.1.05.02.01.0001"),
    )
    duty = RupiahFormField(
        label=gettext_lazy("Other stamp duty than that of the table (Rp)"), required=False
    )
    duty_reason = forms.CharField(
        label=gettext_lazy("Reason for the other stamp duty"), max_length=300, required=False
    )


class DemandForm(PlainForm, forms.Form):
    """A payment that must come back."""

    demanded_on = DayField(label=gettext_lazy("Date of the letter"), initial=today)
    reason = ReasonField()
