"""What is to be done, derived from the facts of each case: never typed, never stored.

Every set is a condition in SQL; all of them are counted in one query.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from cases.account_facts import missing_book
from cases.models import (
    BankAccount,
    CaseHolder,
    ChoiceChange,
    DataRequest,
    EligibilityDecision,
    Journey,
    PlanLine,
    StayBreach,
    Visit,
    Worker,
)
from cases.models.casework import unreviewed_high_risk
from cases.models.consent import refused_contact
from kotim_social.accounts.models import User
from kotim_social.lib.dates import today

# After hand-over she is followed up at these months; a meeting up to so many days early counts.
FOLLOW_UP_MONTHS = (1, 3, 6)
EARLY_DAYS = 14
_GONE = ("handed_over", "returned_alone", "deceased")


class Later(Func):
    """A date and so many months and days; nothing stays nothing."""

    template = "(%(expressions)s + make_interval(months => %(months)s, days => %(days)s))::date"
    output_field = DateField()

    def __init__(self, expression: Any, *, months: int = 0, days: int = 0) -> None:
        super().__init__(expression, months=int(months), days=int(days))


def with_due(workers: QuerySet[Worker]) -> QuerySet[Any]:
    """Adds `last_met_on`, `plan_due_on`, `visit_due_on` and the earlier of the two, `due_on`."""
    hers = {"worker": OuterRef("pk")}
    met = Visit.objects.filter(**hers, was_met=True).order_by("-met_on").values("met_on")
    plan = PlanLine.objects.filter(**hers, state="open").order_by("due_on").values("due_on")
    journey = Journey.objects.filter(**hers, current=True)
    stays = ChoiceChange.objects.filter(**hers, choice="stay").order_by("-decided_on", "-id")
    return (
        workers.annotate(
            last_met_on=Subquery(met[:1]),
            plan_due_on=Subquery(plan[:1]),
            journey_now=Subquery(journey.values("state")[:1]),
            home_since=Subquery(journey.filter(state="handed_over").values("handed_over_on")[:1]),
            stays_since=Coalesce(Subquery(stays.values("decided_on")[:1]), F("registered_on")),
        )
        .annotate(visit_due_on=_visit_due())
        .annotate(due_on=Least("plan_due_on", "visit_due_on"))
    )


def _visit_due() -> Case:
    """The next meeting: months after hand-over, or so many days after the last for who stays.

    Each meeting answers every follow-up until its day, so a late one does not leave earlier ones
    open for ever. Whoever said no to being contacted has none.
    """
    seen = Greatest("last_met_on", "home_since")
    nothing = Value(None, output_field=DateField())
    follow_up = Case(
        *(
            When(
                GreaterThan(Later(F("home_since"), months=months, days=-EARLY_DAYS), seen),
                then=Later(F("home_since"), months=months),
            )
            for months in FOLLOW_UP_MONTHS
        ),
        default=nothing,
        output_field=DateField(),
    )
    stayer = Later(Greatest("last_met_on", "stays_since"), days=settings.STAYER_VISIT_DAYS)
    return Case(
        When(refused_contact() & Q(home_since__isnull=False), then=nothing),
        When(home_since__isnull=False, then=follow_up),
        When(choice="stay", then=stayer),
        default=nothing,
        output_field=DateField(),
    )


@dataclass(frozen=True)
class Work:
    """One kind of work: its name, what it means, and who of `with_due()` it waits for."""

    code: str
    label: Any
    condition: Callable[[date], Q]
    tone: str = ""

    @property
    def column(self) -> str:
        return self.code.replace("-", "_")


def _overdue(day: date) -> Q:
    return Q(due_on__lt=day)


def _due_soon(day: date) -> Q:
    span = (day, day + timedelta(days=settings.WORK_DUE_DAYS))
    lines = PlanLine.objects.filter(worker=OuterRef("pk"), state="open", due_on__range=span)
    return Q(visit_due_on__range=span) | Q(Exists(lines))


def _no_contact(day: date) -> Q:
    """Nobody met her for so long, counted from her registration; who has left is followed up."""
    since = day - timedelta(days=settings.WORK_NO_CONTACT_DAYS)
    silent = Q(last_met_on__lt=since) | Q(last_met_on__isnull=True, registered_on__lt=since)
    return silent & ~Q(journey_now__in=_GONE, journey_now__isnull=False)


def _waits_for_home(day: date) -> Q:
    """Found eligible so long ago, chose to return, and still here."""
    since = day - timedelta(days=settings.WORK_WAITING_DAYS)
    found = EligibilityDecision.objects.filter(
        worker=OuterRef("pk"), state="eligible", decided_on__lt=since
    )
    here = Q(journey_now__isnull=True) | Q(journey_now__in=("on_site", "in_batch"))
    return Q(choice="return", eligibility="eligible") & here & Q(Exists(found))


def _no_account(day: date) -> Q:
    accounts = BankAccount.objects.filter(worker=OuterRef("pk"), number_index__isnull=False)
    return ~Q(Exists(accounts.exclude(state="closed")))


def _asked_about_data(day: date) -> Q:
    return Q(Exists(DataRequest.objects.filter(worker=OuterRef("pk"), state="open")))


def _breach(state: str) -> Callable[[date], Q]:
    reports = StayBreach.objects.filter(worker=OuterRef("pk"), state=state)
    return lambda day: Q(Exists(reports))


SETS = (
    Work("terlambat", _("Overdue"), _overdue, "danger"),
    Work("segera", _("Due soon"), _due_soon, "warning"),
    Work("tanpa-kontak", _("No contact for long"), _no_contact),
    Work("risiko-tinggi", _("High risk, not reviewed"), lambda day: unreviewed_high_risk()),
    Work("pelanggaran-didengar", _("Breach reports: she is to be heard"), _breach("reported")),
    Work("pelanggaran-diputus", _("Breach reports: to be decided"), _breach("heard"), "warning"),
    Work("menunggu-pulang", _("Wait to go home for long"), _waits_for_home),
    Work("tanpa-rekening", _("Without account"), _no_account),
    Work("buku-belum-serah", _("Book or card not handed over"), lambda day: missing_book()),
    Work("permintaan-data", _("Requests about data"), _asked_about_data, "warning"),
    Work("tanpa-nik", _("Without NIK"), lambda day: Q(nik_index__isnull=True)),
)


def work_of(code: str) -> Work | None:
    return next((work for work in SETS if work.code == code), None)


def open_cases(user: User) -> QuerySet[Any]:
    """The open cases in this user's care, with what is due in them and who holds them."""
    people = Worker.objects.in_care_of(user).exclude(eligibility="not_eligible")
    people = people.filter(case_state="open")
    holder = CaseHolder.objects.current().filter(worker=OuterRef("pk"))
    return with_due(people).annotate(
        holder_id=Subquery(holder.values("user_id")[:1]),
        holder_name=Subquery(holder.values("user__full_name")[:1]),
    )


