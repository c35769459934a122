"""The forms of the way home."""

from repatriation.forms.facts import (
    BatchFactsForm,
    EmergencyForm,
    EscortForm,
    HeadForm,
    LegForm,
    OfficerForm,
    SeatsForm,
)
from repatriation.forms.planning import AskForm, CostForm, TargetForm
from repatriation.forms.roll_call import (
    DateForm,
    EmptyForm,
    HandOverForm,
    OriginForm,
    ReasonForm,
    RollCallForm,
    TravelCallForm,
)
from repatriation.forms.way import HandIncidentForm, IncidentForm, OutcomeForm, SettleForm

__all__ = [
    "AskForm",
    "BatchFactsForm",
    "CostForm",
    "DateForm",
    "EmergencyForm",
    "EmptyForm",
    "EscortForm",
    "HandIncidentForm",
    "HandOverForm",
    "HeadForm",
    "IncidentForm",
    "LegForm",
    "OfficerForm",
    "OriginForm",
    "OutcomeForm",
    "ReasonForm",
    "RollCallForm",
    "SeatsForm",
    "SettleForm",
    "TargetForm",
    "TravelCallForm",
]
