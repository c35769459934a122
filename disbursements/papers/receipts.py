"""Paper 5, kwitansi: one receipt a payment, all of a list in one file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from reportlab.lib.units import mm

from disbursements.papers.payments import Payment, Payments, Stamps
from disbursements.papers.rekap import place_and_date
from kotim_social.documents.blocks import Block, Facts, Title
from kotim_social.documents.fonts import REGULAR
from kotim_social.documents.paper import RESTRICTED, Paper, PaperNumber, build_paper
from kotim_social.documents.sheet import Sheet
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.lib.money import format_rupiah, terbilang

_STAMP_WIDTH, _STAMP_HEIGHT = 22 * mm, 15 * mm
_GAP = 10.0
_REPORT_EACH = 25


@dataclass(frozen=True)
class ReceiptFacts:
    """What all receipts of a list share."""

    day: date
    budget_code: str
    printed: str
    signatures: Sequence[SignatureBlock]  # PA/KPA, PPTK, treasurer; the recipient comes last
    # The table as it stood on the date of each payment.
    stamps: Mapping[date, Stamps] = field(default_factory=dict)
    duty: int | None = None  # in place of the table's, with a reason that the register keeps
    # A copy carries what its original did, by list and line.
    duties: Mapping[tuple[str, int], int] = field(default_factory=dict)

    def duty_on(self, row: Payment) -> int:
        if self.duties:
            return self.duties[row.list, row.line]
        return self.stamps[row.on].on(row.amount) if self.duty is None else self.duty


class Receipt:
    """A receipt is never cut over two pages."""

    def __init__(
        self, payments: Payments, row: Payment, facts: ReceiptFacts, drawn: Callable[[], None]
    ) -> None:
        self._drawn = drawn
        self._duty = facts.duty_on(row)
        recipient = SignatureBlock("Yang menerima", row.name, official=False)
        self._signatures = Signatures(
            [*facts.signatures, recipient], place_and_date=place_and_date(facts.day), columns=4
        )
        self._parts: list[Block] = [
            Title(["Kwitansi"], under=[f"Nomor KW-{payments.message(row)}"]),
            Facts(_lines(row, facts)),
            self._signatures,
        ]

    def height(self, width: float) -> float:
        return sum(part.height(width) for part in self._parts) + _GAP

    def draw(self, sheet: Sheet) -> None:
        for part in self._parts:
            top = sheet.y
            part.draw(sheet)
            if part is self._signatures and self._duty:
                _draw_stamp(sheet, top - part.height(sheet.width) * 0.6, self._duty)
        sheet.canvas.saveState()
        sheet.canvas.setDash(2, 3)
        sheet.canvas.line(sheet.left, sheet.y - _GAP / 2, sheet.right, sheet.y - _GAP / 2)
        sheet.canvas.restoreState()
        sheet.y -= _GAP
        self._drawn()


def _lines(row: Payment, facts: ReceiptFacts) -> list[tuple[str, str]]:
    how = f"transfer ke rekening {row.masked_account}" if row.account else "tunai"
    return [
        ("Kode rekening", facts.budget_code),
        ("Sudah terima dari", f"Pengguna Anggaran/KPA {settings.OFFICE_NAME}"),
        ("Uang sejumlah", terbilang(row.amount)),
        # She takes it home: the title of the legal basis, which says too much, is not on it.
        ("Untuk pembayaran", f"{row.kind}, {how}"),
        ("Penerima", f"{row.name} – {row.register_no} – NIK {row.nik or 'belum ada'}"),
        ("Jumlah", format_rupiah(row.amount, cents=True)),
    ]


def _draw_stamp(sheet: Sheet, y: float, duty: int) -> None:
    """The box where the stamp is stuck, left of the recipient's name."""
    canvas = sheet.canvas
    x = sheet.right - sheet.width / 4 + 2
    canvas.setLineWidth(0.5)
    canvas.rect(x, y - _STAMP_HEIGHT / 2, _STAMP_WIDTH, _STAMP_HEIGHT)
    canvas.setFont(REGULAR, 6.5)
    for step, text in enumerate(("Meterai", format_rupiah(duty))):
        canvas.drawCentredString(x + _STAMP_WIDTH / 2, y + 2 - step * 9, text)


def receipts_pdf(
    payments: Payments,
    facts: ReceiptFacts,
    number: PaperNumber | None = None,
    *,
    size: str = "",
    report: Callable[[int], None] = lambda _done: None,
) -> bytes:
    """All receipts; `report` hears how many are drawn."""
    done = 0

    def drawn() -> None:
        nonlocal done
        done += 1
        if done % _REPORT_EACH == 0 or done == len(payments.rows):
            report(done)

    blocks: list[Any] = [Receipt(payments, row, facts, drawn) for row in payments.rows]
    return build_paper(
        Paper(
            blocks=blocks,
            number=number,
            size=size,
            classification=RESTRICTED,
            printed=facts.printed,
        )
    )
