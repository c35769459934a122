"""The command that imports a register: exit codes, JSON, and the same file again."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.actions.importing import stage_register
from cases.models import RegisterImport, StagedRow, Worker
from kotim_social.files.models import StoredFile
from tests.cases.import_helpers import DAY, DEMO, TRUTH, user

pytestmark = pytest.mark.django_db
COUNTS = {"accepted": 239, "duplicate": 3, "refused": 2, "referral": 1}


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "register.xlsx"
    path.write_bytes(DEMO)
    return path


def run(*arguments: Any) -> str:
    out = io.StringIO()
    call_command("import_register", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_it_imports_as_the_first_caseworker_and_says_so(register: Path) -> None:
    user("budi", role="pimpinan")
    sari = user("sari")
    user("tari")
    result = json.loads(run(register, "--json", "--date", "01-11-2017"))
    assert (result["counts"], result["user"]) == (COUNTS, "sari")
    assert Worker.objects.filter(recorded_by=sari, registered_on=DAY).count() == 239


def test_the_json_lists_every_row_with_its_outcome_and_masked_reasons(register: Path) -> None:
    user("sari")
    text = run(register, "--json")
    rows = {(row["sheet"], row["row"]): row for row in json.loads(text)["rows"]}
    assert len(rows) == 245
    for truth in TRUTH["people"]:
        assert rows[truth["sheet"], truth["row"]]["outcome"] in ("accepted", "warning")
    for truth in [*TRUTH["duplicates"], *TRUTH["problems"][:2]]:
        row = rows[truth["sheet"], truth["row"]]
        assert row["outcome"] in ("duplicate", "refused")
        assert row["reasons"]
    assert not any(truth["nik"] in text for truth in TRUTH["people"] if truth["nik"])


def test_a_dry_run_writes_nothing_and_counts_the_same(register: Path) -> None:
    user("sari")
    result = json.loads(run(register, "--dry-run", "--json"))
    assert (result["counts"], result["dry_run"]) == (COUNTS, True)
    for model in (Worker, RegisterImport, StagedRow, StoredFile):
        assert not model.objects.exists()


def test_a_dry_run_needs_nobody(register: Path) -> None:
    assert json.loads(run(register, "--dry-run", "--json"))["counts"] == COUNTS
    with pytest.raises(CommandError) as refusal:
        run(register)
    assert refusal.value.returncode == 1


def test_the_same_file_again_changes_nothing_and_is_no_failure(register: Path) -> None:
    user("sari")
    run(register)
    again = json.loads(run(register, "--json"))
    assert (again["already_imported"], again["counts"]) == (True, COUNTS)
    assert json.loads(run(register, "--json", "--dry-run"))["already_imported"] is True
    assert (Worker.objects.count(), RegisterImport.objects.count()) == (239, 1)


def test_a_workbook_staged_on_the_page_is_taken_up(register: Path) -> None:
    sari = user("sari")
    source = stage_register(DEMO, file_name="a.xlsx", by=sari, registered_on=DAY)
    assert json.loads(run(register, "--json"))["already_imported"] is False
    source.refresh_from_db()
    assert (source.state, Worker.objects.count()) == ("confirmed", 239)


@pytest.mark.parametrize("content", [b"", b"no workbook", DEMO[:5000], None])
def test_a_file_that_cannot_be_read_ends_with_two(tmp_path: Path, content: bytes | None) -> None:
    user("sari")
    path = tmp_path / "broken.xlsx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError) as refusal:
        run(path)
    assert refusal.value.returncode == 2
    assert str(refusal.value)
    assert not RegisterImport.objects.exists()


def test_only_who_may_import_does(register: Path) -> None:
    user("sari")
    user("dewi", role="verifikator")
    for name in ("dewi", "nobody"):
        with pytest.raises(CommandError):
            run(register, "--user", name)
    assert not Worker.objects.exists()


def test_the_plain_report_names_what_waits(register: Path) -> None:
    user("sari")
    text = run(register)
    assert "239" in text
    assert "Tangar, 29" in text
