"""The parts list follows from the lock; a secret in the tree is found and not repeated."""

from __future__ import annotations

import re
import subprocess
from importlib import metadata
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


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_what_is_wanted_with_an_extra_is_locked_with_it(lock: str) -> None:
    """Else pip takes the newest release for it, and refuses that for want of a hash."""
    found = re.findall(
        r"^([\w.-]+)(?:\[([^\]]+)\])?==", LOCK.with_name(lock).read_text(), flags=re.MULTILINE
    )
    locked = {name: set(extras.split(",")) if extras else set() for name, extras in found}
    wanted = 0
    for name in locked:
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # locked for another platform
            continue
        for need in needs:
            asked = re.match(r"([\w.-]+)\[([^\]]+)\]", need)
            if asked and "extra ==" not in need and asked[1] in locked:
                wanted += 1
                assert set(asked[2].split(",")) <= locked[asked[1]], f"{name} wants {asked[0]}"
    assert wanted or lock == "requirements.txt", "nothing is wanted with an extra any more"
