"""A whole paper: blocks in order, drawn into a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kotim_social.documents.blocks import Block, Paragraph, Title, Turn
from kotim_social.documents.layout import Orientation, page_for
from kotim_social.documents.letterhead import Letterhead
from kotim_social.documents.sheet import Footer, Sheet
from kotim_social.documents.signatures import Signatures
from kotim_social.documents.table import Table
from kotim_social.documents.table_drawing import TableDrawing
from kotim_social.lib.dates import format_date

CONFIDENTIAL = "RAHASIA"
RESTRICTED = "TERBATAS"

# What stands under a table (closing, signatures) stays with its last row up to this height.
_MOST_KEPT = 0.6
_ROOM_UNDER_TITLE = 70.0
_SPLITTABLE = 45.0  # a paragraph starts here if about three lines fit, and runs on
_WITH_NAMES = 110.0  # the last sentence, up to some eight lines, goes with the names under it


@dataclass(frozen=True, slots=True)
class PaperNumber:
    """What the register gave an issued paper. A paper without one is marked KONSEP."""

    number: str
    check_code: str


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that `build_paper` needs; no database, no request."""

    blocks: Sequence[Block | Table]
    number: PaperNumber | None = None
    orientation: Orientation = "portrait"
    size: str = ""  # empty: settings.PAPER_SIZE
    classification: str = RESTRICTED
    printed: str = ""  # printed_line(...)
    letterhead: bool = True
    blank: bool = False  # a form to fill in by hand: it has no number and is no draft


def printed_line(by: str, at: datetime) -> str:
    """The footer's "printed by and when"; `at` is a local time."""
    return f"Dicetak oleh {by} pada {format_date(at.date())} pukul {at:%H.%M} WIB"


def build_paper(paper: Paper) -> bytes:
    """The PDF. Equal input gives equal bytes."""
    number = paper.number
    footer = Footer(
        number=number.number if number else "",
        check_code=number.check_code if number else "",
        printed=paper.printed,
        classification=paper.classification,
    )
    sheet = Sheet(
        page_for(paper.size, paper.orientation), footer, draft=number is None and not paper.blank
    )
    if paper.letterhead:
        Letterhead().draw(sheet)
    for index, block in enumerate(paper.blocks):
        if isinstance(block, Table):
            keep = _height_under(sheet, paper.blocks[index + 1 :])
            TableDrawing(sheet, block, keep=keep).draw()
            continue
        sheet.need(_wanted(paper.blocks[index:], sheet.width))
        block.draw(sheet)
    return sheet.finish()


def _height_under(sheet: Sheet, blocks: Sequence[Block | Table]) -> float:
    """Height of the blocks that follow a table, if they shall stay with its last row."""
    height = 0.0
    for block in blocks:
        if isinstance(block, Table):
            return 0.0
        if isinstance(block, Turn):
            break
        height += block.height(sheet.width)
    return height if height <= sheet.page.body_height * _MOST_KEPT else 0.0


def _is_signed(blocks: Sequence[Block | Table]) -> bool:
    """Names never stand on a page of their own: the last sentence comes along."""
    return bool(blocks) and isinstance(blocks[0], Signatures)


def _wanted(blocks: Sequence[Block | Table], width: float) -> float:
    """The room without which the first of these blocks begins on a new page.

    A heading (a bold paragraph) never stands alone at the foot: it wants what follows it as well.
    """
    block = blocks[0]
    if isinstance(block, Table):
        return _ROOM_UNDER_TITLE
    height = block.height(width)
    if isinstance(block, Title):
        return height + _ROOM_UNDER_TITLE
    if isinstance(block, Paragraph) and block.bold and len(blocks) > 1:
        return height + _wanted(blocks[1:], width)
    if isinstance(block, Paragraph) and height <= _WITH_NAMES and _is_signed(blocks[1:]):
        return height + blocks[1].height(width)  # type: ignore[union-attr]
    if isinstance(block, Paragraph):
        return min(height, _SPLITTABLE)
    return height
