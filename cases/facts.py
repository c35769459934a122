"""Everything about one person for her page, in a number of queries that does not grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cases import workflow
from cases.masks import masked_number, masked_of
from cases.models import (
    Alias,
    BankAccount,
    ChoiceChange,
    ClosingReason,
    EligibilityDecision,
    Journey,
    Merge,
    OriginConfirmation,
    Portrait,
    ReasonCode,
    SignedStatement,
    Worker,
)
from cases.read_only import notes_on_case
from cases.rules import Lack, may_open, readiness
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.models import Entry
from kotim_social.lib.dates import format_date
from kotim_social.regions.models import District, Place, Regency

TIMELINE = 30

# The acts of the trail that her timeline tells; what was only looked at is left to the trail.
ACTS = {
    "worker.register": gettext_noop("Registered"),
    "worker.edit": gettext_noop("Data corrected"),
    "worker.verify": gettext_noop("Visited and identified"),
    "worker.find_eligible": gettext_noop("Found eligible"),
    "worker.find_not_eligible": gettext_noop("Found not eligible"),
    "worker.put_on_hold": gettext_noop("Put on hold"),
    "worker.determine": gettext_noop("Named by a decree"),
    "worker.sign_statement": gettext_noop("Statement signed"),
    "worker.choose_return": gettext_noop("Chose to return"),
    "worker.choose_stay": gettext_noop("Chose to stay"),
    "worker.choose_referred": gettext_noop("Is referred"),
    "worker.close": gettext_noop("Case closed"),
    "worker.reopen": gettext_noop("Case opened again"),
    "worker.merge": gettext_noop("Merged into another record"),
    "worker.unmerge": gettext_noop("Merging taken back"),
    "worker.take_in": gettext_noop("Another record was merged into this one"),
    "worker.give_back": gettext_noop("Another record was taken out again"),
    "worker.not_the_same": gettext_noop("Found to be another person than somebody like her"),
    "worker.ask_closing": gettext_noop("Closing asked for"),
    "worker.withdraw_closing": gettext_noop("Request to close withdrawn"),
    "worker.leave_open": gettext_noop("Closing declined"),
    "bankaccount.add": gettext_noop("Account recorded"),
    "bankaccount.replace": gettext_noop("Account replaced"),
    "bankaccount.open": gettext_noop("Account opened"),
    "bankaccount.close": gettext_noop("Old account closed"),
    "bankaccount.edit_holder": gettext_noop("Account holder corrected"),
    "bankaccount.confirm_active": gettext_noop("Bank confirmed the account"),
    "bankaccount.hand_over_book": gettext_noop("Savings book or card handed over to her"),
    "bankaccount.correct_hand_over": gettext_noop("Hand-over of book or card corrected"),
    "bankaccount.report_blocked": gettext_noop("Bank reported: blocked"),
    "bankaccount.report_dormant": gettext_noop("Bank reported: dormant"),
    "bankaccount.report_name_differs": gettext_noop("Bank reported: name differs"),
    "journey.join": gettext_noop("Put in a batch"),
    "journey.leave": gettext_noop("Taken out of the batch"),
    "journey.approve": gettext_noop("Her batch was approved"),
    "journey.depart": gettext_noop("Departed"),
    "journey.stay_behind": gettext_noop("Did not board"),
    "journey.arrive": gettext_noop("Arrived"),
    "journey.undo_arrival": gettext_noop("Arrival undone"),
    "journey.hand_over": gettext_noop("Handed over"),
    "journey.lose": gettext_noop("Not found"),
    "journey.find_again": gettext_noop("Found again"),
    "journey.go_alone": gettext_noop("Went home by herself"),
    "journey.go_on_alone": gettext_noop("Went on by herself"),
    "journey.come_back": gettext_noop("Came back"),
    "journey.report_death": gettext_noop("Recorded as deceased"),
}
FIELDS = {
    "choice": gettext_noop("Choice"),
    "eligibility": gettext_noop("Eligibility"),
    "state": gettext_noop("State"),
    "statement": gettext_noop("Statement"),
    "holder": gettext_noop("Name of the holder"),
    "number": gettext_noop("Account number"),
    "bank": gettext_noop("Bank"),
    "checked_on": gettext_noop("Last bank check"),
    "aliases": gettext_noop("Other names"),
    "merged": gettext_noop("Register number"),
    "closing": gettext_noop("Reason"),
    "others": gettext_noop("Records"),
    "determined_on": gettext_noop("Determined by decree on"),
    "approved_on": gettext_noop("Approved on"),
    "handed_on": gettext_noop("date of the hand-over"),
    "things": gettext_noop("what she got"),
    "case_state": gettext_noop("State of the case"),
    "place_id": gettext_noop("Place"),
    "home_regency_id": gettext_noop("Home region"),
    "home_district_id": gettext_noop("Home district"),
}
_STATES = {
    "choice": workflow.CHOICE,
    "statement": workflow.CHOICE,
    "eligibility": workflow.ELIGIBILITY,
    "case_state": workflow.CASE,
}
_REASONS = {**dict(ReasonCode.choices), **dict(ClosingReason.choices)}
_STATE_OF = {"bankaccount": workflow.ACCOUNT, "journey": workflow.JOURNEY}
_THINGS = {
    "book": gettext_noop("savings book"),
    "card": gettext_noop("bank card"),
    "no_card": gettext_noop("the bank gives no card with it"),
}
# Columns that hold the code of a place: the timeline says its name.
_PLACES: dict[str, Any] = {
    "place_id": Place,
    "home_regency_id": Regency,
    "home_district_id": District,
}


@dataclass(frozen=True)
class PersonFacts:
    """What her page shows of her; money and batches are added by the page itself.

    The rows behind her states are read when somebody asks for them, one query each.
    """

    worker: Worker
    aliases: list[str]
    accounts: list[BankAccount]
    journeys: list[Journey]
    lacks: list[Lack] = field(default_factory=list)
    timeline: list[dict[str, Any]] = field(default_factory=list)

    @property
    def account(self) -> BankAccount | None:
        """The one that is not closed."""
        return next((account for account in self.accounts if account.state != "closed"), None)

    @property
    def journey(self) -> Journey | None:
        return next((journey for journey in self.journeys if journey.current), None)

    @cached_property
    def decisions(self) -> list[EligibilityDecision]:
        rows = self.worker.eligibility_decisions.select_related("recorded_by")
        return list(rows.order_by("-decided_on", "-id"))

    @cached_property
    def choices(self) -> list[ChoiceChange]:
        rows = self.worker.choice_changes.select_related("recorded_by")
        return list(rows.order_by("-decided_on", "-id"))

    @cached_property
    def statements(self) -> list[SignedStatement]:
        rows = self.worker.statements.select_related("recorded_by")
        return list(rows.order_by("-signed_on", "-id"))

    @cached_property
    def origin(self) -> OriginConfirmation | None:
        return self.worker.origin_confirmations.filter(current=True).first()

    @property
    def decision(self) -> EligibilityDecision | None:
        return self.decisions[0] if self.decisions else None

    @property
    def statement(self) -> SignedStatement | None:
        """The newest one, whether or not it still fits her choice."""
        return self.statements[0] if self.statements else None


def worker_for_page(pk: Any, user: User) -> Any:
    """She with all that her page needs beside its lists, in one query; or 404 out of scope."""
    her = OuterRef("pk")
    names = Alias.objects.filter(worker=her).order_by("name").values("name")
    merges = Merge.objects.standing().filter(kept=her)
    photos = Portrait.objects.allowed().filter(worker=her)
    rows = (
        Worker.objects.visible_to(user)
        .with_readiness()
        .annotate(
            alias_names=ArraySubquery(names),
            took_in=Exists(merges),
            in_care=Exists(Worker.objects.in_care_of(user).filter(pk=her)),
            photo=Subquery(photos.values("pk")[:1]),
        )
        .named()
        .select_related("home_regency__province", "home_district")
    )
    try:
        return rows.get(pk=pk)
    except (Worker.DoesNotExist, ValidationError) as error:
        raise Http404 from error


def facts_of(worker: Any) -> PersonFacts:
    """Three queries; the worker comes from `worker_for_page()`."""
    accounts = list(worker.accounts.select_related("recorded_by").order_by("-id"))
    journeys = list(worker.journeys.order_by("-current", "-id"))
    return PersonFacts(
        worker=worker,
        aliases=worker.alias_names,
        accounts=accounts,
        journeys=journeys,
        lacks=readiness(worker),
        timeline=_timeline(worker, accounts, journeys),
    )


def card_context(facts: PersonFacts, user: User) -> dict[str, Any]:
    """What the fragments of templates/cases need to stand on a page."""
    worker: Any = facts.worker
    is_open = worker.case_state == "open"
    return {
        "facts": facts,
        "case_notes": notes_on_case(worker, user) if worker.took_in or not is_open else [],
        "is_open": is_open,
        "lack_links": [
            {
                "sentence": lack.sentence,
                "url": lack.url(facts.worker.pk) if may_open(lack.url_name, user) else "",
            }
            for lack in facts.lacks
        ],
        # Her photo while she agrees to it, for whoever may see files.
        "photo": worker.photo if user.can(Perm.FILE_VIEW) else None,
        "masked": masked_of(facts.worker) | {"account": masked_number(facts.account)},
        "may_edit": is_open and user.can(Perm.WORKER_EDIT),
        "may_reveal": user.can(Perm.WORKER_REVEAL),
    }


def _timeline(
    worker: Worker, accounts: list[BankAccount], journeys: list[Journey]
) -> list[dict[str, Any]]:
    hers = Q(object_type="cases.worker", object_id=str(worker.pk))
    hers |= Q(
        object_type__in=["cases.bankaccount", "cases.journey"],
        object_id__in=[str(row.pk) for row in [*accounts, *journeys]],
    )
    who = User.objects.filter(pk=OuterRef("user_id")).values("full_name")
    found = Entry.objects.filter(hers, act__in=ACTS).annotate(full_name=Subquery(who))
    entries = list(found.order_by("-pk")[:TIMELINE])
    places = _places(entries)
    return [
        {
            "when": entry.at,
            "who": entry.full_name or entry.username,
            "act": _(ACTS[entry.act]),
            "reason": _REASONS.get(entry.reason, entry.reason),
            "changes": [_change(entry, name, pair, places) for name, pair in entry.changes.items()],
        }
        for entry in entries
    ]


def _places(entries: Sequence[Entry]) -> dict[Any, str]:
    """Names of the places that changes tell of, by their codes; a query for each kind told of."""
    names: dict[Any, str] = {}
    for column, model in _PLACES.items():
        told = [entry.changes.get(column, ()) for entry in entries]
        if codes := {code for pair in told for code in pair if code}:
            names |= {row.pk: str(row) for row in model.objects.filter(pk__in=codes)}
    return names


def _change(entry: Entry, name: str, pair: Sequence[Any], places: dict[Any, str]) -> dict[str, Any]:
    if name in FIELDS:
        label = _(FIELDS[name])
    else:
        column: Any = Worker._meta.get_field(name) if name in Worker.privacy else None
        label = str(column.verbose_name) if column else name
    old, new = (_said(entry, name, value, places) for value in pair)
    return {"label": label, "old": old, "new": new}


def _said(entry: Entry, name: str, value: Any, places: dict[Any, str]) -> Any:
    if isinstance(value, list):
        return ", ".join(_(_THINGS[one]) if one in _THINGS else str(one) for one in value)
    if value and (name.endswith("_on") or name == "birth_date"):
        return format_date(date.fromisoformat(value))
    if name in _PLACES:
        return places.get(value, value)
    table = _STATE_OF.get(entry.act.partition(".")[0]) if name == "state" else _STATES.get(name)
    known: dict[Any, Any] = dict(table.choices) if table else {}
    if name == "closing":
        known = dict(ClosingReason.choices)
    return known.get(value, value)