def counts(user: User) -> dict[str, int]:
    """Column of each set → how many cases are in it; one query."""
    day = today()
    marked = open_cases(user).annotate(
        **{
            f"in_{work.column}": ExpressionWrapper(work.condition(day), BooleanField())
            for work in SETS
        }
    )
    return marked.aggregate(
        **{work.column: Count("pk", filter=Q(**{f"in_{work.column}": True})) for work in SETS}
    )


def cases_in(work: Work, user: User) -> QuerySet[Any]:
    """The cases of one set, the most urgent first."""
    rows = open_cases(user).filter(work.condition(today()))
    return rows.order_by(F("due_on").asc(nulls_last=True), "name", "pk")


@dataclass(frozen=True)
class Caseload:
    """How much one caseworker holds (nobody: what is free to whoever works at the place)."""

    holder_id: int | None
    holder_name: str
    cases: int
    overdue: int


def caseloads(user: User) -> list[Caseload]:
    """Each holder with her numbers, as far as this user may see them; one query."""
    rows = (
        open_cases(user)
        .order_by()
        .values("holder_id", "holder_name")
        .annotate(cases=Count("pk"), overdue=Count("pk", filter=_overdue(today())))
        .order_by(F("holder_name").asc(nulls_last=True), "holder_id")
    )
    return [
        Caseload(row["holder_id"], row["holder_name"] or "", row["cases"], row["overdue"])
        for row in rows
    ]
