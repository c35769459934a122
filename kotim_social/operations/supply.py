"""What the program is made of, and what must not lie in its tree: parts list and secret scan."""

from __future__ import annotations

import math
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")

SECRETS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY"),
    "cloud key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "token": re.compile(r"\b(?:gh[pousr]_\w{36}|glpat-[\w-]{20}|xox[abpr]-[\w-]{10,}|sk-\w{32,})"),
    "database password": re.compile(r"postgres(?:ql)?://[^\s:/@]+:(?!\*|…|<|PASSWORD)[^\s@/]{6,}@"),
    "written-in secret": re.compile(
        r"(?i)\b(?:secret|passw(?:or)?d|token|api_?key)\w*\s*[:=]\s*[\"']([^\"'\s]{20,})[\"']"
    ),
}
# Random enough to be a key: English and Indonesian words stay below it.
_ENTROPY = 4.0
_TEXT = {".py", ".sh", ".toml", ".md", ".html", ".js", ".css", ".json", ".txt", ".yml", ".cfg", ""}
_LARGEST = 1_000_000


def parts_list(lock: Path) -> dict[str, Any]:
    """The lock file as CycloneDX 1.6: every package with its version and the hashes allowed."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "kotim-social"}},
        "components": list(_components(lock.read_text())),
    }


def _components(text: str) -> Iterator[dict[str, Any]]:
    for entry in re.split(r"(?<!\\)\n(?=\S)", text):
        pinned = _PINNED.match(entry)
        if pinned is None:
            continue
        name, version = pinned[1].lower().replace("_", "-"), pinned[2]
        purl = f"pkg:pypi/{name}@{version}"
        hashes = [{"alg": "SHA-256", "content": found} for found in _HASH.findall(entry)]
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "purl": purl,
            "hashes": hashes,
        }


def find_secrets(root: Path) -> list[str]:
    """File, line and kind of everything that looks like a secret; never the secret itself."""
    return [found for path in _files(root) for found in _secrets_in(path, root)]


def _secrets_in(path: Path, root: Path) -> Iterator[str]:
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
        for kind, pattern in SECRETS.items():
            match = pattern.search(line)
            if match and not (match.groups() and _entropy(match[1]) < _ENTROPY):
                yield f"{path.relative_to(root)}:{number}: {kind}"


def _files(root: Path) -> Iterator[Path]:
    """What git keeps, and what it would: ignored files never leave the machine."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],  # noqa: S607
        cwd=root,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        path = root / name
        if path.suffix in _TEXT and path.is_file() and path.stat().st_size < _LARGEST:
            yield path


def _entropy(text: str) -> float:
    """Bits a letter."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)
