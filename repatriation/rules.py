"""Who is ready to travel, what still keeps a batch from leaving, and how many sit in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Journey, WorkerQuerySet
from cases.rules import lacks_for_departure
from repatriation.models import Batch, Escort, Leg, Member, Officer
from repatriation.proposal import Reason, Traveller, escorts_for

# Whoever is not received where she should be is somebody's to clear up within a week.
CLEAR_UP_WITHIN = timedelta(days=7)
# How a journey may end for a batch to end.
OUTCOMES = ("handed_over", "not_found", "deceased", "returned_alone")

LEFT_OVER = {
    Reason.FAMILY_TOO_LARGE: gettext_lazy("She, her children and one escort exceed the seats."),
    Reason.HOME_UNKNOWN: gettext_lazy("Her home region is not known."),
}


@dataclass(frozen=True)
class Missing:
    """One thing that a batch lacks, with the page that mends it."""

    sentence: str
    url: str


@dataclass(frozen=True)
class Count:
    """The travellers of a batch, counted apart."""

    women: int
    children: int
    escorts: int
    seats: int

    @property
    def size(self) -> int:
        return self.women + self.children + self.escorts

    @property
    def free(self) -> int:
        return self.seats - self.size


def count(batch: Batch) -> Count:
    """Who sits in a batch, in two queries."""
    return counts([batch])[batch.pk]


def counts(batches: Collection[Batch]) -> dict[UUID, Count]:
    """Who sits in each of these batches, by its id, in the same two queries."""
    members = Member.objects.filter(batch__in=batches).on_manifest().values_list("batch")
    seated = {
        pk: (women, children)
        for pk, women, children in members.annotate(models.Count("pk"), Sum("children"))
    }
    active = Escort.objects.filter(batch__in=batches, active=True).values_list("batch")
    escorts = dict(active.annotate(models.Count("pk")))
    return {
        batch.pk: Count(*seated.get(batch.pk, (0, 0)), escorts.get(batch.pk, 0), batch.seats)
        for batch in batches
    }


def ready_pool(workers: WorkerQuerySet) -> WorkerQuerySet:
    """Of these people all who chose to go home, are on site and in no batch.

    What they lack to leave (home region, the home office's answer) does not keep them out here:
    it is shown as a warning, and refused at the gate.
    """
    on_site = Journey.objects.filter(current=True, state="on_site", worker=OuterRef("pk"))
    members = Member.objects.filter(active=True, worker=OuterRef("pk"))
    return workers.counted().filter(
        Exists(on_site), ~Exists(members), choice="return", case_state="open"
    )


def travellers(workers: WorkerQuerySet) -> list[Traveller]:
    """The ready pool as the proposal takes it, in one query."""
    columns = ("pk", "home_regency_id", "home_regency__province_id", "children", "place_id")
    rows = ready_pool(workers).order_by("pk").values_list(*columns)
    return [
        Traveller(pk, regency or "", province or "", children, place)
        for pk, regency, province, children, place in rows
    ]


def gate(batch: Batch) -> list[Missing]:
    """Everything that keeps the batch from leaving, each with the page that mends it."""
    page = reverse("repatriation:batch_detail", args=[batch.pk])
    missing = []
    if batch.state in ("draft", "awaiting_origin"):
        missing.append(Missing(_("The batch is not confirmed yet."), page))
    return [
        *missing,
        *_missing_facts(batch),
        *_missing_escorts(batch),
        *_missing_legs(batch),
        *_missing_people(batch),
    ]


def warnings(batch: Batch) -> list[Missing]:
    """What should be looked at, and keeps nobody back."""
    now = count(batch)
    wanted = escorts_for(now.women)
    if now.escorts >= wanted:
        return []
    sentence = _("%(women)s women travel with %(escorts)s escorts; the rule asks for %(wanted)s.")
    values = {"women": now.women, "escorts": now.escorts, "wanted": wanted}
    return [Missing(sentence % values, _page("escorts", batch))]


def not_ended(batch: Batch) -> list[str]:
    """The names of those who travelled and have no outcome yet."""
    members = batch.members.on_manifest().with_journey().by_name()  # type: ignore[attr-defined]
    return [m.worker.name_in_lists for m in members if not has_outcome(m)]


def has_outcome(member: Member) -> bool:
    """Whether her journey with this batch has ended; the member comes from `with_journey()`."""
    came_back = member.journey_state == "on_site" and member.boarded_on is not None
    return came_back or member.journey_state in OUTCOMES


def due_after(on: date) -> date:
    return on + CLEAR_UP_WITHIN


def _page(name: str, batch: Batch) -> str:
    return reverse(f"repatriation:{name}", args=[batch.pk])


def _missing_facts(batch: Batch) -> list[Missing]:
    url = _page("batch_edit", batch)
    asked: Sequence[tuple[Any, str]] = (
        (
            batch.escort_order and batch.escort_order_on,
            _("The escort order has no number or date."),
        ),
        (batch.receiving_office, _("The receiving office is not named.")),
        (batch.receiving_contact, _("The receiving office has no named contact.")),
        (batch.receiving_phone, _("The contact at the receiving office has no telephone number.")),
    )
    return [Missing(sentence, url) for value, sentence in asked if not value]


def _missing_escorts(batch: Batch) -> list[Missing]:
    escorts = list(Escort.objects.filter(batch=batch, active=True).select_related("officer"))
    url = _page("escorts", batch)
    if not escorts:
        return [Missing(_("Nobody escorts the batch."), url)]
    missing = []
    if not any(escort.is_head for escort in escorts):
        missing.append(Missing(_("The batch has no head."), url))
    if not any(escort.officer.sex == Officer.Sex.WOMAN for escort in escorts):
        missing.append(Missing(_("No woman is among the escorts."), url))
    return missing


def _missing_legs(batch: Batch) -> list[Missing]:
    legs = list(Leg.objects.filter(batch=batch, active=True))
    if not legs:
        sentence = _("The way has no leg yet: ship, vehicle or flight.")
        return [Missing(sentence, _page("leg_add", batch))]
    return [
        Missing(_("Leg %(number)s: %(what)s") % {"number": leg.number, "what": what}, url)
        for leg in legs
        for url in [reverse("repatriation:leg_edit", args=[batch.pk, leg.pk])]
        for what in _missing_of_leg(leg)
    ]


def _missing_of_leg(leg: Leg) -> Iterable[str]:
    if leg.mode != Leg.Mode.ROAD and not leg.vessel:
        yield _("the name of the ship or the number of the flight is missing.")
    if leg.departure is None:
        yield _("the time of departure is missing.")
    if leg.arrival is None:
        yield _("the time of arrival is missing.")


def _missing_people(batch: Batch) -> list[Missing]:
    members = list(batch.members.on_manifest().by_name())  # type: ignore[attr-defined]
    if not members:
        return [Missing(_("Nobody is in the batch."), _page("member_add", batch))]
    lacks = lacks_for_departure([member.worker_id for member in members])
    return [
        Missing(
            _("%(name)s: %(what)s") % {"name": member.worker.name_in_lists, "what": lack.sentence},
            _mended_at(lack.code, batch, member),
        )
        for member in members
        for lack in lacks[member.worker_id]
    ]


def _mended_at(code: str, batch: Batch, member: Member) -> str:
    """The home office's answer is typed in for the batch; whoever cannot go is taken out."""
    if code == "origin":
        return _page("origin", batch)
    return reverse("repatriation:member_remove", args=[batch.pk, member.pk])
