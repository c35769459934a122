"""What the register tests share: regions, places, and the reader."""

import csv
from collections.abc import Callable
from datetime import date

import pytest

from cases.register.reading import RegisterReading, read_register
from kotim_social.regions.loading import DATA_DIR
from kotim_social.regions.matching import RegionIndex, current_index

CLOSING = date(2017, 11, 28)
Read = Callable[..., RegisterReading]


@pytest.fixture(scope="session")
def places() -> dict[str, list[str]]:
    with (DATA_DIR / "places.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["keywords"].split("|") for row in csv.DictReader(file)}


@pytest.fixture
def regions(db: None) -> RegionIndex:
    return current_index()


@pytest.fixture
def read(regions: RegionIndex, places: dict[str, list[str]]) -> Read:
    def reader(content: bytes, **others: object) -> RegisterReading:
        dates = dict.fromkeys(places, CLOSING)
        return read_register(content, places=places, regions=regions, ref_dates=dates, **others)

    return reader
