"""What a workbook is known to hold: the demo register's truth, and the shape of any other."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

DEMO = Path(__file__).resolve().parents[3] / "cases" / "data" / "register-demo.xlsx"
TRUTH = Path(__file__).resolve().parents[2] / "data" / "register-kotim-2017.truth.json"


@dataclass
class Truth:
    """One person as the builder of a workbook knows her."""

    sheet: str
    row: int
    place: str
    name: str
    born: date
    regency: str
    district: str
    nik: str | None
    mother: str
    account: str
    phone: str
    choice: str | None
    children: int
    alias: str
