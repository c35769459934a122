"""Registered people under 18 on the closing of their place: who sees them (R19)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from cases.actions.caseload import accept_offer, offer_cases
from cases.actions.closing_calendar import ClosingDates, change_closing
from cases.likeness import Applicant, find_likely
from cases.models import LateProposal, Merge, Whereabouts, Worker, of_age
from cases.models.of_age import PROTECTED
from cases.search import find_people
from cases.worklist import open_cases
from disbursements.actions.changing import changeable
from disbursements.actions.decrees import waiting_for_decree
from disbursements.actions.programme import accept, propose
from disbursements.lines_now import changed_payees, lines_now
from disbursements.models import BudgetYear, Entitlement, Position
from disbursements.papers.issuing import Scope, make_report
from disbursements.rules import find_candidates, payable_kinds
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.desk.stage_paper import stage_data
from kotim_social.lib.dates import age_on
from kotim_social.regions.models import Lokalisasi
from kotim_social.workflow import Refused
from repatriation import rules as travel
from repatriation.papers.manifest import Copy, manifest_data
from tests import factories
from tests.disbursements.browsing import address, browser, text
from tests.factories import Four
from tests.repatriation import travellers

pytestmark = pytest.mark.django_db
CLOSING = date(2017, 11, 28)
CHILD = date(2000, 3, 1)
LATER, EARLIER = date(2018, 3, 1), date(2002, 12, 31)


@pytest.fixture
def four() -> Four:
    return factories.the_four()


@pytest.fixture
def people(four: Four) -> list[Worker]:
    """Three of one place, found eligible and determined; the first turns out to be a child."""
    workers = factories.ready_people(3, four=four)
    Worker.objects.filter(pk=workers[0].pk).update(birth_date=CHILD)
    workers[0].refresh_from_db()
    return workers


@pytest.fixture
def child(people: list[Worker]) -> Worker:
    return people[0]


def give(child: Worker, receiver: User, *, by: User) -> None:
    offer = offer_cases(workers=[child], receiver=receiver, reason="anak", by=by)
    accept_offer(offer=offer, by=receiver)


def move_closing(day: date, *, by: User) -> None:
    dates = ClosingDates(planned_closing=day)
    lokalisasi = Lokalisasi.objects.get(places="KM12")
    change_closing(lokalisasi=lokalisasi, dates=dates, because="surat bupati", by=by)


WHO = {
    "petugas": False,
    "foreign": False,
    "assigned": True,
    "pimpinan": True,
    "verifikator": False,
    "bendahara": False,
    "admin": False,
    "auditor": False,
}


def everybody(child: Worker, four: Four) -> dict[str, User]:
    """Own place, foreign place, own case from another place, and the roles of the office."""
    users = {who: getattr(four, who) for who in ("petugas", "pimpinan", "verifikator", "bendahara")}
    users |= {role: factories.make_user(role) for role in ("admin", "auditor")}
    for who in ("foreign", "assigned"):
        users[who] = factories.make_user("petugas", lokalisasi="TANGAR")
    give(child, users["assigned"], by=four.pimpinan)
    return {who: factories.fresh(user) for who, user in users.items()}


def test_page_list_count_and_search(child: Worker, four: Four) -> None:
    for who, user in everybody(child, four).items():
        client, sees = browser(user), WHO[who]
        page = client.get(reverse("desk:worker_page", args=[child.pk]))
        assert page.status_code == (200 if sees else 404), who
        listed = client.get(reverse("cases:worker_list"))
        assert (child.pk in [row.id for row in listed.context["page"].rows]) == sees, who
        assert (child.name in text(listed)) == sees, who
        others = Worker.objects.exclude(pk=child.pk).visible_to(user).count()
        assert Worker.objects.visible_to(user).count() == others + sees, who
        for term in (child.name, child.register_no, child.nik):
            hits = [hit.worker.pk for hit in find_people(term or "", user=user).hits]
            assert (child.pk in hits) == sees, (who, term)


def test_what_hangs_on_her_is_seen_with_her(child: Worker, four: Four) -> None:
    Merge.objects.create(
        kept=child,
        gone=Worker.objects.exclude(pk=child.pk)[0],
        reason="sama",
        taken={},
        merged_by=four.pimpinan,
    )
    for who, user in everybody(child, four).items():
        sees = WHO[who]
        assert Entitlement.objects.visible_to(user).filter(worker=child).exists() == sees, who
        assert Position.objects.visible_to(user).filter(worker=child).exists() == sees, who
        assert Merge.objects.visible_to(user).exists() == sees, who
        cared_for = Worker.objects.in_care_of(user).filter(pk=child.pk).exists()
        assert cared_for == (who in ("assigned", "pimpinan")), who
        assert open_cases(user).filter(pk=child.pk).exists() == cared_for, who
        assert Whereabouts.objects.protected_from(user).filter(pk=child.pk).exists() != sees, who


def test_the_closing_day_decides_and_not_today(child: Worker, four: Four) -> None:
    seen = Worker.objects.filter(pk=child.pk)
    assert not seen.visible_to(four.petugas).exists()
    move_closing(LATER, by=four.pimpinan)
    assert seen.visible_to(four.petugas).exists()
    assert seen.counted().exists()
    move_closing(EARLIER, by=four.pimpinan)
    assert not Worker.objects.visible_to(four.petugas).exists()
    assert Worker.objects.visible_to(four.pimpinan).count() == 3


def test_the_database_and_the_program_agree_who_is_a_child(four: Four) -> None:
    """Also around 29 February, and where another place closes earlier or later."""
    (one,) = factories.register(1, by=four.petugas)
    her = Worker.objects.filter(pk=one.pk)
    days = [date(2000, 2, 28), date(2000, 2, 29), date(2000, 3, 1), date(1999, 11, 28), CHILD]
    for closing in (CLOSING, date(2018, 2, 28), date(2018, 3, 1), date(2020, 2, 29), EARLIER):
        Lokalisasi.objects.filter(places="KM12").update(planned_closing=closing)
        for born in (*days, date(closing.year - 18, closing.month, min(closing.day, 28))):
            her.update(birth_date=born)
            is_child = age_on(born, closing) < 18
            assert her.filter(of_age()).exists() != is_child, (born, closing)
            assert her.select_related("place__lokalisasi").get().is_child == is_child


def test_the_old_hands_of_a_childs_case_are_empty(child: Worker, four: Four) -> None:
    give(child, four.petugas, by=four.pimpinan)
    assert Worker.objects.visible_to(four.petugas).filter(pk=child.pk).exists()
    give(child, four.petugas2, by=four.petugas)
    assert not Worker.objects.visible_to(factories.fresh(four.petugas)).filter(pk=child.pk)
    assert Worker.objects.visible_to(factories.fresh(four.petugas2)).filter(pk=child.pk)


def test_a_double_of_hers_says_only_that_a_record_exists(child: Worker, four: Four) -> None:
    applicant = Applicant(name=child.name, birth_date=CHILD, nik=child.nik)
    (found,) = find_likely(applicant, user=four.petugas).same_nik
    assert found.worker is None
    (found,) = find_likely(applicant, user=four.pimpinan).same_nik
    assert found.worker == child


def test_a_late_proposal_of_a_child_is_its_authors_and_the_supervisors(four: Four) -> None:
    row = LateProposal.objects.create(
        name="Ani Contoh",
        birth_date=CHILD,
        place_id="KM12",
        proposed_on=CLOSING,
        arrived_on=CLOSING,
        rt_witness="Bapak RT",
        wisma="W1",
        evidence="surat RT",
        recorded_by=four.petugas,
    )
    seen = {
        user.pk: LateProposal.objects.visible_to(user).filter(pk=row.pk).exists()
        for user in (four.petugas, four.petugas2, four.verifikator, four.pimpinan)
    }
    assert list(seen.values()) == [True, False, False, True]


# -- money: she is owed nothing new, and stands on no list by name -------------------------------


def test_she_is_no_beneficiary_and_nothing_is_promised_to_her(four: Four) -> None:
    worker = factories.register(1, by=four.petugas)[0]
    factories.make_ready([worker], four=four)
    assert Position.objects.filter(worker=worker).exists()
    Worker.objects.filter(pk=worker.pk).update(birth_date=CHILD)
    assert not Position.objects.filter(worker=worker).exists()
    assert not Worker.objects.counted().exists()
    assert waiting_for_decree(four.pimpinan) == []
    with pytest.raises(Refused, match="18"):
        factories.determine([worker], by=four.pimpinan)


def test_what_was_determined_is_not_paid_but_stays_in_the_sums(child: Worker, four: Four) -> None:
    kinds = payable_kinds("KEMENSOS")
    found = find_candidates(four.petugas, kinds=kinds)
    named = [one.worker.pk for one in (*found.included, *found.left_out)]
    assert len(found.included) == 2
    assert child.pk not in named
    left = find_candidates(four.pimpinan, kinds=kinds).left_out
    assert [one.worker.pk for one in left] == [child.pk]
    whole = Position.objects.summed_for(four.bendahara).sums()["entitled"]
    assert whole == Position.objects.all().sums()["entitled"]
    named_to_her = Position.objects.visible_to(four.bendahara).sums()["entitled"]
    assert named_to_her < whole
    assert Position.objects.summed_for(four.petugas).sums()["entitled"] == named_to_her


def test_no_later_decree_gives_her_another_right(child: Worker, four: Four) -> None:
    day, year = date(2017, 11, 24), BudgetYear.objects.get(pk=2017)
    rate = {"kind": "JADUP", "amount": 2_250_000, "valid_from": day.isoformat()}
    proposed = propose(
        subject="rate", after={**rate, "legal_basis": "SK 2"}, reason="", by=four.pimpinan
    )
    accept(change=proposed, by=four.bendahara)
    rights = {one.old.worker_id for one in changeable(four.pimpinan, on=day, year=year)}
    assert len(rights) == 2
    assert child.pk not in rights


def test_a_list_shows_her_line_without_her_name_and_is_not_ordered(four: Four) -> None:
    workers = factories.ready_people(2, four=four)
    money = factories.walk_to(factories.a_list(by=four.petugas), "approved", four=four)
    Worker.objects.filter(pk=workers[0].pk).update(birth_date=CHILD)
    for user in (four.petugas, four.bendahara, four.pimpinan):
        page = text(browser(user).get(address("list_detail", money.pk)))
        assert workers[0].name not in page
        assert str(PROTECTED) in page
        assert workers[1].name in page
        link = reverse("desk:worker_page", args=[workers[0].pk])
        assert (link in page) == (user == four.pimpinan)
    assert changed_payees(lines_now(money)) == [workers[0].register_no]
    with pytest.raises(Refused, match=workers[0].register_no):
        factories.place_order(money, by=four.bendahara)


def test_papers_and_exports_by_name_do_not_tell_of_her(four: Four) -> None:
    workers = factories.ready_people(2, four=four)
    money = factories.walk_to(factories.a_list(by=four.petugas), "reconciled", four=four)
    Worker.objects.filter(pk=workers[0].pk).update(birth_date=CHILD)
    client = browser(four.bendahara)
    for kind in ("nominatif", "spj"):
        report = make_report(kind, Scope(user=four.bendahara, payment_list=money))
        told = str(report.snapshot())
        assert workers[0].name not in told
        assert str(workers[0].nik)[:12] not in told
        assert workers[1].name in told
        content = client.get(address("report_export", kind, "csv")).content.decode("utf-8-sig")
        assert workers[1].name in content
        assert workers[0].name not in content


def test_the_differences_by_name_do_not_name_her(child: Worker, four: Four) -> None:
    for user in (four.pimpinan, four.petugas):
        told = str(stage_data(user, day=CLOSING))
        assert child.name not in told
        assert (str(PROTECTED) in told) == (user == four.pimpinan)


# -- travel ---------------------------------------------------------------------------------------


def test_a_batch_with_her_does_not_leave_and_its_papers_do_not_name_her(four: Four) -> None:
    workers = travellers.people(2, four)
    batch = travellers.a_batch(workers, four)
    travellers.prepare(batch, four)
    Worker.objects.filter(pk=workers[0].pk).update(birth_date=CHILD)
    sentences = " ".join(str(one.sentence) for one in travel.gate(batch))
    assert str(PROTECTED) in sentences
    assert workers[0].name not in sentences
    page = text(browser(four.petugas).get(reverse("repatriation:batch_detail", args=[batch.pk])))
    assert workers[0].name not in page
    assert workers[1].name in page
    for copy in Copy:
        data = str(manifest_data(batch, copy, day=CLOSING, full_ids=True))
        assert workers[0].name not in data
        assert workers[1].name in data
        assert str(workers[0].nik) not in data
    assert not travel.ready_pool(Worker.objects.filter(pk=workers[0].pk)).exists()


def test_the_rule_stands_in_the_same_statement(
    four: Four, people: list[Worker], django_assert_num_queries: Any
) -> None:
    for user in (four.pimpinan, four.bendahara, four.petugas):
        list(Worker.objects.visible_to(user))  # her roles and places are read once
        with django_assert_num_queries(1):
            list(Worker.objects.visible_to(user))


def test_supervisors_alone_see_every_child() -> None:
    assert [role for role in Role if factories.make_user(role).sees_everyone] == [Role.PIMPINAN]
