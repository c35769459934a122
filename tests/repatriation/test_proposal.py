"""Proposals: nobody lost, nobody twice, families together, never above the seats, few batches."""

from __future__ import annotations

import random
import time
from collections import Counter
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from repatriation.proposal import (
    Proposal,
    Reason,
    Traveller,
    bound,
    by_regency,
    by_route,
    escorts_for,
    pack,
    propose,
)

PROVINCES = ("33", "35", "63", "")
travellers = st.lists(
    st.tuples(st.sampled_from(PROVINCES), st.integers(1, 4), st.integers(0, 6)), max_size=60
)


def made(rows: list[tuple[str, int, int]]) -> list[Traveller]:
    return [
        Traveller(UUID(int=n), f"{province}.0{regency}" if province else "", province, children)
        for n, (province, regency, children) in enumerate(rows)
    ]


def women(n: int, *, children: int = 0, start: int = 0) -> list[Traveller]:
    return [Traveller(UUID(int=start + i), "35.09", "35", children) for i in range(n)]


def sizes(proposal: Proposal) -> list[int]:
    return [batch.size for batch in proposal.batches]


@settings(max_examples=150, deadline=None)
@given(rows=travellers, seats=st.integers(1, 30))
def test_everybody_once_within_the_seats_and_with_escorts(
    rows: list[tuple[str, int, int]], seats: int
) -> None:
    people = made(rows)
    proposal = propose(people, seats=seats)
    seated = [t.worker_id for batch in proposal.batches for t in batch.travellers]
    left = [row.traveller.worker_id for row in proposal.left_over]
    assert sorted(seated + left) == sorted(t.worker_id for t in people)
    for batch in proposal.batches:
        assert batch.size <= seats
        assert batch.women >= 1
        assert batch.escorts == escorts_for(batch.women)
        assert batch.size == batch.women + batch.children + batch.escorts
        assert batch.children == sum(t.children for t in batch.travellers)
        assert {t.province_code for t in batch.travellers} == {batch.group}
    for row in proposal.left_over:
        unknown = not row.traveller.province_code
        assert row.reason == (Reason.HOME_UNKNOWN if unknown else Reason.FAMILY_TOO_LARGE)
        assert unknown or row.traveller.children + 2 > seats
    assert proposal.lower_bound <= len(proposal.batches)


@settings(max_examples=150, deadline=None)
@given(count=st.integers(0, 400), seats=st.integers(2, 100))
def test_women_alone_reach_the_bound_and_are_shared_evenly(count: int, seats: int) -> None:
    proposal = propose(women(count), seats=seats)
    assert proposal.gap == 0
    shares = [batch.women for batch in proposal.batches]
    assert sum(shares) == count
    assert not shares or max(shares) - min(shares) <= 1


@settings(max_examples=60, deadline=None)
@given(rows=travellers, seats=st.integers(2, 30), seed=st.integers(0, 99))
def test_the_order_of_the_travellers_does_not_matter(
    rows: list[tuple[str, int, int]], seats: int, seed: int
) -> None:
    people = made(rows)
    shuffled = list(people)
    random.Random(seed).shuffle(shuffled)
    assert propose(people, seats=seats) == propose(shuffled, seats=seats)


def least_by_trying(families: list[int], seats: int) -> int:
    """The true least number of batches, by trying every way to seat them."""
    best = len(families)

    def seat(position: int, loads: list[tuple[int, int]]) -> None:
        nonlocal best
        if len(loads) >= best:
            return
        if position == len(families):
            best = len(loads)
            return
        size = families[position]
        for index, (count, people) in enumerate(loads):
            if people + size + escorts_for(count + 1) <= seats:
                fuller = (count + 1, people + size)
                seat(position + 1, [*loads[:index], fuller, *loads[index + 1 :]])
        seat(position + 1, [*loads, (1, size)])

    seat(0, [])
    return best


