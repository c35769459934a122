"""Finds the kabupaten or kota that an address of origin means, and says where it is not sure."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Self

from django.utils.translation import gettext as _

from kotim_social.lib.nik import Nik
from kotim_social.regions.deciding import Decision, RegionMatch
from kotim_social.regions.gazetteer import Gazetteer, RegencyRow
from kotim_social.regions.models import District, Regency, Spelling
from kotim_social.regions.names import split_words
from kotim_social.regions.reading import AddressReader

REMEMBERED = 20_000  # addresses; a register repeats the same few thousand

__all__ = [
    "RegencyRow",
    "RegionIndex",
    "RegionMatch",
    "current_index",
    "find_region",
    "forget_index",
]


class RegionIndex(Gazetteer):
    """The gazetteer with its matching: a look-up costs no query."""

    def __init__(
        self,
        regencies: Iterable[RegencyRow],
        districts: Iterable[tuple[str, str]],
        spellings: Iterable[tuple[str, str, str]],
    ) -> None:
        super().__init__(regencies, districts, spellings)
        self._find = lru_cache(maxsize=REMEMBERED)(self._find_anew)

    @classmethod
    def from_database(cls) -> Self:
        """Three queries."""
        regencies = Regency.objects.values_list(
            "code", "name", "short_name", "kind", "province_id", "province__name"
        )
        spellings = Spelling.objects.values_list("kind", "text", "province_id", "regency_id")
        return cls(
            (RegencyRow(*row) for row in regencies),
            District.objects.values_list("code", "name"),
            ((kind, text, province or city or "") for kind, text, province, city in spellings),
        )

    def find(
        self, text: str, *, nik: Nik | None = None, birth_place: str | None = None
    ) -> RegionMatch:
        """The region that an address means; NIK and place of birth only choose among equals."""
        words = tuple(split_words(text))
        return self._find(text.strip(), words, self.regency_of_nik(nik), birth_place or "")

    def _find_anew(
        self, text: str, words: tuple[str, ...], nik_regency: str | None, birth_place: str
    ) -> RegionMatch:
        if not words:
            return RegionMatch(sentence=_("No home region is written."))
        mentions = AddressReader(words, self.names, skip_streets=True).read()
        if not any(mention.meaning for mention in mentions):
            mentions = AddressReader(words, self.names, skip_streets=False).read()
        return Decision(self, text, mentions, nik_regency, birth_place).make()


@lru_cache(maxsize=1)
def _kept_index() -> RegionIndex:
    return RegionIndex.from_database()


def current_index() -> RegionIndex:
    """The index of this process, built on first use; an empty one is not kept."""
    index = _kept_index()
    if not index.regencies:
        forget_index()
    return index


def forget_index() -> None:
    """After the tables have been loaded anew."""
    _kept_index.cache_clear()


def find_region(
    text: str,
    *,
    nik: Nik | None = None,
    birth_place: str | None = None,
    index: RegionIndex | None = None,
) -> RegionMatch:
    """`RegionIndex.find` on the given index, or on that of this process."""
    return (index or current_index()).find(text, nik=nik, birth_place=birth_place)
