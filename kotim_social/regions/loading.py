"""Loads regions, spellings, lokalisasi and places from the CSV files of this app."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from django.db import models, transaction

from kotim_social.regions.names import fold_place

DATA_DIR = Path(__file__).resolve().parent / "data"
BATCH = 2_000

ModelClass = type[models.Model]


@dataclass(frozen=True)
class RegionModels:
    """The model classes to fill: the real ones, or those of a migration."""

    province: ModelClass
    regency: ModelClass
    district: ModelClass
    spelling: ModelClass
    lokalisasi: ModelClass
    place: ModelClass

    @classmethod
    def of(cls, apps: Any) -> Self:
        """From an app registry, also the historical one that a migration is given."""
        names = ("Province", "Regency", "District", "Spelling", "Lokalisasi", "Place")
        return cls(*(apps.get_model("regions", name) for name in names))


def load_regions(into: RegionModels, *, using: str = "default") -> dict[str, int]:
    """Inserts what is missing and updates what differs; rows by file name.

    Lokalisasi that exist are left alone: their closing dates belong to the office.
    """
    validity = {row["code"]: row for row in _rows("validity")}
    loads: dict[str, tuple[ModelClass, list[models.Model]]] = {
        "provinces": (into.province, [into.province(**row) for row in _provinces(validity)]),
        "regencies": (into.regency, [into.regency(**row) for row in _regencies(validity)]),
        "districts": (into.district, [into.district(**row) for row in _districts()]),
    }
    with transaction.atomic(using=using):
        for model, objects in loads.values():
            _upsert(model, objects, unique=["code"], using=using)
        spellings = [into.spelling(**row) for row in _spellings()]
        _upsert(into.spelling, spellings, unique=["kind", "text"], using=using)
        lokalisasi = [into.lokalisasi(**row) for row in _lokalisasi()]
        into.lokalisasi._base_manager.using(using).bulk_create(lokalisasi, ignore_conflicts=True)
        places = [into.place(**row) for row in _places()]
        _upsert(into.place, places, unique=["code"], using=using)
    counts = {name: len(objects) for name, (_model, objects) in loads.items()}
    return counts | {
        "spellings": len(spellings),
        "lokalisasi": len(lokalisasi),
        "places": len(places),
    }


def _upsert(
    model: ModelClass, objects: list[models.Model], *, unique: list[str], using: str
) -> None:
    updated = [
        field.name
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name not in unique
    ]
    model._base_manager.using(using).bulk_create(
        objects,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=unique,
        update_fields=updated,
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA_DIR / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _period(validity: dict[str, dict[str, str]], code: str) -> dict[str, date | None]:
    row = validity.get(code, {})
    return {
        "valid_from": _date(row.get("valid_from", "")),
        "valid_until": _date(row.get("valid_until", "")),
    }


def _provinces(validity: dict[str, dict[str, str]]) -> Iterator[dict[str, Any]]:
    for row in _rows("provinces"):
        yield {**row, **_period(validity, row["code"])}


def _regencies(validity: dict[str, dict[str, str]]) -> Iterator[dict[str, Any]]:
    for row in _rows("regencies"):
        kind, _blank, short_name = row["name"].partition(" ")
        yield {
            "code": row["code"],
            "province_id": row["province_code"],
            "name": row["name"],
            "short_name": short_name.removeprefix("Administrasi "),
            "kind": kind.lower(),
            **_period(validity, row["code"]),
        }


def _districts() -> Iterator[dict[str, Any]]:
    for row in _rows("districts"):
        yield {"code": row["code"], "regency_id": row["regency_code"], "name": row["name"]}


def _spellings() -> Iterator[dict[str, Any]]:
    for row in _rows("spellings"):
        kind = row["kind"]
        yield {
            "kind": kind,
            "text": row["text"] if kind == "old_code" else fold_place(row["text"]),
            "province_id": row["code"] if kind == "province" else None,
            "regency_id": row["code"] if kind != "province" else None,
            "valid_until": _date(row["valid_until"]),
            "note": row["note"],
        }


def _lokalisasi() -> Iterator[dict[str, Any]]:
    for row in _rows("lokalisasi"):
        yield {**row, "planned_closing": _date(row["planned_closing"])}


def _places() -> Iterator[dict[str, Any]]:
    for row in _rows("places"):
        yield {
            "code": row["code"],
            "lokalisasi_id": row["lokalisasi_code"],
            "name": row["name"],
            "label": row["label"],
            "village_code": row["village_code"],
            "district_code": row["district_code"],
            "district_name": row["district_name"],
            "keywords": row["keywords"].split("|"),
            "position": int(row["position"]),
        }
