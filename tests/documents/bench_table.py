"""Times of the page-cutting table, by hand: python -m tests.documents.bench_table

ReportLab's own LongTable stands beside it at 10.000 rows, so that the numbers say something on
any machine.
"""

from __future__ import annotations

import os
import re
import resource
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kotim_social.settings")

from reportlab.platypus import LongTable, SimpleDocTemplate, TableStyle

from kotim_social.documents.fonts import REGULAR, load_fonts
from kotim_social.documents.layout import page_for
from kotim_social.documents.paper import Paper, PaperNumber, build_paper
from kotim_social.documents.table import Column, Table

COLUMNS = [
    Column("No", 4, "center"),
    Column("Nama", 14),
    Column("NIK", 11, "center"),
    Column("Alamat asal", 12),
    Column("Tabungan", 9, "money"),
    Column("Transport", 9, "money"),
    Column("Modal usaha", 9, "money"),
    Column("Jumlah", 9, "money"),
]


def rows(count: int) -> Iterator[tuple[Any, ...]]:
    for i in range(count):
        name = f"Siti Aminah Nomor {i}"
        yield (i + 1, name, "620206******0001", f"Jember {i % 500}", 5050000, 250000, 3000000, i)


def ours(count: int) -> bytes:
    table = Table(COLUMNS, rows(count), terbilang=7)
    number = PaperNumber("460/1/DINSOS/XII/2017", "ABCD-EFGH-JKMN")
    return build_paper(Paper([table], number=number, orientation="landscape"))


def long_table(count: int) -> bytes:
    load_fonts()
    page, target = page_for("F4", "landscape"), BytesIO()
    data = [[column.title for column in COLUMNS], *([str(v) for v in row] for row in rows(count))]
    style = TableStyle(
        [("GRID", (0, 0), (-1, -1), 0.4, "black"), ("FONT", (0, 0), (-1, -1), REGULAR, 7.5)]
    )
    document = SimpleDocTemplate(target, pagesize=(page.width, page.height), invariant=1)
    document.build([LongTable(data, repeatRows=1, style=style)])
    return target.getvalue()


def timed(draw: Any, count: int) -> tuple[float, bytes]:
    start = time.process_time()
    content = draw(count)
    return time.process_time() - start, content


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    ours(10)
    took = {}
    for count in (239, 10_000, 100_000):
        took[count], content = timed(ours, count)
        pages = max(1, len(re.findall(rb"/Type /Page\b", content)))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        say(
            f"{count:>7} rows  {took[count]:7.3f} s  "
            f"{took[count] / count / len(COLUMNS) * 1e6:5.2f} µs/cell  "
            f"{pages:>5} pages  {len(content) / pages:6.0f} B/page  peak {peak} MB"
        )
    naive, _ = timed(long_table, 10_000)
    say(f"LongTable at 10000 rows {naive:.2f} s: {naive / took[10_000]:.1f} times ours")


if __name__ == "__main__":
    main()
