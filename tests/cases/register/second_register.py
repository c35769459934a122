"""Builds another office's workbook, with other people and another mess, together with its truth."""

import io
import random
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from openpyxl import Workbook

from tests.cases.register.truth import Truth

_FIRST = [
    "Rukiyah",
    "Sarmini",
    "Ngatini",
    "Poniyem",
    "Warsiti",
    "Hartini",
    "Suminah",
    "Tumini",
    "Kasmirah",
    "Darmi",
]
_LAST = [
    "Palupi",
    "Wibawanti",
    "Larasati",
    "Kinasih",
    "Prameswari",
    "Andayani",
    "Rengganis",
    "Sekarsari",
]
_MOTHERS = ["Sukinah", "Markamah", "Painten", "Ngadinem", "Surtini", "Waginah", "Tukirah"]
# regency code, city of birth, kecamatan, written kabupaten, written province
_HOMES = (
    ("35.09", "Jember", "Ambulu", "Kab. Jember", "Jatim"),
    ("35.73", "Malang", "Klojen", "Kodya Malang", "Jawa Timur"),
    ("33.74", "Semarang", "Genuk", "Kota Semarang", "Jateng"),
    ("31.75", "Jakarta", "Cakung", "Kota Adm. Jakarta Timur", "DKI Jakarta"),
    ("63.71", "Banjarmasin", "Banjarmasin Barat", "Kota Banjarmasin", "Kalsel"),
    ("52.03", "Selong", "Masbagik", "Kab Lombok Timur", "NTB"),
    ("62.71", "Palangkaraya", "Jekan Raya", "Kota Palangkaraya", "Kalteng"),
)
_MONTHS = ["Jan", "Peb", "Maret", "Apr", "Mei", "Juni", "Juli", "Agt", "Sept", "Okt", "Nop", "Des"]


@dataclass
class SecondRegister:
    content: bytes = b""
    people: list[Truth] = field(default_factory=list)
    duplicates: dict[tuple[str, int], tuple[str, int]] = field(default_factory=dict)
    refused: dict[tuple[str, int], str] = field(default_factory=dict)
    minors: list[tuple[str, int]] = field(default_factory=list)


class _Builder:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.made = SecondRegister()
        self.names: set[str] = set()
        self.serial = 0

    def person(self, sheet: str, place: str, row: int) -> Truth:
        pick = self.random.choice
        name = ""
        while not name or name in self.names:
            name = f"{pick(_FIRST)} {pick(_LAST)} {pick(_LAST)}"
        self.names.add(name)
        self.serial += 1
        regency, _city, district, _kab, _prov = pick(_HOMES)
        born = date(self.random.randint(1970, 1997), self.random.randint(1, 12), pick(range(1, 29)))
        has_nik = self.random.random() < 0.7
        day = f"{born.day + 40:02d}{born.month:02d}{born.year % 100:02d}"
        has_account = self.random.random() < 0.4
        person = Truth(
            sheet=sheet,
            row=row,
            place=place,
            name=name,
            born=born,
            regency=regency,
            district=district,
            nik=f"{regency.replace('.', '')}01{day}{self.serial:04d}" if has_nik else None,
            mother=pick(_MOTHERS),
            account=f"0{self.random.randint(10**8, 10**9 - 1)}" if has_account else "",
            phone=f"08{self.random.randint(10**8, 10**9 - 1)}" if pick((0, 1)) else "",
            choice=pick(("return", "return", "stay", None)),
            children=pick((0, 0, 1, 2)),
            alias=pick(("", "", "Cempluk", "Menik")),
        )
        self.made.people.append(person)
        return person

    def home(self, regency: str) -> tuple[str, str, str, str]:
        return next(home[1:] for home in _HOMES if home[0] == regency)

    def messy_name(self, name: str) -> str:
        return self.random.choice(
            (name.upper(), f" {name} ", name.replace(" ", "  "), name.lower())
        )

    def messy_nik(self, nik: str | None) -> Any:
        if nik is None:
            return self.random.choice((None, "belum punya KTP-el", "-", "tidak ada", "dlm proses"))
        dotted = f"{nik[:4]}.{nik[4:10]}.{nik[10:]}"
        return self.random.choice(
            (nik, f"'{nik}", dotted, f"{nik[:6]} {nik[6:]}", f"{nik[:6]}-{nik[6:]}")
        )

    def choice(self, choice: str | None) -> Any:
        words = {
            "return": ("Kembali ke kampung", "PULKAM", "mau pulang"),
            "stay": ("tinggal di sini", "TETAP", "Menetap"),
            None: (None, "?", "belum tahu"),
        }
        return self.random.choice(words[choice])

    def children(self, count: int) -> Any:
        if count == 0:
            return self.random.choice((None, "sehat", "anak ke-3 dari 4 bersaudara"))
        return self.random.choice((f"bawa anak {count} org", f"{count} anak", f"ANAK: {count}"))


