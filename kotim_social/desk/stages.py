"""How far each person came: registered → verified → eligible → determined → paid, in SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import EligibilityDecision, ReasonCode, Worker, WorkerQuerySet
from disbursements.models import Position
from kotim_social.accounts.models import User
from kotim_social.regions.models import Place

# Each stage holds those who came at least so far.
STAGES: dict[str, Any] = {
    "registered": gettext_lazy("Registered"),
    "verified": gettext_lazy("Verified"),
    "eligible": gettext_lazy("Eligible"),
    "determined": gettext_lazy("Determined by decree"),
    "paid": gettext_lazy("Paid in full"),
}
# Who stopped at a stage, by the stage: the difference to the next one.
GAPS: dict[str, Any] = {
    "registered": gettext_lazy("Registered, not verified"),
    "verified": gettext_lazy("Verified, not eligible"),
    "eligible": gettext_lazy("Eligible, not determined"),
    "determined": gettext_lazy("Determined, not paid in full"),
}
_CODES = list(STAGES)
_FOUND = ("not_eligible", "on_hold")
# Reasons that are no finding; those of findings carry the ministry's code after the state.
REASONS: dict[str, Any] = {
    "closed": gettext_lazy("her case is closed"),
    "not_visited": gettext_lazy("not yet visited and identified"),
    "no_finding": gettext_lazy("visited, without a finding yet"),
    "waiting": gettext_lazy("waits for a decree"),
    "lapsed": gettext_lazy("everything lapsed"),
    "returned": gettext_lazy("money came back"),
    "in_process": gettext_lazy("on a payment list"),
    "open": gettext_lazy("not on a payment list yet"),
    "held": gettext_lazy("the rest is held"),
}


def with_stages(people: WorkerQuerySet) -> Any:
    """Adds `stage`, the furthest she came, and `why`, the reason that she came no further.

    Nobody skips a stage: whom a decree names and who was found not eligible afterwards stands
    where she was found, with that reason.
    """
    closed = When(~Q(case_state="open"), then=Value("closed"))
    rows: Any = people.exclude(case_state="merged")
    return rows.annotate(
        why=Case(
            When(eligibility__in=_FOUND, then=_finding()),
            When(eligibility="registered", then=Case(closed, default=Value("not_visited"))),
            When(eligibility="verified", then=Case(closed, default=Value("no_finding"))),
            When(determined_on=None, then=Case(closed, default=Value("waiting"))),
            default=_why_unpaid(),
            output_field=CharField(),
        ),
    ).annotate(
        stage=Case(
            When(eligibility="registered", then=Value("registered")),
            When(~Q(eligibility="eligible"), then=Value("verified")),
            When(determined_on=None, then=Value("eligible")),
            When(~Q(why=""), then=Value("determined")),
            default=Value("paid"),
            output_field=CharField(),
        )
    )


def _finding() -> Concat:
    """The state and the ministry's code of her newest decision: not_eligible:PENGHUNI_BARU."""
    hers = EligibilityDecision.objects.filter(worker=OuterRef("pk"))
    newest = hers.order_by("-decided_on", "-id").values("reason_code")[:1]
    return Concat(F("eligibility"), Value(":"), Subquery(newest), output_field=CharField())


def _why_unpaid() -> Case:
    """Of her kinds the one that needs somebody first; empty when each is paid in full."""
    hers = Position.objects.filter(worker=OuterRef("pk"), determined=True)
    measures = (
        ("returned", "returned"), ("in_process", "in_process"), ("open", "open"),
        ("withheld", "held"),
    )  # fmt: skip
    return Case(
        When(~Exists(hers), then=Value("lapsed")),
        *(
            When(Exists(hers.filter(**{f"{measure}__gt": 0})), then=Value(code))
            for measure, code in measures
        ),
        default=Value(""),
        output_field=CharField(),
    )


def reason_label(code: str) -> str:
    """What a `why` is called on a page."""
    state, colon, reason = code.partition(":")
    if not colon:
        return str(REASONS[code])
    labels = dict(ReasonCode.choices)
    words = {"reason": labels.get(reason, _("reason not recorded"))}
    if state == "on_hold":
        return _("on hold: %(reason)s") % words
    return _("not eligible: %(reason)s") % words


@dataclass(frozen=True)
class Asked:
    """Which people: those who reached a stage, or those who stopped at it, and why; of a place."""

    reached: str = ""
    stopped: str = ""
    why: str = ""
    place: str = ""

    def people(self, user: User) -> Any:
        """In no order. An unknown stage or reason finds nobody: the view has asked before."""
        rows = with_stages(Worker.objects.visible_to(user))
        if self.reached:
            rows = rows.filter(stage__in=_CODES[_CODES.index(self.reached) :])
        if self.stopped:
            rows = rows.filter(stage=self.stopped)
        if self.why:
            rows = rows.filter(why=self.why)
        if self.place:
            rows = rows.filter(place=self.place)
        return rows

    @property
    def query(self) -> dict[str, str]:
        """As it stands in the address."""
        parts = {
            "reached": self.reached, "stopped": self.stopped, "why": self.why, "place": self.place,
        }  # fmt: skip
        return {name: value for name, value in parts.items() if value}

    @property
    def label(self) -> str:
        return str(GAPS[self.stopped] if self.stopped else STAGES[self.reached or "registered"])


@dataclass
class Gap:
    """One difference between two stages, by place and by reason."""

    stage: str
    label: str
    by_place: dict[str, int] = field(default_factory=dict)
    by_reason: dict[str, int] = field(default_factory=dict)

    @property
    def people(self) -> int:
        return sum(self.by_place.values())


@dataclass(frozen=True)
class StageReport:
    """Counts of stages and of the differences between them, each with its places."""

    places: list[Place]
    stages: dict[str, dict[str, int]]
    gaps: list[Gap]

    def count(self, stage: str) -> int:
        return sum(self.stages[stage].values())

    @property
    def adds_up(self) -> bool:
        """What a difference names is exactly what the two stages differ by, in every place."""
        return all(
            self.stages[gap.stage][place.pk] - self.stages[after][place.pk]
            == gap.by_place.get(place.pk, 0)
            for gap, after in zip(self.gaps, _CODES[1:], strict=True)
            for place in self.places
        )


def stage_report(user: User) -> StageReport:
    """Everybody in this user's scope; two queries."""
    counted = (
        with_stages(Worker.objects.visible_to(user))
        .order_by()
        .values_list("place", "stage", "why")
        .annotate(n=Count("pk"))
    )
    stages: dict[str, dict[str, int]] = {code: {} for code in STAGES}
    gaps = {code: Gap(code, str(label)) for code, label in GAPS.items()}
    rows = list(counted)
    for place, stage, why, n in rows:
        for code in _CODES[: _CODES.index(stage) + 1]:
            stages[code][place] = stages[code].get(place, 0) + n
        if stage in gaps:
            gap = gaps[stage]
            gap.by_place[place] = gap.by_place.get(place, 0) + n
            gap.by_reason[why] = gap.by_reason.get(why, 0) + n
    for counts in stages.values():
        for place, *_rest in rows:
            counts.setdefault(place, 0)
    places = list(Place.objects.filter(pk__in=stages["registered"]).order_by("position"))
    return StageReport(places, stages, list(gaps.values()))
