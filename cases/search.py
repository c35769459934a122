"""Finds people by part of a name, NIK, register number or telephone, typing errors included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.identity import NIK_TAIL, account_index, folded, nik_indexes, nik_tail_index, phone_index
from cases.models import RegisterNumber, Worker
from kotim_social.accounts.models import User
from kotim_social.lib.names import fold_name
from kotim_social.regions.names import within_one_edit
from kotim_social.replica import connection_for_reads

SHOWN = 50
CAP = 1001
# With so many it is known that there are more than are shown.
ENOUGH = SHOWN + 1
SHORTEST = 2
LONGEST = 100
# How alike a stretch of the name must be to become a candidate; the words decide afterwards. A
# word of six letters keeps as much with any letter wrong, one of eight a third with two wrong.
_LIKENESS, _LIKENESS_OF_WORDS = 0.4, 0.33
_SURE_WORD, _LONG_WORD = 6, 8
# What is left of a word of four letters or more in which two have changed places.
_FAINT, _FAINT_WORD = 0.19, 4
_NIK_DIGITS = 16

REASONS = {
    "register_no": _("register number"),
    "nik": _("NIK"),
    "nik_tail": _("last 4 digits of the NIK"),
    "phone": _("telephone"),
    "account": _("account number"),
    "name": _("name"),
    "alias": _("also known as"),
    "near_name": _("similar name"),
    "near_alias": _("similar to another name of hers"),
}
_RANK = {reason: rank for rank, reason in enumerate(REASONS)}

# The database's own look-up (docs/adr/0019): under the policies no part of a name finds its index.
# Every branch is capped before it is joined, so that no term can make the statement slow; where
# the term itself stands in more names than are shown, nobody asks for those merely like it.
_NAMES = """
    SELECT * FROM kotim_find_names(
        %(part)s, %(word)s, %(cap)s, %(first)s, %(second)s, %(faint)s, %(rest)s::text[],
        %(enough)s)
