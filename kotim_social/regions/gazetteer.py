"""All regions and their spellings in memory, looked up without a query."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kotim_social.lib.nik import Nik
from kotim_social.regions.models import Spelling
from kotim_social.regions.names import NameTable


class RegencyRow(NamedTuple):
    """What the index keeps of a kabupaten or kota."""

    code: str
    name: str
    short_name: str
    kind: str
    province_code: str
    province_name: str


class Gazetteer:
    """The tables of regions, as rows and as names."""

    def __init__(
        self,
        regencies: Iterable[RegencyRow],
        districts: Iterable[tuple[str, str]],
        spellings: Iterable[tuple[str, str, str]],
    ) -> None:
        """`districts`: code, name; `spellings`: kind, text, code of the region meant."""
        self.names = NameTable()
        self.regencies: dict[str, RegencyRow] = {}
        self.districts: dict[str, str] = dict(districts)
        self.old_codes: dict[str, str] = {}
        self._districts_of: dict[str, list[str]] = defaultdict(list)
        self.provinces: dict[str, str] = {}
        for row in regencies:
            self.regencies[row.code] = row
            self.provinces[row.province_code] = row.province_name
            self.names.add("regency", row.short_name, row.code)
        for code, name in self.provinces.items():
            self.names.add("province", name, code)
        for code, name in self.districts.items():
            self.names.add("district", name, code)
            # "Tiro/Truseb", "Misool (Misool Utara)": an address is read up to such a sign.
            if first := re.match(r"([^/(]+)[/(]", name):
                self.names.add("district", first[1], code)
            self._districts_of[code[:5]].append(code)
        for kind, text, code in spellings:
            if kind == Spelling.Kind.OLD_CODE:
                self.old_codes[text] = code
            else:
                self.names.add(kind, text, code)

    @property
    def known_prefixes(self) -> frozenset[str]:
        """Codes of kabupaten and kota that a NIK may begin with, earlier ones among them."""
        return frozenset(self.regencies) | frozenset(self.old_codes)

    def regency_of_nik(self, nik: Nik | None) -> str | None:
        """Today's code of the kabupaten or kota where the NIK was given out."""
        if nik is None:
            return None
        code = self.old_codes.get(nik.regency, nik.regency)
        return code if code in self.regencies else None

    def label(self, code: str) -> str:
        row = self.regencies[code]
        return f"{row.name}, {row.province_name}"

    def districts_of(self, regency: str) -> Sequence[str]:
        return self._districts_of.get(regency, ())
