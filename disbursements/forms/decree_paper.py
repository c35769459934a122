"""The wording of a decree's paper, as the office writes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disbursements.wording import SIGNERS, Wording
from kotim_social.documents.models import Signatory
from kotim_social.formlayout import PlainForm

CLAUSES, LETTERS = 20, 800  # so many fit, each on one page


class ClausesField(forms.CharField):
    """One clause a line; comes out as a list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 6}))
        super().__init__(max_length=CLAUSES * LETTERS, **kwargs)

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > CLAUSES:
            raise ValidationError(_("At most %(most)s lines.") % {"most": CLAUSES})
        if any(len(line) > LETTERS for line in lines):
            raise ValidationError(_("A line has at most %(most)s letters.") % {"most": LETTERS})
        return lines

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value


class DecreePaperForm(PlainForm, forms.Form):
    """Who signs, what is considered and recalled, who gets a copy, and the paper."""

    signer = forms.ChoiceField(
        label=gettext_lazy("Signed by"),
        choices=[(code.value, code.label) for code in SIGNERS],
        help_text=gettext_lazy("The official of the date of the decree, by the master data."),
    )
    considering = ClausesField(
        label=gettext_lazy("Considering (menimbang)"),
        help_text=gettext_lazy("One clause a line; letters are added."),
    )
    recalling = ClausesField(
        label=gettext_lazy("Recalling (mengingat)"),
        help_text=gettext_lazy("One law or regulation a line. Check that each is in force."),
    )
    copies = ClausesField(
        label=gettext_lazy("Copies to (tembusan)"),
        required=False,
        help_text=gettext_lazy("One receiver a line."),
    )
    size = forms.ChoiceField(
        label=gettext_lazy("Paper size"),
        choices=[(code, code.replace("_", " ")) for code in settings.PAPER_SIZES],
        initial=settings.PAPER_SIZE,
    )
    because = forms.CharField(
        label=gettext_lazy("Why it is issued again"),
        max_length=200,
        help_text=gettext_lazy("The paper issued before is voided with this reason."),
        error_messages={"required": gettext_lazy("Say why it is issued again.")},
    )

    def __init__(self, *args: Any, first: Wording, again: bool = False, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "signer": Signatory.Function(first.signer).value,
            "considering": first.considering,
            "recalling": first.recalling,
            "copies": first.copies,
        }
        super().__init__(*args, **kwargs)
        if not again:
            del self.fields["because"]

    def wording(self) -> Wording:
        data = self.cleaned_data
        return Wording(data["signer"], data["considering"], data["recalling"], data["copies"])