"""
_LIKENESS_SET = "SELECT set_config('pg_trgm.word_similarity_threshold', %(likeness)s::text, true)"


@dataclass(frozen=True)
class _Asked:
    """What a name must be like, how much, and what else must show in it faintly."""

    likeness: float
    first: str
    second: str
    rest: list[str]


@dataclass(frozen=True)
class Hit:
    """A person found, why, and her name in pieces: (text, whether it is what was looked for)."""

    worker: Worker
    reason: Any
    pieces: list[tuple[str, bool]]
    alias: list[tuple[str, bool]]


@dataclass(frozen=True)
class Found:
    hits: list[Hit]
    is_capped: bool


def find_people(text: str, *, user: User) -> Found:
    """The best fifty whom the user may see, the surest reason first; a constant number of queries.

    `text` is one line of 2 to 100 characters, see SearchForm.
    """
    reasons: dict[UUID, str] = {}
    for worker_id, reason in _candidates(text.strip()):
        known = reasons.get(worker_id)
        if known is None or _RANK[reason] < _RANK[known]:
            reasons[worker_id] = reason
    seen = Worker.objects.visible_to(user).filter(pk__in=list(reasons))
    best = sorted((_RANK[reasons[pk]], name, pk) for pk, name in seen.values_list("pk", "name"))
    shown = [pk for _rank, _name, pk in best[:SHOWN]]
    people: QuerySet[Worker] = Worker.objects.select_related("place", "home_regency")
    found = people.prefetch_related("aliases").defer("nik", "phone", "home_address").in_bulk(shown)
    words = folded(text).split()
    hits = [_hit(found[pk], reasons[pk], words) for pk in shown]
    return Found(hits, is_capped=len(best) > SHOWN or len(reasons) >= CAP)


def _candidates(text: str) -> Iterator[tuple[UUID, str]]:
    digits = re.sub(r"[\s.'+()-]", "", text)
    if digits.isascii() and digits.isdigit():
        yield from _by_digits(digits)
    numbered = list(_by_register_number(text))
    yield from numbered
    if not numbered:
        # Nobody bears a name like a register number: likeness to one would only cost.
        yield from _by_name(fold_name(text))


def _by_digits(digits: str) -> Iterator[tuple[UUID, str]]:
    if len(digits) == _NIK_DIGITS:
        yield from _ids("nik", nik_index=nik_indexes(digits)[0])
    if len(digits) == NIK_TAIL:
        yield from _ids("nik_tail", nik_tail_index=nik_tail_index(digits))
    if len(digits) > NIK_TAIL and (index := phone_index(digits)):
        yield from _ids("phone", phone_index=index)
    if len(digits) > NIK_TAIL and (index := account_index(digits)):
        yield from _ids("account", accounts__number_index=index)


def _by_register_number(text: str) -> Iterator[tuple[UUID, str]]:
    """The whole number, or only its count: "12" is KTM-2017-0012 of every year."""
    found = re.fullmatch(r"(?:[a-z]+[\s-]*(\d{4})[\s-]+)?(\d{1,9})", text.casefold(), re.ASCII)
    if found is None:
        return
    years = [found[1]] if found[1] else RegisterNumber.objects.values_list("pk", flat=True)
    numbers = [f"{settings.REGISTER_PREFIX}-{year}-{int(found[2]):04d}" for year in years]
    yield from _ids("register_no", register_no__in=numbers)


def _ids(reason: str, **conditions: Any) -> Iterator[tuple[UUID, str]]:
    for pk in Worker.objects.filter(**conditions).values_list("pk", flat=True)[:CAP]:
        yield pk, reason


def _by_name(name: str) -> Iterator[tuple[UUID, str]]:
    if len(name) < SHORTEST or not any(char.isalpha() for char in name):
        return
    words = name.split()
    for asked in _ways_to_ask(name, words):
        is_known, found = False, set()
        for worker_id, reason, text in _like(name, asked):
            borne = text.split()
            if not reason.startswith("near") or _has_words_near(borne, words):
                yield worker_id, reason
                found.add(worker_id)
                is_known = is_known or all(
                    any(word.startswith(one) for word in borne) for one in words
                )
        if is_known or len(found) >= ENOUGH:
            return


def _ways_to_ask(name: str, words: list[str]) -> list[_Asked]:
    """First by the two longest words, each by itself; then by the whole, if few are like them.

    To be like several words at once reads the lists of all their trigrams; of two conditions the
    rarer one leads. A short word with a letter wrong is like too little to lead: it is asked of the
    names that the long ones found.
    """
    by_length = sorted(words, key=len, reverse=True)
    lead = [word for word in by_length[:2] if len(word) >= _SURE_WORD]
    rest = [word for word in by_length if word not in lead and len(word) >= _FAINT_WORD]
    whole = _Asked(_LIKENESS, name, name, [])
    if not lead or len(words) == 1:
        return [whole]
    return [_Asked(_LIKENESS_OF_WORDS, lead[0], lead[-1], rest), whole]


def _like(name: str, asked: _Asked) -> list[tuple[UUID, str, str]]:
    escaped = re.sub(r"([\\%_])", r"\\\1", name)
    values = {"part": f"%{escaped}%", "word": name, "cap": CAP, "faint": _FAINT}
    values |= {"enough": ENOUGH, **asdict(asked)}
    with connection_for_reads().cursor() as cursor:
        cursor.execute(_LIKENESS_SET, values)
        cursor.execute(_NAMES, values)
        rows: list[tuple[UUID, str, str]] = cursor.fetchall()
    return rows


def _has_words_near(words: list[str], wanted: list[str]) -> bool:
    return all(any(_is_near(word, one) for word in words) for one in wanted)


@lru_cache(maxsize=20_000)
def _is_near(word: str, wanted: str) -> bool:
    """One letter wrong in a short word, two in a long one; the beginning of a word counts."""
    if word.startswith(wanted) or within_one_edit(word, wanted):
        return True
    if len(wanted) < _LONG_WORD:
        return False
    return any(
        within_one_edit(shorter, wanted) or within_one_edit(word, wanted[:i] + wanted[i + 1 :])
        for i in range(len(wanted))
        if (shorter := word[:i] + word[i + 1 :])
    )


def _hit(worker: Worker, reason: str, words: list[str]) -> Hit:
    alias: list[tuple[str, bool]] = []
    if reason in ("alias", "near_alias"):
        names = [_pieces(row.name, words) for row in worker.aliases.all()]
        alias = next((name for name in names if any(is_hit for _text, is_hit in name)), [])
    return Hit(worker, REASONS[reason], _pieces(worker.name, words), alias)


def _pieces(name: str, words: list[str]) -> list[tuple[str, bool]]:
    """The name as it is shown, cut at its words; those that fit what was looked for are marked."""
    return [(piece, _is_wanted(piece, words)) for piece in re.split(r"(\s+)", name) if piece]


def _is_wanted(piece: str, words: list[str]) -> bool:
    own = folded(f"{piece} x").removesuffix(" x") if piece.strip() else ""
    return bool(own) and any(word in own or _is_near(own, word) for word in words)