# Shared out evenly these five would exceed the seats by their escort; 3 + 3 and 2 + 2 + 2 fit.
@example(families=[3, 3, 2, 2, 2], seats=7)
@settings(max_examples=150, deadline=None)
@given(families=st.lists(st.integers(1, 6), min_size=1, max_size=8), seats=st.integers(7, 14))
def test_small_groups_are_packed_as_well_as_can_be(families: list[int], seats: int) -> None:
    least, packing = pack(Counter(families), seats=seats)
    assert len(packing) == least == least_by_trying(sorted(families, reverse=True), seats)
    assert bound(Counter(families), seats=seats) <= least
    assert sum(packing, Counter()) == Counter(families)
    for batch in packing:
        taken = sum(size * count for size, count in batch.items())
        assert taken + escorts_for(sum(batch.values())) <= seats


def test_large_families_that_do_not_fit_together() -> None:
    """Five families of four on seven seats: two never fit with their escort."""
    proposal = propose(women(5, children=3), seats=7)
    assert (len(proposal.batches), proposal.lower_bound) == (5, 5)


def test_the_batch_of_eighty_one_seats() -> None:
    """73 women, 3 children and 5 escorts fill 81 seats; one seat less takes two batches."""
    people = [*women(70), *women(3, children=1, start=70)]
    proposal = propose(people, seats=81)
    assert [(b.women, b.children, b.escorts) for b in proposal.batches] == [(73, 3, 5)]
    assert sizes(proposal) == [81]
    fewer = propose(people, seats=80)
    assert len(fewer.batches) == fewer.lower_bound == 2


def test_neighbours_travel_together() -> None:
    """Ten women of each of four kabupaten, mixed; three batches of thirteen or fourteen."""
    people = [Traveller(UUID(int=n), f"35.{1 + n % 4:02d}", "35", 0) for n in range(40)]
    proposal = propose(people, seats=15)
    assert [batch.regions for batch in proposal.batches] == [
        ["35.01", "35.02"],
        ["35.02", "35.03"],
        ["35.03", "35.04"],
    ]


def test_a_route_fills_one_batch_with_several_provinces() -> None:
    """Ten of East Java and six of Bali share a way; the two of the south travel by themselves."""
    people = made([("35", 1, 0)] * 10 + [("51", 1, 0)] * 6 + [("63", 1, 0)] * 2)
    assert len(propose(people, seats=20).batches) == 3
    proposal = propose(people, seats=20, group_by=by_route({"35", "51"}))
    assert [(batch.women, batch.provinces) for batch in proposal.batches] == [
        (16, ["35", "51"]),
        (2, ["63"]),
    ]
    assert (proposal.lower_bound, proposal.gap) == (2, 0)


def test_one_kabupaten_a_batch() -> None:
    people = made([("35", 1, 0)] * 3 + [("35", 2, 0)] * 2)
    proposal = propose(people, seats=20, group_by=by_regency)
    assert [batch.regions for batch in proposal.batches] == [["35.01"], ["35.02"]]


def test_239_people_take_well_under_a_second() -> None:
    people = made([(PROVINCES[n % 3], 1 + n % 4, n % 3) for n in range(239)])
    start = time.perf_counter()
    proposal = propose(people, seats=81)
    assert time.perf_counter() - start < 0.5
    assert max(sizes(proposal)) <= 81


def test_no_seat_is_refused() -> None:
    with pytest.raises(ValueError, match="seat"):
        propose(women(1), seats=0)


def test_many_people_take_little_time() -> None:
    rows = [(PROVINCES[n % 3], 1 + n % 4, 0 if n % 5 else 1 + n % 3) for n in range(20_000)]
    people = made(rows)
    start = time.perf_counter()
    proposal = propose(people, seats=81)
    assert time.perf_counter() - start < 5
    assert sum(batch.women for batch in proposal.batches) == 20_000
    assert max(sizes(proposal)) <= 81


def test_many_families_reach_the_bound_within_the_seats() -> None:
    """Escorts by whole fifteens of women: spread evenly alone, some seat stays empty in each."""
    children = (0, 0, 0, 1, 0, 2, 0, 1, 3, 0)
    people = [
        Traveller(UUID(int=n), f"{province}.01", province, children[n * 7 // 3 % 10])
        for n in range(20_000)
        for province in [("33", "35", "52")[n % 3]]
    ]
    proposal = propose(people, seats=81)
    assert proposal.gap == 0
    assert max(sizes(proposal)) <= 81
    assert sum(sizes(proposal)) == sum(t.people for t in people) + sum(
        escorts_for(batch.women) for batch in proposal.batches
    )
