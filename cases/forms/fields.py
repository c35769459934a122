"""Fields that take what people type: dates in every usual form, NIK, telephone, home region."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy

from kotim_social.lib.dates import DateError, parse_date
from kotim_social.lib.names import tidy_name
from kotim_social.lib.nik import NikError, parse_nik

# Written into a masked field of the edit form: what is stored goes.
REMOVE = "-"


class DayField(forms.CharField):
    """A date, day first; the field refuses what could be read in two ways."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("help_text", gettext_lazy("For example: 17-08-1990"))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d-%m-%Y}" if isinstance(value, date) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, date):
            return value
        text = super().to_python(value)
        if not text:
            return None
        ProhibitNullCharactersValidator()(text)
        try:
            return parse_date(text)
        except DateError as error:
            raise ValidationError(error.sentence) from None

    def run_validators(self, value: Any) -> None:
        """The checks of a text do not fit a date; the reading has refused what is none."""


class NameField(forms.CharField):
    """A name as on the identity card, tidied to the form that is shown."""

    def to_python(self, value: Any) -> str:
        return tidy_name(super().to_python(value))


class NikField(forms.CharField):
    """Sixteen digits with any blanks, dots and dashes; a plausible NIK or a sentence why not."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str | None:
        text = super().clean(value)
        if not text:
            return None
        if text == REMOVE:
            return REMOVE
        try:
            return parse_nik(text).value
        except NikError as error:
            raise ValidationError(error.sentence) from None


class ChooseField(forms.ChoiceField):
    """A choice of few: radio buttons; an unknown value gives a sentence."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": gettext_lazy("Choose one.")})
        super().__init__(**kwargs)


def refuse(form: forms.Form, sentences: list[str]) -> None:
    """What an action refuses is shown like any other error of the form."""
    for sentence in sentences:
        form.add_error(None, sentence)
