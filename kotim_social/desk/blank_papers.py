"""Forms for writing by hand when there is no electricity: the questions of the screens, in order.

Labels, hints and choices come from the forms themselves: what is asked on a screen is asked on its
paper. Nobody's data stands on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases.forms.accounts import AccountForm
from cases.forms.casework import VisitForm
from cases.forms.choices import ChoiceForm
from cases.forms.fields import DayField, NikField
from cases.forms.verification import StatementForm, VerificationForm
from cases.forms.workers import RegisterForm
from cases.workflow import CHOICE
from kotim_social.documents.blank import Question
from kotim_social.documents.blocks import Block, Facts, Gap, Paragraph, Title
from kotim_social.documents.paper import CONFIDENTIAL, Paper, build_paper
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.documents.table import Column, Table

# Asked on a screen only when the answer gives rise to it, or of supervisors alone.
NOT_ON_PAPER = {"other_person", "shared_because", "version"}
# Longer answers than this get a second line, as does a text area a third.
ONE_LINE, PEOPLE_A_SHEET = 200, 14
DAY, NIK = "--/--/----", "----------------"
_PERSON = [Question("Nomor register"), Question("Nama")]
_DOTS = "." * 40


@dataclass(frozen=True)
class BlankPaper:
    """One kind: its form's class (or several), and whether it is about somebody recorded."""

    code: str
    label: Any
    title: str
    forms: tuple[type[forms.Form], ...] = ()
    about_person: bool = True
    signs: tuple[str, ...] = ()


PAPERS = {
    paper.code: paper
    for paper in (
        BlankPaper(
            "pendataan",
            gettext_lazy("Registration"),
            "Lembar pendataan",
            (RegisterForm,),
            about_person=False,
        ),
        BlankPaper(
            "verval",
            gettext_lazy("Verification"),
            "Lembar verifikasi dan validasi",
            (VerificationForm,),
        ),
        BlankPaper(
            "pernyataan",
            gettext_lazy("Choice and signed statement"),
            "Lembar pilihan dan pernyataan",
            (ChoiceForm, StatementForm),
            signs=("Penerima manfaat (atau cap jempol)", "Saksi 1", "Saksi 2"),
        ),
        BlankPaper("rekening", gettext_lazy("Account"), "Lembar rekening", (AccountForm,)),
        BlankPaper(
            "kunjungan", gettext_lazy("Visit and follow-up"), "Lembar kunjungan", (VisitForm,)
        ),
        BlankPaper("absen", gettext_lazy("Roll-call of a batch"), "Lembar absen rombongan"),
    )
}


def questions_of(form: type[forms.Form]) -> list[Question]:
    """The questions of a form, in the order of its screen."""
    fields = form.base_fields
    names: Iterable[str] = getattr(form, "order", ()) or fields
    return [
        _question(name, fields[name])
        for name in names
        if name not in NOT_ON_PAPER and not fields[name].widget.is_hidden
    ]


def _question(name: str, field: forms.Field) -> Question:
    label = str(field.label)
    if isinstance(field, DayField):
        return Question(label, squares=DAY)
    if isinstance(field, NikField):
        return Question(label, squares=NIK)
    hint = str(field.help_text)
    if isinstance(field, forms.BooleanField):
        return Question(label, hint, boxes=["ya"])
    if boxes := _boxes(name, field):
        return Question(label, hint, boxes=boxes)
    longest = getattr(field, "max_length", None) or 0
    is_area = isinstance(field.widget, forms.Textarea)
    return Question(label, hint, lines=3 if is_area else 1 + (longest > ONE_LINE))


def _boxes(name: str, field: forms.Field) -> list[str]:
    """What can be ticked; not what the office's own data offers, such as places."""
    if isinstance(field, forms.ModelChoiceField) or not isinstance(field, forms.ChoiceField):
        return []
    # Her choice is offered by where she stands: on paper all of them.
    own: Any = field.choices
    choices = own or (CHOICE.choices if name == "choice" else [])
    return [str(label) for code, label in choices if code not in ("", "undecided")]


def blank_pdf(paper: BlankPaper, *, size: str = "") -> bytes:
    """The sheet, ready to print."""
    return build_paper(
        Paper(
            blocks=_roll_call(paper) if not paper.forms else _sheet(paper),
            size=size,
            classification=CONFIDENTIAL,
            printed="Formulir kosong. Masukkan ke program begitu bisa, lalu simpan lembar ini.",
            blank=True,
        )
    )


def _sheet(paper: BlankPaper) -> list[Block | Table]:
    blocks: list[Block | Table] = [Title([paper.title], under=["Tulis dengan huruf cetak"])]
    blocks += _PERSON if paper.about_person else []
    for form in paper.forms:
        blocks += questions_of(form)
    if paper.signs:
        signs = [SignatureBlock(title, official=False) for title in paper.signs]
        blocks.append(Signatures(signs))
    return [*blocks, Gap(10), _entered()]


def _entered() -> Facts:
    who = f"{_DOTS}  tanggal {_DOTS[:20]}  paraf {_DOTS[:20]}"
    return Facts([("Diisi oleh petugas", who), ("Dimasukkan ke program oleh", who)], size=10)


def _roll_call(paper: BlankPaper) -> list[Block | Table]:
    columns = [
        Column("No.", 1.2, "center"),
        Column("Nama", 6),
        Column("Nomor register", 3.2),
        Column("Anak", 1.4),
        Column("Naik", 1.4),
        Column("Tiba", 1.4),
        Column("Serah terima", 1.8),
        Column("Bila tidak: alasan", 5),
    ]
    rows = [[str(number), *[""] * 7] for number in range(1, PEOPLE_A_SHEET + 1)]
    return [
        Title([paper.title], under=["Beri tanda centang; tulis alasan bila tidak"]),
        Facts(
            [(name, _DOTS) for name in ("Kode rombongan", "Tujuan", "Tanggal", "Ketua rombongan")]
        ),
        Table(columns, rows, page_totals=False, grand_total="", least_lines=2),
        Paragraph("Yang menerima di tujuan: nama, jabatan, instansi " + _DOTS),
        Signatures([SignatureBlock("Ketua rombongan"), SignatureBlock("Yang menerima")]),
        Gap(8),
        _entered(),
    ]
