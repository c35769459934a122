"""The demo office: the figures that the real register must give, on screen, on paper, in JSON."""

from __future__ import annotations

import io
import itertools
import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models
from django.urls import reverse

from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.audit.sealing import seal, verify
from kotim_social.operations import office
from kotim_social.operations.grants import CLOSED
from tests.documents.pdf_text import page_texts
from tests.test_access import signed_in

pytestmark = pytest.mark.django_db

PEOPLE = {
    "registered": 239,
    "by_place": {"KM12": 165, "TANGAR": 20, "MEKAR_JAYA": 30, "BUKIT_HARAPAN": 24},
    "by_home_province": {
        "35": 131, "33": 33, "32": 22, "63": 18, "62": 16, "52": 7, "73": 5, "51": 3, "18": 2,
        "36": 2,
    },
    "by_choice": {"return": 178, "stay": 43, "undecided": 18, "referred": 0},
    "with_nik": 185,
    "with_account": 94,
}  # fmt: skip
TOTAL = {
    "entitled": 2_413_900_000,
    "paid": 0,
    "in_process": 0,
    "returned": 0,
    "withheld": 308_050_000,
    "open": 2_105_850_000,
}
ENTITLED = {
    ("KEMENSOS", "TABUNGAN"): 1_206_950_000,
    ("PEMKAB", "TRANSPORT"): 59_750_000,
    ("PEMKAB", "JADUP"): 430_200_000,
    ("PEMKAB", "MODAL"): 717_000_000,
}


@pytest.fixture
def demo() -> list[tuple[str, str]]:
    return office.make_demo_office(lambda _line: None)


def said(*command: str, **options: Any) -> dict[str, Any]:
    """What a command prints as JSON."""
    out = io.StringIO()
    call_command(*command, json=True, stdout=out, **options)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def test_totals_of_a_fresh_register(demo: list[tuple[str, str]]) -> None:
    figures = said("totals")
    assert figures["people"] == PEOPLE
    assert figures["register_rows"] == {
        "accepted": 239, "duplicate": 3, "refused": 2, "referral": 1,
    }  # fmt: skip
    assert figures["total"] == TOTAL
    assert {(r["funder"], r["kind"]): r["entitled"] for r in figures["money"]} == ENTITLED
    for measure, total in TOTAL.items():
        assert sum(row[measure] for row in figures["money_by_place"]) == total


def test_the_pages_show_the_same(demo: list[tuple[str, str]]) -> None:
    client = signed_in(Role.PIMPINAN)
    for name in ("desk:totals", "desk:home", "disbursements:report_index"):
        words = client.get(reverse(name)).content.decode()
        for amount in ("2.413.900.000", "308.050.000", "2.105.850.000"):
            assert amount in words, f"{name} does not show {amount}"


def test_papers_say_the_same(demo: list[tuple[str, str]], tmp_path: Path) -> None:
    for kind, size in itertools.product(("rekap", "nominatif"), ("F4", "F4_210", "A4")):
        target = tmp_path / f"{kind}-{size}.pdf"
        call_command("paper", kind, out=target, paper=size, stdout=io.StringIO())
        pages = page_texts(target.read_bytes())
        words = re.sub(r"\s+", " ", " ".join(pages))
        assert "2.413.900.000" in words
        assert "KONSEP" in words
        in_words = "Dua miliar empat ratus tiga belas juta sembilan ratus ribu rupiah"
        assert in_words in words
        if kind == "nominatif":
            # One row a person, whatever the number of pages.
            assert len(re.findall(r"\b10\.100\.000\b", words)) >= 239
            assert words.count("Pindahan") == len(pages) - 1


def test_batches_take_all_who_go_home(demo: list[tuple[str, str]]) -> None:
    proposal = said("propose_batches", seats=81)
    batches = proposal["batches"]
    women = sum(batch["women"] for batch in batches)
    assert women + len(proposal["left_over"]) == 178
    for batch in batches:
        assert batch["size"] == batch["women"] + batch["children"] + batch["escorts"] <= 81
    assert len(batches) >= proposal["lower_bound"]


def test_six_log_ins_one_a_role_never_the_same(
    demo: list[tuple[str, str]], settings: Any, tmp_path: Path
) -> None:
    assert {name for name, _password in demo} == {role.value for role in Role}
    assert len({password for _name, password in demo}) == 6
    for name, password in demo:
        user = User.objects.get(username=name)
        assert user.roles == {Role(name)}
        assert user.check_password(password)
        assert user.is_demo
    settings.VAR_DIR = tmp_path
    office.write_demo_file(demo)
    assert stat.S_IMODE(office.demo_file().stat().st_mode) == 0o600


def test_the_demo_leaves_a_whole_trail(demo: list[tuple[str, str]]) -> None:
    seal()
    assert verify().ok
    assert not office.is_empty()


def readable_tables(cursor: Any) -> list[str]:
    """All but those that the app role never reads, of which no column holds a text."""
    closed = [apps.get_model(label) for label in CLOSED]
    columns = [field for model in closed for field in model._meta.local_concrete_fields]
    assert not [field for field in columns if isinstance(field, models.TextField)]
    names = set(connection.introspection.table_names(cursor))
    return sorted(names - {model._meta.db_table for model in closed})


def test_no_clear_identity_number_in_the_database(demo: list[tuple[str, str]]) -> None:
    """NIK, account and telephone of the register stand nowhere in clear, in no table."""
    truth = json.loads(
        (settings.BASE_DIR / "tests" / "data" / "register-kotim-2017.truth.json").read_text()
    )
    secrets = {
        person[key]
        for person in truth["people"]
        for key in ("nik", "account", "phone")
        if person[key]
    }
    assert len(secrets) > 300
    with connection.cursor() as cursor:
        for table in readable_tables(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # every column of every row
            text = "\n".join(row for (row,) in cursor.fetchall())
            found = [secret for secret in secrets if secret in text]
            assert not found, f"{table} holds {len(found)} of them in clear"