def build_second_register(seed: int = 20171124) -> SecondRegister:
    builder = _Builder(seed)
    book = Workbook()
    book.remove(book.active)
    _summary_sheet(book)
    _one_row_header(builder, book, "Pasir Putih", count=40)
    _place_column(builder, book, "Gabungan", count=30)
    buffer = io.BytesIO()
    book.save(buffer)
    builder.made.content = buffer.getvalue()
    return builder.made


def _summary_sheet(book: Workbook) -> None:
    """Counts by place: nobody in it is a person."""
    sheet = book.create_sheet("REKAP")
    sheet.append(["REKAPITULASI PENDATAAN"])
    sheet.append(["NO", "NAMA LOKALISASI", "JUMLAH", "PULANG", "MENETAP"])
    for number, name in enumerate(("Km 12", "Tangar", "Mekar Jaya"), start=1):
        sheet.append([number, name, 10, 6, 4])
    sheet.append(["", "TOTAL", 30, 18, 12])


def _one_row_header(builder: _Builder, book: Workbook, title: str, *, count: int) -> None:
    """Header in row 3, columns in another order, dates as date cells, phones as numbers."""
    sheet = book.create_sheet(title)
    sheet.append(["PEMERINTAH KABUPATEN"])
    sheet.append([None])
    sheet.append(
        ["No. Urut", "Kab/Kota", "Kecamatan", "Propinsi", "Nama Ibu Kandung", None, "Nama Penerima",
         "Nama panggilan", "Tgl. Lahir", "Tempat Lahir", "Usia", "No. KTP-el", "Pilihan",
         "Telp / WA", "No. Rekening BNI", "Agama", "Catatan"]
    )  # fmt: skip
    sheet.append([f"({number})" for number in range(1, 18)])
    for number in range(1, count + 1):
        if number == 20:
            sheet.append([None])
            sheet.append(["No. Urut", "Kab/Kota", "Kecamatan", "Propinsi", "Nama Ibu Kandung", None,
                          "Nama Penerima", "Nama panggilan", "Tgl. Lahir", "Tempat Lahir", "Usia",
                          "No. KTP-el", "Pilihan", "Telp / WA", "No. Rekening BNI"])  # fmt: skip
        person = builder.person(title, "KM12", sheet.max_row + 1)
        sheet.append(_first_cells(builder, number, person))
    _first_extras(builder, sheet, title, count)
    sheet.append([None])
    sheet.append([None, None, None, None, None, None, "JUMLAH", None, f"{count} orang"])
    sheet.append([None])
    sheet.append([None, "Mengetahui,", None, None, None, None, None, None, None, None, None, None,
                  "Sampit, 2 November 2017"])  # fmt: skip
    sheet.append([None, None, None, None, None, None, "Kepala Seksi"])
    sheet.append([None, None, None, None, None, None, "PARAMITHA, S.Sos"])
    sheet.append([None, None, None, None, None, None, "NIP. 19700101 199001 2 001"])


def _first_cells(builder: _Builder, number: int, person: Truth) -> list[Any]:
    city, district, regency, province = builder.home(person.regency)
    phone: Any = int(person.phone) if person.phone and number % 2 else person.phone or None
    # Dates as real dates, as Excel's day numbers without a format, and as text.
    serial = (person.born - date(1899, 12, 30)).days
    born: Any = (person.born, serial, f"{person.born:%d/%m/%Y}")[number % 3]
    return [
        number, regency, district, province, person.mother, None, builder.messy_name(person.name),
        person.alias or "-", born, city, None, builder.messy_nik(person.nik),
        builder.choice(person.choice), phone, person.account or None, "Islam",
        builder.children(person.children),
    ]  # fmt: skip


