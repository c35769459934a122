"""The table on the screen, the JSON beside it, and the figures inside docs/benchmark.md."""

from __future__ import annotations

import json
import os
import platform
import re
from pathlib import Path
from typing import Any

import django
import reportlab
from django.db import connection

from tests.bench.cluster import HOME, ROOT, SERVER
from tests.bench.timing import Figure

DOCUMENT = ROOT / "docs" / "benchmark.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
ADMIN, BARE = "admin change list", "R0: bare SQL and an f-string"
GROUPS = {
    "list": "The list of people",
    "pages": "Other pages",
    "search": "Search",
    "money": "Money",
    "home": "The way home",
    "import": "Import",
}
Scales = dict[int, dict[str, dict[str, Figure]]]


def machine() -> dict[str, str]:
    """What the figures were taken on."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "Processor": f"{_processor()}, {os.cpu_count()} cores",
        "Memory": f"{memory:.0f} GB",
        "Disk": _disk(),
        "Python": platform.python_version(),
        "PostgreSQL": f"{server} ({', '.join(f'{k} {v}' for k, v in SERVER.items())})",
        "Django": django.get_version(),
        "ReportLab": str(reportlab.__version__),
    }


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", path.read_text()) if path.exists() else None
    return found[1] if found else platform.processor()


def _disk() -> str:
    kinds = {"0": "solid state", "1": "rotating or virtual"}
    found = [
        f"{path.parent.parent.name} ({kinds.get(path.read_text().strip(), 'unknown')})"
        for path in sorted(Path("/sys/block").glob("*/queue/rotational"))
        if not path.parent.parent.name.startswith(("loop", "ram", "zram"))
    ]
    return ", ".join(found) or "unknown"


def as_json(results: dict[str, Any]) -> str:
    def plain(value: Any) -> Any:
        return value.as_json() if isinstance(value, Figure) else str(value)

    return json.dumps(results, default=plain, indent=1, ensure_ascii=False)


def as_markdown(results: dict[str, Any]) -> str:
    """Everything that was measured, as the document shows it."""
    lines = [f"- {name}: {value}" for name, value in results["machine"].items()]
    for group, title in GROUPS.items():
        lines += ["", f"### {title}", "", *_table(group, results["scales"])]
    lines += ["", "### Search as a browser gets it", "", *_answers(results["answers"])]
    if results.get("clients"):
        lines += ["", "### Eight clients paying at once", "", *_clients(results["clients"])]
    lines += ["", "### Papers", "", *_papers(results["papers"])]
    lines += ["", "### Batches of 81 seats", "", *_batches(results["batches"])]
    return "\n".join(lines)


def _table(group: str, scales: Scales) -> list[str]:
    """Wall and CPU at each scale, the queries, the slowest of them, and the ratios."""
    counts = sorted(scales)
    head = ["Subject", *(f"{_dotted(n)}: wall / CPU ms" for n in counts), "Queries"]
    head += ["Slowest query ms", f"{_dotted(counts[-1])} : {_dotted(counts[0])}"]
    head += ["CPU : admin", "CPU : R0"] if group == "list" else []
    rows = [head, ["---"] * len(head)]
    names = dict.fromkeys(name for n in counts for name in scales[n][group])
    rows += [[name, *_cells(name, group, scales)] for name in names]
    return [f"| {' | '.join(row)} |" for row in rows]


def _cells(name: str, group: str, scales: Scales) -> list[str]:
    counts = sorted(scales)
    found = {n: scales[n][group][name] for n in counts if name in scales[n][group]}
    most = max(found)
    largest = found[most]
    cells = [f"{found[n].wall:.1f} / {found[n].cpu:.1f}" if n in found else "–" for n in counts]
    ratio = f"{largest.wall / found[counts[0]].wall:.2f}" if len(found) == len(counts) > 1 else "–"
    cells += [str(largest.queries), f"{largest.slowest_query:.1f}", ratio]
    if group == "list":
        cells += [f"{largest.cpu / scales[most][group][other].cpu:.2f}" for other in (ADMIN, BARE)]
    return cells


def _answers(scales: dict[int, list[dict[str, Any]]]) -> list[str]:
    """Of the word posted and its page together, at each scale."""
    counts = sorted(scales)
    head = ["User", "Looked for"]
    head += [f"{_dotted(n)}: median / p95 / CPU ms" for n in counts]
    rows = [head, ["---"] * len(head)]
    for same in zip(*(scales[n] for n in counts), strict=True):
        times = [f"{one['median_ms']} / {one['p95_ms']} / {one['cpu_ms']}" for one in same]
        rows.append([same[0]["user"], same[0]["term"], *times])
    return [f"| {' | '.join(row)} |" for row in rows]


def _papers(rows: list[dict[str, Any]]) -> list[str]:
    head = "| Way | Rows | CPU s | µs a cell | Pages | Bytes a page | Peak MB |"
    names = ("way", "rows", "cpu_s", "us_a_cell", "pages", "bytes_a_page", "peak_mb")
    lines = [f"| {' | '.join(str(row[name]) for name in names)} |" for row in rows]
    return [head, "|---|---|---|---|---|---|---|", *lines]


def _clients(rows: list[dict[str, Any]]) -> list[str]:
    head = "| Way | Tries a second | : pgbench | Payments | Booked twice |"
    limit = rows[0]["tries_a_second"]
    return [head, "|---|---|---|---|---|"] + [
        f"| {row['way']} | {row['tries_a_second']} | {row['tries_a_second'] / limit:.2f} |"
        f" {_dotted(row['payments'])} | {_dotted(row['doubles'])} |"
        for row in rows
    ]


def _batches(rows: list[dict[str, Any]]) -> list[str]:
    lines = ["| Travellers | Children | Seconds | Batches | Lower bound | Gap |"]
    lines.append("|---|---|---|---|---|---|")
    for row in rows:
        gap = (row["batches"] - row["bound"]) / row["bound"]
        cells = [_dotted(row["people"]), "yes" if row["children"] else "no", str(row["wall_s"]),
                 str(row["batches"]), str(row["bound"]), f"{gap:.2%}"]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def write(results: dict[str, Any]) -> Path:
    """The JSON under var/bench; returns where."""
    path = HOME / "results.json"
    path.write_text(as_json(results), encoding="utf-8")
    return path


def into_document(markdown: str) -> None:
    """Replaces the figures of docs/benchmark.md and leaves what people wrote around them."""
    before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{markdown}\n{END}{after}", encoding="utf-8")
