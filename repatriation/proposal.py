"""Proposes batches: who could travel together, within the seats, in as few batches as can be."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

WOMEN_AN_ESCORT = 15
# The exact search is for groups of this many families at most, and for this many steps.
SEARCHED_FAMILIES = 60
SEARCHED_STEPS = 20_000


class Reason(StrEnum):
    """Why somebody is left over."""

    FAMILY_TOO_LARGE = "family_too_large"
    HOME_UNKNOWN = "home_unknown"


@dataclass(frozen=True, slots=True)
class Traveller:
    """A woman who wants to go home, with the children who go with her."""

    worker_id: UUID
    regency_code: str
    province_code: str
    children: int = 0
    place: str = ""

    @property
    def people(self) -> int:
        return 1 + self.children


@dataclass(frozen=True, slots=True)
class ProposedBatch:
    """One batch of a province; `size` counts women, children and escorts alike."""

    group: str
    travellers: tuple[Traveller, ...]
    women: int = field(init=False)
    children: int = field(init=False)
    escorts: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "women", len(self.travellers))
        object.__setattr__(self, "children", sum(t.children for t in self.travellers))
        object.__setattr__(self, "escorts", escorts_for(self.women))

    @property
    def size(self) -> int:
        return self.women + self.children + self.escorts

    @property
    def provinces(self) -> list[str]:
        """Its home provinces, that of the most travellers first: there it ends."""
        counted = Counter(traveller.province_code for traveller in self.travellers)
        return sorted(counted, key=lambda code: (-counted[code], code))

    @property
    def regions(self) -> list[str]:
        return sorted({traveller.regency_code for traveller in self.travellers})


@dataclass(frozen=True, slots=True)
class LeftOver:
    traveller: Traveller
    reason: Reason


@dataclass(frozen=True, slots=True)
class Proposal:
    """`lower_bound`: fewer batches than this are impossible, see `bound()`."""

    batches: list[ProposedBatch]
    lower_bound: int
    left_over: list[LeftOver]

    @property
    def gap(self) -> int:
        return len(self.batches) - self.lower_bound


def escorts_for(women: int) -> int:
    """The escort rule: one officer for each 15 women begun, and never less than one."""
    return max(1, -(-women // WOMEN_AN_ESCORT))


def by_province(traveller: Traveller) -> str:
    return traveller.province_code


def by_regency(traveller: Traveller) -> str:
    return traveller.regency_code


def by_route(provinces: Collection[str]) -> Callable[[Traveller], str]:
    """Those of the named provinces are one group; the others stay with their province."""
    route = "+".join(sorted(provinces))

    def group(traveller: Traveller) -> str:
        on_it = traveller.province_code in provinces
        return route if on_it else traveller.province_code

    return group


def propose(
    travellers: Iterable[Traveller],
    *,
    seats: int,
    group_by: Callable[[Traveller], str] = by_province,
) -> Proposal:
    """Batches for all of them, each within the seats and of one group (the province).

    A woman and her children stay together; the escorts sit on the seats too. Within a group the
    batches are as few as can be found, as even as can be, and hold neighbours by home region.
    The same travellers give the same proposal, in whatever order they come.
    """
    if seats < 1:
        raise ValueError("a batch has at least one seat")
    groups: dict[str, list[Traveller]] = defaultdict(list)
    left_over = []
    for traveller in travellers:
        if not traveller.province_code or not traveller.regency_code:
            left_over.append(LeftOver(traveller, Reason.HOME_UNKNOWN))
        elif traveller.people + escorts_for(1) > seats:
            left_over.append(LeftOver(traveller, Reason.FAMILY_TOO_LARGE))
        else:
            groups[group_by(traveller)].append(traveller)
    batches: list[ProposedBatch] = []
    lower_bound = 0
    for group, people in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        least, packing = pack(Counter(person.people for person in people), seats=seats)
        lower_bound += least
        batches += [ProposedBatch(group, members) for members in _deal(people, packing)]
    left_over.sort(key=lambda row: row.traveller.worker_id)
    return Proposal(batches, lower_bound, left_over)


# ---- Packing: sizes of families only; who sits where is dealt out afterwards.

Packing = list["Counter[int]"]  # for each batch: size of family → how many


def pack(sizes: Counter[int], *, seats: int) -> tuple[int, Packing]:
    """The least number of batches that is proved, and a packing into as few as were found."""
    least = bound(sizes, seats=seats)
    if set(sizes) == {1}:
        # Women alone: even shares of the bound always fit, since the bound is the share's own.
        return least, _even_shares(sizes[1], least)
    packing = _spread(sizes, least, seats) or _by_escorts(sizes, least, seats)
    if packing is None:
        packing = _first_fit(sizes, seats)
        packing = _fewer(sizes, least, packing, seats)
    if len(packing) > least:
        least, packing = _search(sizes, least, packing, seats)
    if len(packing) > least:
        packing = _spread(sizes, len(packing), seats) or packing
    return least, packing


def bound(sizes: Counter[int], *, seats: int) -> int:
    """No fewer batches than this can carry these families. The largest of:

    - women: no batch holds more women than fit with their escorts when no child travels;
    - people: k batches need seats for all women and children and for max(k, women / 15) escorts;
    - large families: of two that together exceed the seats each needs a batch of its own, and
      what the small ones need beyond the room beside them (Martello and Toth's bound L2).
    """
    women = sum(sizes.values())
    people = sum(size * count for size, count in sizes.items())
    most_women = seats - 1
    while most_women + escorts_for(most_women) > seats:
        most_women -= 1
    by_women = -(-women // most_women)
    by_people = max(-(-people // (seats - 1)), -(-(people + escorts_for(women)) // seats))
    return max(by_women, by_people, _large_families(sizes, seats - 1))


def _large_families(sizes: Counter[int], room: int) -> int:
    """L2: for each threshold the large families alone, and the rest of what does not fit beside."""
    best = 0
    large = [size for size in sizes if 2 * size > room]
    for threshold in sorted({size for size in sizes if 2 * size <= room} | {0}):
        alone = sum(sizes[size] for size in large if size > room - threshold)
        shared = [size for size in large if size <= room - threshold]
        beside = sum(sizes[size] * (room - size) for size in shared)
        small = sum(s * n for s, n in sizes.items() if threshold <= s and 2 * s <= room)
        needed = alone + sum(sizes[size] for size in shared)
        best = max(best, needed + max(0, -(-(small - beside) // room)))
    return best


@dataclass(slots=True)
class _Load:
    """What sits in one batch so far."""

    women: int = 0
    people: int = 0
    families: Counter[int] = field(default_factory=Counter)

    def after(self, size: int, count: int = 1) -> int:
        """The seats taken when so many more families of this size sit there, escorts included."""
        return self.people + size * count + escorts_for(self.women + count)

    def add(self, size: int, count: int = 1) -> None:
        self.women += count
        self.people += size * count
        self.families[size] += count


def _even_shares(women: int, batches: int) -> Packing:
    share, more = divmod(women, batches)
    return [Counter({1: share + (index < more)}) for index in range(batches)]


def _spread(sizes: Counter[int], batches: int, seats: int) -> Packing | None:
    """The largest families first, each into the emptiest batch; None when one does not fit."""
    loads = [_Load() for _ in range(batches)]
    heap = [(0, index) for index in range(batches)]
    for size in sorted(sizes, reverse=True):
        for _family in range(sizes[size]):
            _taken, index = heap[0]
            taken = loads[index].after(size)
            if taken > seats:
                return None
            loads[index].add(size)
            heapq.heapreplace(heap, (taken, index))
    return [load.families for load in loads]


def _by_escorts(sizes: Counter[int], batches: int, seats: int) -> Packing | None:
    """As few escorts in all as the rule allows, so that they take no seat that a child needs.

    Each batch gets its escorts, and as many women as these may look after; what is left of its
    seats is for children. The families with the most children go where most of that is left, women
    alone fill up. None when a family does not fit.
    """
    women = sum(sizes.values())
    escorts = max(batches, -(-women // WOMEN_AN_ESCORT))
    spare = WOMEN_AN_ESCORT * escorts - women
    places = []
    for index in range(batches):
        staff = escorts // batches + (index < escorts % batches)
        hers = WOMEN_AN_ESCORT * staff - spare // batches - (index < spare % batches)
        if hers < 0 or hers + staff > seats:
            return None
        places.append((seats - staff - hers, hers))
    return _seat(sizes, places)


def _seat(sizes: Counter[int], places: Sequence[tuple[int, int]]) -> Packing | None:
    """Seats families into batches that have room for so many children and so many women each."""
    packing: Packing = [Counter() for _place in places]
    heap = [(-children, index, women) for index, (children, women) in enumerate(places) if women]
    heapq.heapify(heap)
    for size in sorted(sizes, reverse=True):
        for _family in range(sizes[size]):
            if not heap or -heap[0][0] < size - 1:
                return None
            room, index, women = heap[0]
            packing[index][size] += 1
            if women > 1:
                heapq.heapreplace(heap, (room + size - 1, index, women - 1))
            else:
                heapq.heappop(heap)
    return packing


def _fewer(sizes: Counter[int], least: int, packing: Packing, seats: int) -> Packing:
    """The first number above the bound that works, if it is below what was found."""
    for batches in range(least + 1, len(packing)):
        found = _spread(sizes, batches, seats) or _by_escorts(sizes, batches, seats)
        if found is not None:
            return found
    return packing


def _first_fit(sizes: Counter[int], seats: int) -> Packing:
    """First fit, largest first; a batch without room for a size has none for its twins either."""
    loads: list[_Load] = []
    for size in sorted(sizes, reverse=True):
        left = sizes[size]
        index = 0
        while left:
            if index == len(loads):
                loads.append(_Load())
            fitting = _how_many(loads[index], size, left, seats)
            if fitting:
                loads[index].add(size, fitting)
                left -= fitting
            index += 1
    return [load.families for load in loads]


def _how_many(load: _Load, size: int, wanted: int, seats: int) -> int:
    count = min(wanted, max(0, seats - load.people) // size)
    while count and load.after(size, count) > seats:
        count -= 1
    return count


def _search(sizes: Counter[int], least: int, packing: Packing, seats: int) -> tuple[int, Packing]:
    """Tries the numbers between the bound and what was found; a number tried in vain is proved."""
    families = sorted(sizes.elements(), reverse=True) if _is_small(sizes) else []
    if not families:
        return least, packing
    for batches in range(least, len(packing)):
        search = _Search(families, batches, seats)
        if search.run():
            return least, [load.families for load in search.loads]
        if search.steps_left <= 0:
            return least, packing
        least = batches + 1
    return least, packing


def _is_small(sizes: Counter[int]) -> bool:
    return sum(sizes.values()) <= SEARCHED_FAMILIES


class _Search:
    """Depth first over all ways to seat the families, largest first, within a number of steps."""

    def __init__(self, families: Sequence[int], batches: int, seats: int) -> None:
        self.families = families
        self.seats = seats
        self.loads = [_Load() for _ in range(batches)]
        self.steps_left = SEARCHED_STEPS

    def run(self, position: int = 0) -> bool:
        if position == len(self.families):
            return True
        size = self.families[position]
        tried: set[tuple[int, int]] = set()
        for load in self.loads:
            like = (load.women, load.people)
            if like in tried or load.after(size) > self.seats:
                continue
            tried.add(like)
            self.steps_left -= 1
            if self.steps_left <= 0:
                return False
            load.add(size)
            if self.run(position + 1):
                return True
            load.add(size, -1)
        return False


def _deal(people: list[Traveller], packing: Packing) -> list[tuple[Traveller, ...]]:
    """Gives the seats of each size of family to neighbours: by home region, place, then id."""
    rows: dict[int, list[Traveller]] = defaultdict(list)
    for person in sorted(people, key=lambda t: (t.regency_code, t.place, t.worker_id)):
        rows[person.people].append(person)
    taken: Counter[int] = Counter()
    dealt = []
    for families in packing:
        members: list[Traveller] = []
        for size, count in sorted(families.items(), reverse=True):
            members += rows[size][taken[size] : taken[size] + count]
            taken[size] += count
        dealt.append(tuple(members))
    return dealt
