"""The empty register for download: the columns in the office's usual order, numbers as text."""

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

# Indonesian whatever the language of the screen: the file goes to people in the field.
_COLUMNS: tuple[tuple[str, int, bool], ...] = (
    ("No", 5, False),
    ("NAMA LENGKAP", 28, True),
    ("ALIAS", 16, True),
    ("NIK", 20, True),
    ("TEMPAT LAHIR", 18, True),
    ("TANGGAL LAHIR", 16, True),
    ("KECAMATAN ASAL", 20, True),
    ("KABUPATEN/KOTA ASAL", 24, True),
    ("PROVINSI ASAL", 20, True),
    ("NAMA IBU KANDUNG", 22, True),
    ("LOKALISASI / DESA", 20, True),
    ("WISMA / KAMAR", 22, True),
    ("BANK", 8, True),
    ("NOMOR REKENING", 18, True),
    ("ATAS NAMA", 24, True),
    ("NO. HP", 16, True),
    ("RENCANA (PULANG/MENETAP)", 18, True),
    ("JUMLAH ANAK", 10, False),
    ("KETERANGAN", 28, True),
)
_PREPARED_ROWS = 300


def template_workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Register"
    sheet.freeze_panes = "C2"
    for index, (title, width, is_text) in enumerate(_COLUMNS, start=1):
        head = sheet.cell(1, index, title)
        head.font = Font(bold=True)
        head.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(index)].width = width
        for row in range(2, _PREPARED_ROWS + 2 if is_text else 2):
            sheet.cell(row, index).number_format = "@"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
