"""The tables of the way home."""

from repatriation.models.batch import Batch, BatchNumber, BatchQuerySet
from repatriation.models.member import Member
from repatriation.models.travel import Escort, Leg, Officer, Zone

__all__ = [
    "Batch",
    "BatchNumber",
    "BatchQuerySet",
    "Escort",
    "Leg",
    "Member",
    "Officer",
    "Zone",
]
