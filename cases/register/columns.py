"""Header words: which field of the register a column title means, typing errors allowed."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache


class Field(StrEnum):
    NUMBER = "number"
    NAME = "name"
    ALIAS = "alias"
    NIK = "nik"
    BIRTH = "birth"  # place and date in one cell
    BIRTH_PLACE = "birth_place"
    BIRTH_DATE = "birth_date"
    AGE = "age"
    SEX = "sex"
    HOME = "home"
    HOME_DISTRICT = "home_district"
    HOME_REGENCY = "home_regency"
    HOME_PROVINCE = "home_province"
    MOTHER = "mother"
    WISMA = "wisma"
    BANK = "bank"
    ACCOUNT = "account"
    ACCOUNT_HOLDER = "account_holder"
    PHONE = "phone"
    CHOICE = "choice"
    CHILDREN = "children"
    REMARK = "remark"
    PLACE = "place"


# Word of the vocabulary → how registers write it.
_WORDS = {
    "nama": "nama",
    "lengkap": "lengkap",
    "alias": "alias panggilan julukan samaran",
    "nik": "nik nikk kependudukan",
    "ktp": "ktp ektp ktpel",
    "tempat": "tempat tmpt tpt tmp",
    "tanggal": "tanggal tgl tgll tangal",
    "lahir": "lahir kelahiran lhr",
    "ttl": "ttl",
    "umur": "umur usia",
    "alamat": "alamat almt",
    "asal": "asal",
    "kecamatan": "kecamatan kec",
    "kabupaten": "kabupaten kab kota kotamadya kabkota",
    "provinsi": "provinsi prov propinsi prop",
    "ibu": "ibu ibunda",
    "wisma": "wisma kamar blok barak",
    "rekening": "rekening rek norek",
    "bank": "bank",
    "atas": "atas",
    "pemilik": "pemilik",
    "telepon": "hp nohp telepon telpon telp notelp tlp wa whatsapp handphone ponsel kontak",
    "rencana": "rencana pilihan",
    "pulang": "pulang kepulangan",
    "menetap": "menetap",
    "keterangan": "keterangan ket catatan",
    "lokalisasi": "lokalisasi lokasi desa kelurahan kel",
    "no": "no nomor nomer nmr nomber",
    "urut": "urut",
    "anak": "anak pengikut",
    "penerima": "penerima",
    "manfaat": "manfaat pm",
    "kelamin": "kelamin jk",
    "sekarang": "sekarang tinggal domisili",
    # Words that belong to a title without changing what it means.
    "": "kandung sesuai dan per jenis induk di pada dari yang el e orang jiwa bulan thn tahun",
    # Words that make it a column of something else.
    "other": "suami ayah bapak petugas kepala jabatan nip pekerjaan pendidikan agama status "
    "kegiatan tanda tangan ttd paraf jumlah total kk pendata",
}
_VOCABULARY = {written: word for word, forms in _WORDS.items() for written in forms.split()}
_FUZZY_LETTERS = 4
_FUZZY_WORDS = {
    letter: sorted(w for w in _VOCABULARY if w[0] == letter and len(w) >= _FUZZY_LETTERS)
    for letter in "abcdefghijklmnopqrstuvwxyz"
}
_FUZZY_CUTOFF = 0.8
# At least this part of a title must be known words.
_KNOWN_PART = 0.4


@dataclass(frozen=True)
class Title:
    """A column title as a set of vocabulary words, with how many of its words are known."""

    words: frozenset[str]
    known_part: float


_Rule = tuple[Field | None, tuple[set[str], ...], set[str]]

# The first rule that fits decides: any of the sets is contained, none of the last set is.
_RULES: tuple[_Rule, ...] = (
    (Field.MOTHER, ({"ibu"},), set()),
    (Field.CHILDREN, ({"anak"},), {"nama"}),
    (None, ({"other"},), set()),
    (Field.BIRTH, ({"ttl"}, {"tempat", "tanggal"}), set()),
    (Field.BIRTH_PLACE, ({"tempat", "lahir"},), set()),
    (Field.BIRTH_DATE, ({"lahir"},), set()),
    (Field.ACCOUNT_HOLDER, ({"atas", "nama"}, {"pemilik"}), set()),
    (Field.ACCOUNT_HOLDER, ({"rekening", "nama"},), {"bank"}),
    (Field.ACCOUNT, ({"no", "rekening"},), set()),
    (Field.BANK, ({"bank"},), set()),
    (Field.ACCOUNT, ({"rekening"},), set()),
    (Field.PHONE, ({"telepon"},), set()),
    (Field.AGE, ({"umur"},), set()),
    (Field.SEX, ({"kelamin"},), set()),
    (Field.CHOICE, ({"rencana"}, {"menetap"}, {"pulang"}), {"tanggal"}),
    (Field.WISMA, ({"alamat", "sekarang"}, {"tempat", "sekarang"}, {"wisma"}), {"asal"}),
    (Field.HOME, ({"alamat"},), set()),
    (Field.HOME_DISTRICT, ({"kecamatan"},), {"kabupaten", "provinsi"}),
    (Field.HOME_REGENCY, ({"kabupaten"},), {"kecamatan", "provinsi"}),
    (Field.HOME_PROVINCE, ({"provinsi"},), {"kecamatan", "kabupaten"}),
    (Field.HOME, ({"kecamatan"}, {"kabupaten"}, {"provinsi"}), set()),
    (None, ({"lokalisasi", "asal"},), set()),
    (Field.HOME, ({"asal"},), set()),
    (Field.PLACE, ({"lokalisasi"},), set()),
    (Field.ALIAS, ({"alias"},), set()),
    (Field.NAME, ({"nama"}, {"penerima", "manfaat"}), set()),
    (Field.NIK, ({"nik"}, {"ktp"}), set()),
    (Field.REMARK, ({"keterangan"},), set()),
)
_WHOLE_TITLES = {
    frozenset({"no"}): Field.NUMBER,
    frozenset({"no", "urut"}): Field.NUMBER,
    frozenset({"urut"}): Field.NUMBER,
    frozenset({"tempat"}): Field.BIRTH_PLACE,
    frozenset({"tanggal"}): Field.BIRTH_DATE,
}
# A lower title of one of these says too little without the title of its group.
_GENERIC = frozenset({None, Field.NAME, Field.NUMBER, Field.PLACE, Field.WISMA})


@lru_cache(maxsize=4096)
def title_words(text: str) -> Title:
    lowered = text.lower()
    if re.fullmatch(r"\W*l\W*/\W*p\W*", lowered):
        return Title(frozenset({"kelamin"}), 1.0)
    lowered = re.sub(r"\ba\s*[./]\s*n\b", " atas nama ", lowered)
    lowered = re.sub(r"\bt\s*\.\s*t\s*\.\s*l\b", " ttl ", lowered)
    written = re.findall(r"[^\W\d_]+", lowered)
    known = [_vocabulary_word(word) for word in written]
    found = [word for word in known if word is not None]
    expanded = set(found) | ({"no"} & {"no" for w in written if w in {"norek", "nohp", "notelp"}})
    return Title(frozenset(expanded - {""}), len(found) / len(written) if written else 0.0)


def recognise(text: str) -> Field | None:
    """The field that a title means by itself."""
    title = title_words(text)
    if title.known_part < _KNOWN_PART or not title.words:
        return None
    if title.words in _WHOLE_TITLES:
        return _WHOLE_TITLES[title.words]
    for field, wanted, unwanted in _RULES:
        if any(words <= title.words for words in wanted) and not unwanted & title.words:
            return field
    return None


def recognise_pair(group: str, lower: str, *, is_group: bool) -> Field | None:
    """The field of a column with two title rows.

    Under a group ("REKENING" over "BANK", "NOMOR") the lower title decides where it is plain; a
    title broken over two rows ("NAMA" / "IBU KANDUNG") is read as one text.
    """
    if not lower:
        return recognise(group)
    if not group:
        return recognise(lower)
    both = f"{group} {lower}"
    if is_group:
        own = recognise(lower)
        return (recognise(both) or own) if own in _GENERIC else own
    return recognise(both) or recognise(lower)


@lru_cache(maxsize=4096)
def _vocabulary_word(written: str) -> str | None:
    if written in _VOCABULARY:
        return _VOCABULARY[written]
    if len(written) < _FUZZY_LETTERS:
        return None
    # A typing error hardly ever sits in the first letter, and few words are left to compare.
    near = [form for form in _FUZZY_WORDS.get(written[0], ()) if abs(len(form) - len(written)) < 3]
    close = get_close_matches(written, near, n=1, cutoff=_FUZZY_CUTOFF)
    swapped = [form for form in near if sorted(form) == sorted(written)]
    return next((_VOCABULARY[form] for form in [*close, *swapped]), None)
