"""The nominative table drawn four ways, each run in a process of its own for its peak memory.

python -m tests.bench.papers WAY ROWS prints one line of JSON.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

CELLS = 8
ROWS_A_PAGE = 50


def measure(way: str, count: int) -> dict[str, Any]:
    """Seconds of CPU, pages, bytes and peak memory of one drawing."""
    command = [sys.executable, "-m", "tests.bench.papers", way, str(count)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def operators(count: int) -> bytes:
    """The page operators as strings and nothing else: what no table can beat."""
    from tests.documents.bench_table import rows

    parts = []
    for index, row in enumerate(rows(count)):
        y = 500 - index % ROWS_A_PAGE * 9
        parts += [f"1 0 0 1 {20 + 90 * n} {y} Tm ({value}) Tj" for n, value in enumerate(row)]
    return "\n".join(parts).encode("latin-1")


def canvas(count: int) -> bytes:
    """ReportLab's canvas, one drawString a cell, with the font embedded."""
    from reportlab.pdfgen.canvas import Canvas

    from kotim_social.documents.fonts import REGULAR, load_fonts
    from tests.documents.bench_table import rows

    load_fonts()
    target = BytesIO()
    page = Canvas(target, pageCompression=1, invariant=1)
    for index, row in enumerate(rows(count)):
        if index % ROWS_A_PAGE == 0:
            if index:
                page.showPage()
            page.setFont(REGULAR, 7.5)
        for n, value in enumerate(row):
            page.drawString(20 + 70 * n, 800 - index % ROWS_A_PAGE * 15, str(value))
    page.save()
    return target.getvalue()


def _peak_kb() -> int:
    """Of this program alone: getrusage would still hold the peak of the one that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+)", status.read_text())
        return int(found[1]) if found else 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(way: str, count: int) -> None:
    from tests.documents.bench_table import long_table, ours

    ways = {"ours": ours, "operators": operators, "canvas": canvas, "LongTable": long_table}
    ours(10)
    start = time.process_time()
    content = ways[way](count)
    took = time.process_time() - start
    pages = len(re.findall(rb"/Type /Page\b", content)) or -(-count // ROWS_A_PAGE)
    result = {
        "way": way, "rows": count, "cpu_s": round(took, 3), "pages": pages,
        "us_a_cell": round(took / count / CELLS * 1e6, 2),
        "bytes_a_page": len(content) // pages,
        "peak_mb": _peak_kb() // 1024,
    }  # fmt: skip
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
