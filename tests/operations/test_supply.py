"""The parts list follows from the lock; a secret in the tree is found and not repeated."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from kotim_social.operations.supply import find_secrets, parts_list

LOCK = Path(settings.BASE_DIR) / "requirements.txt"
# Put together here, so that the scan does not find them in this file.
SAMPLES = (
    "-----BEGIN " + "RSA PRIVATE KEY-----",
    "AKIA" + "Q" * 16,
    "ghp_" + "aB3" * 12,
    "postgres://kotim:" + "s3cr3tvalue@db/kotim",
    'SECRET_KEY = "' + "k7Qz0pLw9XvB2nRt5YcM8sHd" + '"',
)


def test_every_package_is_listed_with_its_hashes() -> None:
    components = parts_list(LOCK)["components"]
    pinned = re.findall(r"^[A-Za-z0-9._-]+(?:\[.*?\])?==", LOCK.read_text(), flags=re.MULTILINE)
    assert len(components) == len(pinned) > 20
    assert all(part["hashes"] and part["purl"].endswith(part["version"]) for part in components)
    assert "django" in {part["name"] for part in components}


def test_no_secret_lies_in_the_tree() -> None:
    assert find_secrets(Path(settings.BASE_DIR)) == []


@pytest.mark.parametrize("sample", SAMPLES, ids=range(len(SAMPLES)))
def test_a_secret_is_found_and_not_repeated(tmp_path: Path, sample: str) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "clean.py").write_text('PASSWORD_HINT = "ketik kata sandi Anda"\n')
    (tmp_path / "bad.py").write_text(f"x = 1\n{sample}\n")
    (found,) = find_secrets(tmp_path)
    assert found.startswith("bad.py:2: ")
    assert sample not in found
