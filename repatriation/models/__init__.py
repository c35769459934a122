"""The tables of the way home."""

from repatriation.models.batch import Batch, BatchNumber, BatchQuerySet
from repatriation.models.member import Member, MemberQuerySet
from repatriation.models.on_the_way import HandOver, Incident, LegCall
from repatriation.models.plan import Cost, ManifestRevision, OriginRequest, Regrouping
from repatriation.models.travel import Escort, Leg, Officer, Zone

__all__ = [
    "Batch",
    "BatchNumber",
    "BatchQuerySet",
    "Cost",
    "Escort",
    "HandOver",
    "Incident",
    "Leg",
    "LegCall",
    "ManifestRevision",
    "Member",
    "MemberQuerySet",
    "Officer",
    "OriginRequest",
    "Regrouping",
    "Zone",
]
