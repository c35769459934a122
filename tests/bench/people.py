"""Invented women, the same for the same seed: common names are common and rare names are rare."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

from cases.identity import folded

FIRST = (
    "Siti", "Sri", "Dewi", "Nur", "Ani", "Rina", "Yuni", "Eka", "Fitri", "Ratna", "Wati", "Lilis",
    "Endang", "Sumiati", "Kartini", "Yanti", "Mega", "Indah", "Puji", "Tuti", "Umi", "Hana",
    "Gita", "Beti", "Citra", "Mawar", "Intan", "Melati", "Rosa", "Juwita", "Karmila", "Novi",
    "Oktavia", "Purwanti", "Qomariah", "Rahma", "Suryani", "Tri", "Ulfa", "Vina", "Winda", "Yayuk",
    "Zubaidah", "Aisyah", "Halimah", "Maimunah", "Djumilah", "Soerti", "Tjitra", "Kholifah",
)  # fmt: skip
MIDDLE = (
    "Aminah", "Rahayu", "Lestari", "Astuti", "Handayani", "Wahyuni", "Ningsih", "Utami", "Puspita",
    "Maharani", "Kusuma", "Permata", "Anggraini", "Safitri", "Wulandari", "Susanti", "Pratiwi",
    "Hidayati", "Kurniasih", "Mulyani", "Setiawati", "Budiarti", "Cahyani", "Damayanti", "Erawati",
    "Febriani", "Lukita", "Marlina", "Nuraini", "Oktaviani", "Purnama", "Rosmawati", "Sulastri",
    "Trisnawati", "Ulandari", "Veronika", "Widiastuti", "Yuliana", "Zulaikha", "Khodijah",
)  # fmt: skip
SYLLABLES = (
    "ba", "be", "bu", "da", "de", "di", "ga", "gi", "ha", "he", "ja", "jo", "ka", "ke", "ku", "la",
    "le", "li", "ma", "me", "mi", "na", "ni", "nu", "pa", "pu", "ra", "ri", "ro", "sa", "se", "su",
    "ta", "te", "ti", "tu", "wa", "wi", "ya", "yu",
)  # fmt: skip
TOWNS = ("Jember", "Malang", "Blitar", "Kediri", "Banyuwangi", "Sampit", "Lumajang", "Tuban")
BANKS = ("BRI", "BRI", "BRI", "BPD Kalteng", "Mandiri")
FIRST_BIRTH = date(1960, 1, 1)
BIRTH_DAYS = 14_000  # until 1998: nobody is a child in November 2017


def _skewed(count: int) -> list[float]:
    """Weights by which the first of a row is some twenty times as common as the last."""
    return list(accumulate(1 / (n + 2) for n in range(count)))


_FIRST_WEIGHTS = _skewed(len(FIRST))
_MIDDLE_WEIGHTS = _skewed(len(MIDDLE))
remembered_folded = lru_cache(maxsize=200_000)(folded)


@dataclass(frozen=True, slots=True)
class Person:
    """The facts of the n-th woman that are written as they stand."""

    name: str
    alias: str
    mother: str
    born: date
    town: str
    nik: str
    phone: str
    account: str
    bank: str
    children: int


def person(n: int, luck: random.Random) -> Person:
    """NIK, telephone and account follow from n alone, so that no two women share one."""
    born = FIRST_BIRTH + timedelta(days=n * 7 % BIRTH_DAYS)
    district = 350100 + n // BIRTH_DAYS
    nik = f"{district}{born.day + 40:02d}{born:%m%y}{n * 7919 % 9999 + 1:04d}"
    return Person(
        name=_name(luck),
        alias=_rare(luck).capitalize() if luck.random() < 0.15 else "",
        mother=_name(luck),
        born=born,
        town=luck.choice(TOWNS),
        nik=nik,
        phone=f"0812{n * 6151 % 90_000_000 + 10_000_000}",
        account=f"{7_000_000_000 + n}",
        bank=luck.choice(BANKS),
        children=luck.choices((0, 1, 2, 3), (70, 18, 9, 3))[0],
    )


def _name(luck: random.Random) -> str:
    words = [luck.choices(FIRST, cum_weights=_FIRST_WEIGHTS)[0]]
    if luck.random() < 0.85:
        words.append(luck.choices(MIDDLE, cum_weights=_MIDDLE_WEIGHTS)[0])
    if luck.random() < 0.35:
        words.append(_rare(luck).capitalize())
    return " ".join(words)


def _rare(luck: random.Random) -> str:
    return "".join(luck.choices(SYLLABLES, k=luck.choice((2, 3, 3, 4))))
