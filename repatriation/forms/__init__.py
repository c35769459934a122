"""The forms of the way home."""

from repatriation.forms.facts import BatchFactsForm, EscortForm, LegForm, OfficerForm, SeatsForm
from repatriation.forms.roll_call import (
    DateForm,
    EmptyForm,
    OriginForm,
    ReasonForm,
    RollCallForm,
)

__all__ = [
    "BatchFactsForm",
    "DateForm",
    "EmptyForm",
    "EscortForm",
    "LegForm",
    "OfficerForm",
    "OriginForm",
    "ReasonForm",
    "RollCallForm",
    "SeatsForm",
]
