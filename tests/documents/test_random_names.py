"""A thousand random names and addresses, printed and read back by another reader."""

from __future__ import annotations

import random
import subprocess
from shutil import which

from kotim_social.documents.blocks import Facts, Gap, Paragraph, Title
from kotim_social.documents.paper import Paper, PaperNumber, build_paper
from kotim_social.documents.table import Column, Table
from tests.documents.pdf_text import page_texts

NUMBER = PaperNumber("460/12/DINSOS/XII/2017", "ABCD-EFGH-JKMN")
PEOPLE = 1000
LETTERS = "abcdefghijklmnopqrstuvwxyz" * 3 + "äöüéèêñçãőłšžøåāīūēōĂȘ"
# What breaks a writer that is not careful: markup, entities, quotes, formulas, brackets.
SIGNS = (
    "&", "<", ">", "&amp;", "<b>", "</para>", "<siti>", "A&B", "'", "\u2019", '"', "/", "(", ")",
    "\\", "%s", "{x}", "=1+1", "@", "#", ";", "\u2013", "&#65;",
)  # fmt: skip


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(LETTERS) for _n in range(chance.randint(1, 8))).capitalize()


def _text(chance: random.Random, words: int, longest: int) -> str:
    parts = [
        chance.choice(SIGNS) if chance.random() < 0.25 else _word(chance)
        for _n in range(chance.randint(1, words))
    ]
    return " ".join(parts)[:longest].strip()


def test_a_thousand_random_names_and_addresses_come_back_equal() -> None:
    chance = random.Random(20171201)
    rows = [
        (n, _text(chance, 4, 32), f"{_text(chance, 4, 32)} {chance.randint(1, 999)}")
        for n in range(1, PEOPLE + 1)
    ]
    columns = [Column("No", 4, "center"), Column("Nama", 30), Column("Alamat", 34)]
    content = build_paper(
        Paper([Title(["Daftar"]), Table(columns, rows)], number=NUMBER, orientation="landscape")
    )
    reader = which("pdftotext")
    assert reader, "poppler-utils is missing: sudo apt install poppler-utils"
    read = subprocess.run(
        [reader, "-layout", "-enc", "UTF-8", "-", "-"], input=content, capture_output=True,
        check=True,
    )  # fmt: skip
    # Where blanks stand is guessed by the reader; every letter and sign is not.
    lines = {"".join(line.split()) for line in read.stdout.decode().splitlines()}
    lost = [row for row in rows if "".join(f"{row[0]}{row[1]}{row[2]}".split()) not in lines]
    assert not lost, lost[:5]


def test_a_heading_never_stands_alone_at_the_foot() -> None:
    """Whatever stands above it: the heading and the beginning of its part share a page."""
    for above in range(500, 790, 9):
        content = build_paper(
            Paper(
                [
                    Title(["Rekaman"]),
                    Paragraph("Pembuka"),
                    Gap(above),
                    Paragraph("Bagian ini", bold=True),
                    Facts([("Dasar hukum", "UU 27/2022"), ("Sumber data", "dia sendiri")]),
                ],
                number=NUMBER,
            )
        )
        (page,) = [page for page in page_texts(content) if "Bagian ini" in page]
        assert "Dasar hukum" in page, above
