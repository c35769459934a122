"""Forms of her files: a scan, a photo, and why a paper is withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.file_facts import proofs_of
from cases.file_kinds import FILE_KINDS
from cases.models import Worker
from kotim_social.accounts.models import User
from kotim_social.files.incoming import MAX_BYTES
from kotim_social.formlayout import PlainForm

_LONGEST = 300


class ScanField(forms.FileField):
    """A file of at most 5 MB; what it is, its content says and not its name."""

    def __init__(self, *, accept: str, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.FileInput(attrs={"accept": accept}),
            error_messages={
                "required": gettext_lazy("Choose the file."),
                "empty": gettext_lazy("The file is empty."),
            },
            **kwargs,
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload: UploadedFile = super().clean(data, initial)
        if (upload.size or 0) > MAX_BYTES:
            raise ValidationError(_("The file is larger than 5 MB."))
        return upload


class FileForm(PlainForm, forms.Form):
    """One scan, what it is, and what of hers it proves."""

    scan = ScanField(
        label=gettext_lazy("Scan"),
        accept="image/jpeg,image/png,application/pdf",
        help_text=gettext_lazy("A picture (JPEG, PNG) or a PDF of at most 5 MB."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of paper"))
    proves = forms.ChoiceField(label=gettext_lazy("What it proves"), required=False)
    remark = forms.CharField(label=gettext_lazy("Remark"), max_length=_LONGEST, required=False)

    def __init__(self, worker: Worker, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_care = Worker.objects.in_care_of(user).filter(pk=worker.pk).exists()
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [
            (kind.code, kind.label) for kind in FILE_KINDS if in_care or not kind.is_of_the_case
        ]
        fields["proves"].choices = [("", _("nothing in particular")), *proofs_of(worker, user)]

    def clean_proves(self) -> tuple[str, UUID | int] | None:
        name, _colon, pk = self.cleaned_data["proves"].partition(":")
        if not name:
            return None
        return name, int(pk) if pk.isdecimal() else UUID(pk)


class PhotoForm(PlainForm, forms.Form):
    photo = ScanField(
        label=gettext_lazy("Photo"),
        accept="image/jpeg,image/png",
        help_text=gettext_lazy("A picture (JPEG, PNG) of at most 5 MB."),
    )


class WithdrawalForm(PlainForm, forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Give a reason.")},
    )
