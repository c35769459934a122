"""A row beside the record it repeats: the same facts of both, and which of them differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.identity import normal_phone
from cases.models import StagedRow, Worker
from kotim_social.accounts.models import User
from kotim_social.lib.dates import format_date
from kotim_social.lib.nik import mask_account, mask_nik, mask_phone
from kotim_social.regions.models import Place, Regency

_NOTHING = "–"
_LABELS: tuple[tuple[str, Any], ...] = (
    ("name", gettext_lazy("Name")),
    ("aliases", gettext_lazy("Alias")),
    ("nik", gettext_lazy("NIK")),
    ("birth_date", gettext_lazy("Date of birth")),
    ("birth_place", gettext_lazy("Place of birth")),
    ("mother", gettext_lazy("Mother's name")),
    ("home", gettext_lazy("Home region")),
    ("place", gettext_lazy("Place")),
    ("wisma", gettext_lazy("Wisma / room")),
    ("account", gettext_lazy("Account number")),
    ("phone", gettext_lazy("Telephone")),
    ("choice", gettext_lazy("Choice")),
)
_MASKS: dict[str, Callable[[str], str]] = {
    "nik": mask_nik,
    "account": mask_account,
    "phone": mask_phone,
}


@dataclass(frozen=True)
class Comparison:
    """`rows` are empty where the record lies outside this user's scope."""

    title: str
    rows: list[dict[str, Any]]
    worker: Worker | None = None


def facts_of_row(row: StagedRow) -> dict[str, str]:
    """What the row says, unmasked, in the words that are compared."""
    read = row.fields
    born = read["birth_date"]
    regency = Regency.objects.filter(pk=read["regency_code"]).first()
    return {
        "name": read["name"],
        "aliases": ", ".join(sorted(read["aliases"])),
        "nik": read["nik"] or "",
        "birth_date": format_date(date.fromisoformat(born)) if born else "",
        "birth_place": read["birth_place"],
        "mother": read["mother"],
        "home": str(regency) if regency is not None else "",
        "place": _label(row.place),
        "wisma": read["wisma"],
        "account": read["account"],
        "phone": normal_phone(read["phone"]),
        "choice": read["choice"] or "undecided",
    }


def facts_of_worker(worker: Worker) -> dict[str, str]:
    account = next((a for a in worker.accounts.all() if a.state != "closed"), None)
    return {
        "name": worker.name,
        "aliases": ", ".join(sorted(alias.name for alias in worker.aliases.all())),
        "nik": worker.nik or "",
        "birth_date": format_date(worker.birth_date),
        "birth_place": worker.birth_place,
        "mother": worker.mother_name,
        "home": str(worker.home_regency or ""),
        "place": _label(worker.place),
        "wisma": worker.wisma,
        "account": (account.number or "") if account is not None else "",
        "phone": normal_phone(worker.phone or ""),
        "choice": worker.choice,
    }


def shown_facts(facts: dict[str, str]) -> list[dict[str, str]]:
    """Label and masked value of each fact."""
    return [{"label": str(label), "value": _shown(key, facts[key])} for key, label in _LABELS]


def compare(row: StagedRow, user: User) -> Comparison | None:
    """The row beside what it repeats; None where it repeats nothing (any more)."""
    if row.repeats_worker_id is not None:
        return _beside_worker(row, user)
    if row.repeats_row_id is None:
        return None
    earlier = StagedRow.objects.visible_to(user).select_related("place")
    other = earlier.filter(pk=row.repeats_row_id).first()
    if other is None:
        return Comparison(_out_of_sight(), [])
    where = {"sheet": other.sheet, "row": other.row_no}
    title = _("Sheet %(sheet)s, row %(row)s") % where
    return Comparison(title, _beside(facts_of_row(row), facts_of_row(other)))


def _beside_worker(row: StagedRow, user: User) -> Comparison:
    worker = (
        Worker.objects.visible_to(user)
        .select_related("place", "home_regency")
        .prefetch_related("accounts", "aliases")
        .filter(pk=row.repeats_worker_id)
        .first()
    )
    if worker is None:
        return Comparison(_out_of_sight(), [])
    beside = _beside(facts_of_row(row), facts_of_worker(worker))
    return Comparison(worker.register_no, beside, worker)


def _out_of_sight() -> str:
    return _("A record exists outside your places. Ask the supervisor.")


def _beside(hers: dict[str, str], other: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "row": _shown(key, hers[key]),
            "record": _shown(key, other[key]),
            "differs": hers[key] != other[key],
        }
        for key, label in _LABELS
    ]


def _shown(key: str, value: str) -> str:
    if not value:
        return _NOTHING
    if key == "choice":
        words = {"return": _("return"), "stay": _("stay"), "referred": _("referred")}
        return words.get(value, _("not yet said"))
    return _MASKS.get(key, str)(value)


def _label(place: Place | None) -> str:
    return place.label if place is not None else ""


def beside_workers(one: Worker, other: Worker) -> list[dict[str, Any]]:
    """Two records in the same words, masked as a row beside a record is."""
    return _beside(facts_of_worker(one), facts_of_worker(other))
