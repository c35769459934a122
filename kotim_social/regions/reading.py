"""Reads an address as it is written into the names of regions that it mentions."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from kotim_social.regions.names import BREAK, LONGEST_NAME, Meaning, NameTable


class Role(Enum):
    """What the word before a name says that the name is."""

    PROVINCE = "province"
    KABUPATEN = "kabupaten"
    KOTA = "kota"
    REGENCY = "regency"  # "Kab/Kota": one or the other
    DISTRICT = "district"
    VILLAGE = "village"
    STREET = "street"
    NUMBER = "number"

    @property
    def level(self) -> str:
        """The role of the name in a NameTable."""
        if self in (Role.KABUPATEN, Role.KOTA):
            return "regency"
        return str(self.value)


MARKERS: Final[dict[str, Role]] = {
    word: role
    for role, words in {
        Role.PROVINCE: "prov prop provinsi propinsi prv",
        Role.KABUPATEN: "kab kabupaten kabup kbp kabuten kabupatan",
        Role.KOTA: "kota kotamadya kotamadia kodya kodia kotip kotif",
        Role.DISTRICT: "kec kecamatan kecamatn kcm kecam",
        Role.VILLAGE: "desa ds dsa kel kelurahan dusun dsn dukuh dk kampung kp kmp lingkungan "
        "lingk link br nagari gampong pekon",
        Role.STREET: "jl jln jalan gang gg perum perumahan komplek kompleks blok",
        Role.NUMBER: "rt rw no nomor km",
    }.items()
    for word in words.split()
}
_GLUED = ("kabupaten", "kab", "kecamatan", "kec", "kotamadya", "kodya", "kota", "provinsi")
_FILLERS = frozenset({"administrasi", "adm", "dati", "ii", "madya"})


@dataclass(slots=True)
class Mention:
    """One name in the address. `near`: with a typing error; `weak`: within a village's name."""

    text: str
    meaning: Meaning
    role: Role | None = None
    near: bool = False
    weak: bool = False


def _unglued(word: str, names: NameTable) -> tuple[str, ...]:
    """The words in "kabjember": "kab", "jember"; every other word as it is."""
    if word in MARKERS or names.exact(word):
        return (word,)
    for marker in _GLUED:
        rest = word.removeprefix(marker)
        if rest != word and len(rest) > 2 and names.exact(rest):
            return (marker, rest)
    return (word,)