def _first_extras(builder: _Builder, sheet: Any, title: str, count: int) -> None:
    """Rows that no import may take silently."""
    made = builder.made
    base = [None, "Kab. Jember", "Ambulu", "Jatim", "Sukinah", None]

    def add(code: str, name: Any, born: Any, nik: Any) -> None:
        sheet.append([*base, name, None, born, "Jember", None, nik, "pulang"])
        if code:
            made.refused[(title, sheet.max_row)] = code

    add("nik_numeric", "Wagirah Nomor", date(1990, 5, 1), 3509014105900001)
    add("nik_length", "Wagirah Pendek", date(1990, 5, 2), "350901420590000")
    add("nik_date", "Wagirah Tanggal", date(1990, 5, 3), "3509017102900001")
    add("nik_serial", "Wagirah Nol", date(1990, 5, 3), "3509014305900000")
    add("birth_impossible", "Wagirah Februari", "31-02-1995", None)
    add("birth_us_order", "Wagirah Amerika", "08/17/90", None)
    add("birth_missing", "Wagirah Tanpa", None, None)
    add("name_missing", None, date(1991, 5, 3), None)
    add("broken_cell", "=A1&A2", date(1991, 5, 4), None)
    add("control_character", "Wagirah_x0000_", date(1991, 5, 5), None)
    add("", "Anak Belia", date(2000, 1, 5), "3509014501000001")
    made.minors.append((title, sheet.max_row))


def _place_column(builder: _Builder, book: Workbook, title: str, *, count: int) -> None:
    """Two header rows without merged cells, the place in a column, everything in one address."""
    sheet = book.create_sheet(title)
    for line in ("DINAS SOSIAL", "DAFTAR WARGA DI TANGAR, MEKAR JAYA, BUKIT HARAPAN"):
        sheet.append([line])
    sheet.append(["NO", "LOKASI", "NAMA", "NO.", "LAHIR", None, "ALAMAT", "NAMA IBU", "REKENING",
                  None, None, "KET"])  # fmt: skip
    sheet.append([None, None, "LENGKAP", "KTP", "TEMPAT", "TANGGAL", "ASAL", "KANDUNG", "NAMA BANK",
                  "NOMER", "A.N.", None])  # fmt: skip
    places = {"TANGAR": "Ds. Tanggar", "MEKAR_JAYA": "Mekarjaya", "BUKIT_HARAPAN": "BUKIT HARAPAN"}
    for number in range(1, count + 1):
        code = list(places)[number % 3]
        person = builder.person(title, code, sheet.max_row + 1)
        person.phone, person.choice, person.alias = "", None, ""
        city, district, regency, province = builder.home(person.regency)
        sheet.append([
            number, places[code], builder.messy_name(person.name), builder.messy_nik(person.nik),
            city, f"{person.born.day} {_MONTHS[person.born.month - 1]} {person.born.year}",
            f"Kec. {district}, {regency} - {province}", person.mother,
            "BNI" if person.account else None, person.account or None,
            person.name if person.account else None, builder.children(person.children),
        ])  # fmt: skip
    _repeats(builder, sheet, title)
    sheet.append([99, "Desa Antah", "Tanpa Tempat", None, "Jember", "1 Mei 1990", "Jember", "Sri"])
    # A place that nobody knows falls back on the sheet's titles, and those name three.
    builder.made.refused[(title, sheet.max_row)] = "place_ambiguous"
    sheet.append([None, None, "TOTAL", count])


def _repeats(builder: _Builder, sheet: Any, title: str) -> None:
    """Somebody of the first sheet again: by NIK, by name and date, by name and mother."""
    first = [p for p in builder.made.people if p.sheet != title]
    with_nik = next(p for p in first if p.nik)
    without = [p for p in first if not p.nik]

    def add(original: Truth, name: str, nik: str | None, born: date) -> None:
        written = f"{born.day}-{born.month}-{born.year}"
        sheet.append(
            [None, "Tangar", name, nik, "X", written, "Kab. Jember, Jatim", original.mother]
        )
        builder.made.duplicates[(title, sheet.max_row)] = (original.sheet, original.row)

    add(with_nik, "Nama Lain", with_nik.nik, with_nik.born)
    same = without[0]
    add(same, same.name.replace("u", "oe").upper(), None, same.born)
    near = without[1]
    add(near, near.name, None, near.born.replace(year=near.born.year + 1))
