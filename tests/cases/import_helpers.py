"""An office with caseworkers, and workbooks of any contents, for the tests of the import."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from cases.actions.importing import confirm_import, stage_register
from cases.models import RegisterImport
from kotim_social.accounts.models import Assignment, RoleGrant, User
from kotim_social.regions.models import Lokalisasi

ROOT = Path(__file__).resolve().parent.parent.parent
DEMO = (ROOT / "cases" / "data" / "register-demo.xlsx").read_bytes()
TRUTH = json.loads((ROOT / "tests" / "data" / "register-kotim-2017.truth.json").read_text())
DAY = date(2017, 11, 1)
SINCE = date(2017, 1, 1)
HEADS = (
    "NO", "NAMA LENGKAP", "ALIAS", "NIK", "TEMPAT LAHIR", "TANGGAL LAHIR", "ALAMAT ASAL",
    "NAMA IBU KANDUNG", "LOKALISASI", "BANK", "NOMOR REKENING", "NO. HP", "RENCANA", "JUMLAH ANAK",
    "KETERANGAN",
)  # fmt: skip


def user(name: str, role: str = "petugas", places: Sequence[str] | None = None) -> User:
    """Somebody of the office; a caseworker is given all lokalisasi unless some are named."""
    person = User.objects.create_user(username=name, password=None)
    person.full_name = f"Uji {name}"
    person.save()
    RoleGrant.objects.create(user=person, role=role, valid_from=SINCE)
    for lokalisasi in Lokalisasi.objects.all():
        if places is None or lokalisasi.pk in places:
            Assignment.objects.create(user=person, lokalisasi=lokalisasi, valid_from=SINCE)
    return User.objects.get(pk=person.pk)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def person(number: int = 1, **cells: Any) -> dict[str, Any]:
    """One row of a workbook, with other cells where they are named."""
    return {
        "NAMA LENGKAP": f"Contoh {'abcdefghijklmnopqrstuvwxyz'[number % 26] * 3}ina",
        "TEMPAT LAHIR": "Jember",
        "TANGGAL LAHIR": f"{number % 28 + 1:02d}-03-1990",
        "ALAMAT ASAL": "Kab. Jember, Jawa Timur",
        "NAMA IBU KANDUNG": f"Ibu {number}",
        "LOKALISASI": "Km 12",
        "RENCANA": "PULANG",
    } | {title.replace("_", " "): cell for title, cell in cells.items()}


def workbook(*rows: dict[str, Any]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Register"
    sheet.append(list(HEADS))
    for number, row in enumerate(rows, start=1):
        sheet.append([number, *(row.get(head) for head in HEADS[1:])])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def imported(content: bytes, by: User) -> RegisterImport:
    staged = stage_register(content, file_name="register.xlsx", by=by, registered_on=DAY)
    return confirm_import(staged, by=by)


def url(name: str, *args: Any) -> str:
    return reverse(f"cases:{name}", args=args)