class AddressReader:
    """One pass over the words of one address."""

    def __init__(self, words: Sequence[str], names: NameTable, *, skip_streets: bool) -> None:
        self.words = [part for word in words for part in _unglued(word, names)]
        self.names = names
        self.skip_streets = skip_streets
        self.mentions: list[Mention] = []
        self._loose: list[str] = []
        self._weak = False

    def read(self) -> list[Mention]:
        at = 0
        while at < len(self.words):
            at = self._step(at)
        self._settle_loose()
        return self.mentions

    def _step(self, at: int) -> int:
        word = self.words[at]
        if word == BREAK:
            self._settle_loose()
            self._weak = False
            return at + 1
        if role := self._marker(at):
            self._settle_loose()
            self._weak = False
            return self._after_marker(at + 1, role)
        count, meaning = self.names.longest(self.words, at)
        if not count:
            self._loose.append(word)
            return at + 1
        self._settle_loose()
        if not (meaning.regencies or meaning.provinces):
            # "Hulu Sungai Selatn" begins with the kecamatan Hulu Sungai and means the kabupaten.
            longer, near = self._longer_near(at, count)
            if longer:
                self._add(at, longer, Mention("", near, near=True, weak=self._weak))
                return at + longer
        self._add(at, count, Mention("", meaning, weak=self._weak))
        return at + count

    def _longer_near(self, at: int, count: int) -> tuple[int, Meaning]:
        stop = at + count
        while stop < len(self.words) and self.words[stop] != BREAK and stop - at < LONGEST_NAME:
            stop += 1
        for end in range(stop, at + count, -1):
            near = self.names.near("".join(self.words[at:end]))
            if near.regencies or near.provinces:
                return end - at, near
        return 0, Meaning()

    def _add(self, at: int, count: int, mention: Mention) -> None:
        mention.text = " ".join(self.words[at : at + count])
        self.mentions.append(mention)

    def _marker(self, at: int) -> Role | None:
        """The role that the word here announces, unless it is the beginning of a name itself."""
        word = self.words[at]
        role = MARKERS.get(word)
        if role is None:
            return None
        if role is Role.KOTA and at + 1 < len(self.words):
            _count, meaning = self.names.longest(self.words, at + 1)
            if any(code[3] == "7" for code in meaning.regencies):
                return role
        count, _meaning = self.names.longest(self.words, at)
        return None if count > 1 else role

    def _after_marker(self, at: int, role: Role) -> int:
        if role is Role.NUMBER:
            return at + 1 if at < len(self.words) and self.words[at].isdigit() else at
        if role is Role.STREET and self.skip_streets:
            return self._skip_to_mark(at)
        if role in (Role.VILLAGE, Role.STREET):
            return self._skip_village(at)
        if self._said_afterwards(at, role):
            return at
        at, role = self._join_markers(at, role)
        count, meaning = self._longest_in_role(at, role)
        if count:
            self._add(at, count, Mention("", meaning.only(role.level), role=role))
            return at + count
        return self._unknown(at, role)

    def _said_afterwards(self, at: int, role: Role) -> bool:
        """In "Kediri Kota" and "Malang (Kota)" the word stands behind the name it belongs to."""
        rest = self.words[at:]
        if role not in (Role.KABUPATEN, Role.KOTA) or not self.mentions:
            return False
        touching = at > 1 and self.words[at - 2] != BREAK and (not rest or rest[0] == BREAK)
        if not touching and any(word != BREAK for word in rest):
            return False
        last = self.mentions[-1]
        if last.role is not None or last.near or not last.meaning.regencies:
            return False
        last.role, last.meaning = role, last.meaning.only("regency")
        return True

    def _join_markers(self, at: int, role: Role) -> tuple[int, Role]:
        """Passes breaks and fillers after a marker, and reads "Kab/Kota" as either."""
        while at < len(self.words):
            word = self.words[at]
            other = MARKERS.get(word)
            kinds = {role, other}
            if word == BREAK or word in _FILLERS:
                at += 1
            elif other and kinds <= {Role.KABUPATEN, Role.KOTA, Role.REGENCY}:
                if self._longest_in_role(at, Role.REGENCY)[0] > 1:
                    break
                role = role if other is role else Role.REGENCY
                at += 1
            else:
                break
        return at, role

    def _longest_in_role(self, at: int, role: Role) -> tuple[int, Meaning]:
        count, _meaning = self.names.longest(self.words, at)
        for size in range(count, 0, -1):
            meaning = self.names.exact("".join(self.words[at : at + size]))
            if meaning and meaning.of(role.level):
                return size, meaning
        return 0, Meaning()

    def _unknown(self, at: int, role: Role) -> int:
        """A marked name that nobody knows as written: as many of its words as make a near name."""
        stop = at
        while stop < len(self.words) and self.words[stop] != BREAK:
            if stop > at and (self._marker(stop) or self._names_region(stop)):
                break
            stop += 1
        for end in range(stop, at, -1):
            near = self.names.near("".join(self.words[at:end]))
            if near.of(role.level):
                mention = Mention("", near.only(role.level), role=role, near=True)
                self._add(at, end - at, mention)
                return end
        if stop > at:
            self._add(at, stop - at, Mention("", Meaning(), role=role))
        return stop

    def _names_region(self, at: int) -> bool:
        _count, meaning = self.names.longest(self.words, at)
        return bool(meaning.regencies or meaning.provinces)

    def _skip_to_mark(self, at: int) -> int:
        while at < len(self.words) and self.words[at] != BREAK and self.words[at] not in MARKERS:
            at += 1
        return at

    def _skip_village(self, at: int) -> int:
        """The first word after "Desa" is the village's; what follows may be a region, or hers."""
        self._weak = True
        if at < len(self.words) and self.words[at] != BREAK and self.words[at] not in MARKERS:
            at += 1
        return at

    def _settle_loose(self) -> None:
        """Unknown words: names with a typing error among them, the longest first."""
        words, self._loose = self._loose, []
        at = 0
        while at < len(words):
            for end in range(len(words), at, -1):
                if near := self.names.near("".join(words[at:end])):
                    text = " ".join(words[at:end])
                    self.mentions.append(Mention(text, near, near=True, weak=self._weak))
                    at = end
                    break
            else:
                at += 1
