"""What a change of the programme says, and what stands against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from disbursements import yearend
from disbursements.listing import ceiling_rows
from disbursements.models import (
    AssistanceKind,
    BudgetYear,
    Ceiling,
    Entitlement,
    Funder,
    Policy,
    ProgrammeChange,
    Rate,
)
from kotim_social.lib.dates import format_date
from kotim_social.lib.money import format_rupiah

Values = dict[str, Any]
NOW = "now"
Subject = ProgrammeChange.Subject


@dataclass(frozen=True)
class Difference:
    """One field of a change in words, as it is and as it would be."""

    label: str
    before: str
    after: str


# -- what is there now -------------------------------------------------------------------------


def current(subject: str, after: Values) -> Values | None:
    """The present values of what a change is about; None when it is not there yet."""
    return _CURRENT[subject](after)


def _funder(after: Values) -> Values | None:
    funder = Funder.objects.filter(pk=after["code"]).first()
    if funder is None:
        return None
    return {"code": funder.code, "name": funder.name, "source": funder.source}


def _year(after: Values) -> Values | None:
    year = BudgetYear.objects.filter(pk=after["year"]).first()
    return None if year is None else {"year": year.pk, "cut_off": _iso(year.cut_off)}


def _kind(after: Values) -> Values | None:
    kind = AssistanceKind.objects.filter(pk=after["code"]).first()
    if kind is None:
        return None
    policy = Policy.objects.filter(kind=kind).first()
    return {
        "code": kind.code,
        "name": kind.name,
        "funder": kind.funder_id,
        "method": kind.method,
        "who": policy.who if policy else "",
        "payable_when": policy.payable_when if policy else "",
    }


def _package(after: Values) -> Values:
    parts = AssistanceKind.objects.filter(component_of=after["package"]).order_by("order", "code")
    return {"package": after["package"], "parts": list(parts.values_list("code", flat=True))}


def rate_before(kind: str, day: date) -> Rate | None:
    """The rate that holds on a day, which a new one from that day on would end."""
    return Rate.objects.filter(kind=kind).on(day).first()  # type: ignore[attr-defined,no-any-return]


def _rate(after: Values) -> Values | None:
    rate = rate_before(after["kind"], date.fromisoformat(after["valid_from"]))
    if rate is None:
        return None
    return {
        "kind": rate.kind_id,
        "amount": rate.amount,
        "valid_from": _iso(rate.valid_from),
        "legal_basis": rate.legal_basis,
    }


def _ceiling(after: Values) -> Values | None:
    found = Ceiling.objects.filter(budget_year=after["year"], kind=after["kind"]).first()
    if found is None:
        return None
    return {"year": found.budget_year_id, "kind": found.kind_id, "amount": found.amount}


def _closing(after: Values) -> Values | None:
    year = BudgetYear.objects.filter(pk=after["year"]).first()
    if year is None:
        return None
    return {"year": year.pk, "closed_on": _iso(year.closed_on)}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


_CURRENT: dict[str, Callable[[Values], Values | None]] = {
    Subject.FUNDER: _funder,
    Subject.BUDGET_YEAR: _year,
    Subject.KIND: _kind,
    Subject.PACKAGE: _package,
    Subject.RATE: _rate,
    Subject.CEILING: _ceiling,
    Subject.CLOSING: _closing,
}


# -- what stands against it --------------------------------------------------------------------


def problems(subject: str, after: Values) -> list[str]:
    """Sentences against a change as things stand now; asked at the proposal and the acceptance."""
    if current(subject, after) == after:
        return [_("That is how it is already.")]
    check = _CHECKS.get(subject)
    return check(after) if check else []


def _against_year(after: Values) -> list[str]:
    year = BudgetYear.objects.filter(pk=after["year"]).first()
    if year is not None and year.closed_on is not None:
        return [_("The budget year %(year)s is closed.") % {"year": year.year}]
    return []


def _against_kind(after: Values) -> list[str]:
    now = _kind(after)
    used = Entitlement.objects.filter(kind=after["code"]).exists()
    if now is None or not used:
        return []
    if (now["funder"], now["method"]) != (after["funder"], after["method"]):
        return [_("A decree has used this kind: its funder and way of paying stay as they are.")]
    return []


def _against_package(after: Values) -> list[str]:
    if Entitlement.objects.exists():
        return [_("Packages can only change while nothing is determined by a decree.")]
    if after["package"] in after["parts"]:
        return [_("A kind is not a part of itself.")]
    kinds = AssistanceKind.objects.in_bulk([after["package"], *after["parts"]])
    if kinds[after["package"]].component_of_id:
        return [_("This kind is itself a part of a package.")]
    elsewhere = [
        kinds[code].name
        for code in after["parts"]
        if kinds[code].component_of_id not in (None, after["package"])
        or kinds[code].components.exists()
    ]
    if elsewhere:
        names = {"names": ", ".join(elsewhere)}
        return [_("These kinds already belong to another package: %(names)s.") % names]
    return []


def _against_rate(after: Values) -> list[str]:
    day = date.fromisoformat(after["valid_from"])
    now = rate_before(after["kind"], day)
    found = []
    if AssistanceKind.objects.filter(component_of=after["kind"]).exists():
        found.append(_("This kind is paid by its parts; they have the rates."))
    if now is not None and now.valid_from == day and is_used(now):
        found.append(
            _("A decree has used the rate that begins on this day; it is never changed. ")
            + _("Let the new rate begin on a later day.")
        )
    return found


def is_used(rate: Rate) -> bool:
    """Whether a decree has frozen this rate for somebody."""
    return Entitlement.objects.filter(rate=rate).exists()


def _against_ceiling(after: Values) -> list[str]:
    against = _against_year(after)
    year = BudgetYear.objects.filter(pk=after["year"]).first()
    for row in ceiling_rows(year):
        if row.kind.code == after["kind"] and after["amount"] < row.committed:
            against.append(
                _("%(amount)s is approved for payment already; a ceiling is not below that.")
                % {"amount": format_rupiah(row.committed)}
            )
    return against


def _against_closing(after: Values) -> list[str]:
    year = BudgetYear.objects.filter(pk=after["year"]).first()
    return yearend.against_closing(year) if year else []


_CHECKS: dict[str, Callable[[Values], list[str]]] = {
    Subject.BUDGET_YEAR: _against_year,
    Subject.KIND: _against_kind,
    Subject.PACKAGE: _against_package,
    Subject.RATE: _against_rate,
    Subject.CEILING: _against_ceiling,
    Subject.CLOSING: _against_closing,
}


# -- in words ----------------------------------------------------------------------------------


def labels() -> dict[str, str]:
    return {
        "code": _("Code"),
        "name": _("Name"),
        "source": _("Source of funds"),
        "year": _("Budget year"),
        "cut_off": _("Last day of payment"),
        "funder": _("Funder"),
        "method": _("Paid by"),
        "who": _("Who gets it"),
        "payable_when": _("Paid when"),
        "package": _("Package"),
        "parts": _("Parts"),
        "kind": _("Kind"),
        "amount": _("Amount"),
        "valid_from": _("Valid from"),
        "legal_basis": _("Legal basis"),
        "closed_on": _("Closed on"),
    }


def in_words(change: ProgrammeChange) -> list[Difference]:
    """Every field of a change, before and after."""
    before, words = change.before or {}, labels()
    names = {kind.code: kind.name for kind in AssistanceKind.objects.all()}
    names |= {funder.code: funder.name for funder in Funder.objects.all()}
    return [
        Difference(
            words[field],
            _as_text(field, before.get(field), names),
            _as_text(field, value, names),
        )
        for field, value in change.after.items()
    ]


def _as_text(field: str, value: Any, names: dict[str, str]) -> str:
    if value in (None, "", []):
        return "–"
    if field in ("cut_off", "valid_from", "closed_on"):
        is_open = value == NOW
        return _("on the day of the acceptance") if is_open else format_date(_parsed(value))
    writers: dict[str, Callable[[Any], Any]] = {
        "amount": format_rupiah,
        "parts": lambda codes: ", ".join(names.get(code, code) for code in codes),
        "kind": lambda code: names.get(code, code),
        "package": lambda code: names.get(code, code),
        "funder": lambda code: names.get(code, code),
        "method": lambda code: AssistanceKind.Method(code).label,
        "who": lambda code: Policy.Who(code).label,
        "payable_when": lambda code: Policy.PayableWhen(code).label,
    }
    return str(writers.get(field, str)(value))


def _parsed(text: str) -> date:
    return date.fromisoformat(text)
