"""Likely duplicates: kept apart for good, or merged, and a merging taken back."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from cases.actions.different import not_the_same
from cases.actions.settling import not_same_person
from cases.actions.workers import edit_worker
from cases.likeness import Applicant, find_likely
from cases.models import Alias, BankAccount, DifferentPeople, Merge, Worker
from cases.pairs import likely_pairs
from disbursements.actions.refunds import demand_refund
from disbursements.actions.results import reverse_line
from disbursements.models import Entitlement, Position
from disbursements.papers.list_papers import letter_of_refund
from disbursements.reconciliation import differences, orphans
from kotim_social.desk import merging
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests import factories
from tests.cases.import_helpers import imported, person, workbook
from tests.disbursements.browsing import browser
from tests.factories import Four, a_list, line_of, ready_people, the_four, walk_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def four() -> Four:
    return the_four()


def alike(one: Worker, other: Worker, four: Four) -> None:
    """Makes the other's name and date of birth hers."""
    values = {"name": one.name, "birth_date": one.birth_date}
    edit_worker(worker=other, values=values, version=other.version, by=four.petugas)
    other.refresh_from_db()


def two_records(four: Four) -> tuple[Worker, Worker]:
    """One with a NIK and an account, and one with neither; no decree names them."""
    first = factories.register(1, by=four.petugas)[0]
    second = factories.register(1, by=four.petugas, nik=False, account=False)[0]
    alike(first, second, four)
    return first, second


def merge(kept: Worker, gone: Worker, four: Four, *take: str) -> Merge:
    return merging.merge(kept=kept, gone=gone, take=take, reason="orang sama", by=four.pimpinan)


def test_the_queue_names_the_pair_once_and_why(four: Four) -> None:
    first, second = two_records(four)
    (pair,) = likely_pairs(four.pimpinan)
    assert {pair.one, pair.other} == {first, second}
    assert len(pair.likeness) == 1


def test_two_people_are_never_asked_about_again(four: Four) -> None:
    first, second = two_records(four)
    not_the_same(worker=second, other=first, reason="saudara kembar", by=four.petugas)
    not_the_same(worker=first, other=second, reason="saudara kembar", by=four.petugas)
    assert DifferentPeople.objects.count() == 1
    assert likely_pairs(four.pimpinan) == []
    applicant = Applicant(first.name, first.birth_date)
    assert not find_likely(applicant, user=four.petugas, besides=second.pk).decide
    # Somebody new is still asked about.
    assert len(find_likely(applicant, user=four.petugas).decide) == 2


def test_a_settled_import_row_is_remembered(four: Four) -> None:
    worker = factories.register(1, by=four.petugas)[0]
    row = person(1, NAMA_LENGKAP=worker.name, TANGGAL_LAHIR=f"{worker.birth_date:%d-%m-%Y}")
    source = imported(workbook(row), four.petugas)
    staged = not_same_person(source.rows.get(), by=four.petugas, because="bukan dia")
    pair = DifferentPeople.objects.get()
    assert {pair.first_id, pair.second_id} == {worker.pk, staged.worker_id}
    assert likely_pairs(four.petugas) == []


def test_merging_keeps_both_numbers_and_counts_her_once(four: Four) -> None:
    first, second = two_records(four)
    numbers = {first.register_no, second.register_no}
    merge(second, first, four, "nik", "account")
    assert Worker.objects.counted().count() == 1
    assert set(Worker.objects.values_list("register_no", flat=True)) == numbers
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.case_state, first.nik) == ("merged", None)
    assert second.nik is not None
    assert BankAccount.objects.get().worker == second
    assert set(Position.objects.values_list("worker", flat=True)) == {second.pk}
    with pytest.raises(Refused):
        edit_worker(worker=first, values={"wisma": "A"}, version=first.version, by=four.petugas)


def test_a_new_look_meets_the_record_that_leads_on(four: Four) -> None:
    first, second = two_records(four)
    merge(first, second, four)
    found = find_likely(Applicant(first.name, first.birth_date), user=four.petugas)
    assert [candidate.pk for candidate in found.decide] == [first.pk]


def test_a_merging_is_taken_back_whole(four: Four) -> None:
    first, second = two_records(four)
    nik, name = first.nik, first.name
    made = merge(second, first, four, "nik", "account", "mother")
    merging.undo(merge=made, reason="keliru", by=four.pimpinan)
    first = Worker.objects.get(pk=first.pk)
    second = Worker.objects.get(pk=second.pk)
    assert (first.nik, first.case_state, first.name) == (nik, "open", name)
    assert second.nik is None
    assert BankAccount.objects.get().worker == first
    assert not Alias.objects.exists()
    assert Worker.objects.counted().count() == 2
    with pytest.raises(Refused):
        merging.undo(merge=made, reason="keliru", by=four.pimpinan)


def test_what_a_decree_gave_the_other_lapses_and_comes_back(four: Four) -> None:
    kept, gone = ready_people(2, four=four)
    before = Position.objects.filter(worker=gone).sums()["entitled"]
    made = merge(kept, gone, four)
    assert not Entitlement.objects.filter(worker=gone, state="determined").exists()
    assert Position.objects.filter(worker=gone).sums()["entitled"] == 0
    merging.undo(merge=made, reason="keliru", by=four.pimpinan)
    assert Position.objects.filter(worker=gone).sums()["entitled"] == before


def test_both_paid_are_not_merged_and_the_paid_one_is_kept(four: Four) -> None:
    one, other = ready_people(2, four=four)
    walk_to(a_list(by=four.petugas), "closed", four=four)
    with pytest.raises(Refused):
        merge(one, other, four)
    third = ready_people(1, four=four)[0]
    with pytest.raises(Refused):
        merge(third, one, four)
    with pytest.raises(Refused):
        merge(one, third, four, "account")
    assert merge(one, third, four).kept == one


def test_a_double_payment_is_demanded_back_before_the_two_become_one(four: Four) -> None:
    kept, gone = ready_people(2, four=four)
    money = walk_to(a_list(by=four.petugas), "reconciled", four=four)
    line = line_of(money, gone)
    with pytest.raises(Refused, match="dua pembayaran"):
        merge(kept, gone, four)
    demand_refund(
        line=line, demanded_on=today(), reason="ganda", letter=letter_of_refund, by=four.pimpinan
    )
    with pytest.raises(Refused):  # demanded is not yet there
        merge(kept, gone, four)
    reverse_line(line=line, happened_on=today(), paper="STS-9", reason="ganda", by=four.bendahara)
    merge(kept, gone, four)
    assert Position.objects.filter(kind="TABUNGAN").sums()["paid"] == 5_050_000
    assert not Entitlement.objects.filter(worker=gone, state="determined").exists()
    assert differences() == [] and not any(orphans().values())


def test_money_under_way_forbids_merging_and_its_undoing(four: Four) -> None:
    kept, gone = ready_people(2, four=four)
    made = merge(kept, gone, four)
    a_list(by=four.petugas)
    with pytest.raises(Refused):
        merging.undo(merge=made, reason="keliru", by=four.pimpinan)
    third = ready_people(1, four=four)[0]
    with pytest.raises(Refused):
        merge(third, kept, four)


@pytest.mark.parametrize("who", ["petugas", "verifikator", "bendahara"])
def test_only_a_supervisor_merges(four: Four, who: str) -> None:
    first, second = two_records(four)
    with pytest.raises(Refused):
        merging.merge(kept=first, gone=second, take=[], reason="orang sama", by=getattr(four, who))


def test_the_pages_lead_from_the_queue_to_the_way_back(
    four: Four, django_assert_max_num_queries: object
) -> None:
    first, second = two_records(four)
    client = browser(four.pimpinan)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        page = client.get(reverse("cases:duplicate_list"))
    assert second.register_no in page.content.decode()
    page = client.get(reverse("cases:duplicates", args=[first.pk]))
    assert first.nik not in page.content.decode()
    url = reverse("desk:merge", args=[second.pk, first.pk])
    form = client.get(url).context["form"]
    # What is masked looks alike: each choice says by its number whose it is.
    whose = [label.partition(":")[0] for _key, label in form.fields["take_nik"].choices]
    assert whose == [second.register_no, first.register_no]
    data = {name: "gone" for name in client.get(url).context["form"].fields if name != "reason"}
    assert client.post(url, {"idempotency_key": uuid4(), **data}).status_code == 422
    done = client.post(url, {"idempotency_key": uuid4(), "reason": "orang sama", **data})
    made = Merge.objects.get()
    assert done.url == reverse("desk:merge_detail", args=[made.pk])
    assert client.get(done.url).status_code == 200
    undo = reverse("desk:merge_undo", args=[made.pk])
    client.post(undo, {"idempotency_key": uuid4(), "reason": "keliru"})
    made.refresh_from_db()
    assert made.undone_by == four.pimpinan


def test_a_caseworker_sees_nothing_of_a_record_elsewhere(four: Four) -> None:
    first = factories.register(1, by=four.petugas)[0]
    second = factories.register(1, by=four.petugas, place="TANGAR", nik=False)[0]
    alike(first, second, four)
    client = browser(factories.make_user("petugas", lokalisasi=["KM12"]))
    for url in (reverse("cases:duplicate_list"), reverse("cases:duplicates", args=[first.pk])):
        assert second.register_no not in client.get(url).content.decode()
    data = {"other": second.pk, "reason": "bukan dia"}
    assert client.post(reverse("cases:duplicates", args=[first.pk]), data).status_code == 404


def test_a_merged_record_says_where_it_goes_on(four: Four) -> None:
    """Its page offers nothing to do, speaks no code, and each of the two leads to the other."""
    first, second = two_records(four)
    row = merge(second, first, four)
    boss, own = browser(four.pimpinan), browser(four.petugas)
    gone, kept = (reverse("desk:worker_page", args=[one.pk]) for one in (first, second))
    page = own.get(gone).content.decode()
    assert f'<a class="alert-link" href="{kept}">' in page
    assert reverse("cases:worker_edit", args=[first.pk]) not in page
    assert reverse("cases:account_add", args=[first.pk]) not in page
    assert "tasks-title" not in page
    changes = own.get(gone).context["facts"].timeline[0]["changes"]
    assert "merged" not in {change["new"] for change in changes}
    assert reverse("desk:merge_detail", args=[row.pk]) in boss.get(kept).content.decode()
    assert reverse("desk:merge_detail", args=[row.pk]) not in own.get(kept).content.decode()
    assert "tasks-title" in own.get(kept).content.decode()
