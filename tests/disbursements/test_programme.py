"""The programme changes by two people; packages, rates, decrees that change, rights that lapse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from disbursements.actions import changing, lapsing
from disbursements.actions.programme import accept, decline, effects, propose, withdraw
from disbursements.models import (
    AssistanceKind,
    BudgetYear,
    Ceiling,
    Entitlement,
    Position,
    ProgrammeChange,
    Rate,
)
from disbursements.rules import payable_kinds
from kotim_social.audit.models import Entry
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests.disbursements.browsing import address, browser, post, sentences, text
from tests.factories import (
    Four,
    a_list,
    arrive,
    book,
    determine,
    make_ready,
    make_user,
    ready_people,
    register,
    walk_to,
)

pytestmark = pytest.mark.django_db
PARTS = ["TRANSPORT", "JADUP", "MODAL"]
DAY = date(2017, 11, 24)
Denied = Callable[..., str]


def change(subject: str, four: Four, **after: Any) -> ProgrammeChange:
    return propose(subject=subject, after=after, reason="", by=four.pimpinan)


def in_force(subject: str, four: Four, **after: Any) -> ProgrammeChange:
    return accept(change=change(subject, four, **after), by=four.bendahara)


def package(four: Four) -> ProgrammeChange:
    return change("package", four, package="TABUNGAN", parts=PARTS)


def new_rate(four: Four, kind: str = "JADUP", amount: int = 2_250_000, day: date = DAY) -> None:
    in_force("rate", four, kind=kind, amount=amount, valid_from=day.isoformat(), legal_basis="SK 2")


def sk(four: Four, rights: Any, *, number: str = "SK-P/1", year: int = 2017, **more: Any) -> Any:
    return changing.issue_change(
        number=number,
        decided_on=more.get("on", DAY),
        signed_by_title="Bupati",
        budget_year=BudgetYear.objects.get(pk=year),
        rights=rights,
        by=more.get("by", four.pimpinan),
    )


# -- two people --------------------------------------------------------------------------------


def test_nobody_accepts_her_own_proposal(four: Four, denied: Denied) -> None:
    proposed = change("ceiling", four, year=2017, kind="MODAL", amount=800_000_000)
    for act in (accept, decline):
        with pytest.raises(Refused):
            act(change=proposed, by=four.pimpinan)
    for by in (four.petugas, four.verifikator, make_user("auditor")):
        with pytest.raises(Refused):
            accept(change=proposed, by=by)
        with pytest.raises(Refused):
            propose(subject="funder", after={"code": "X1", "name": "X", "source": "Y"}, reason="",
                    by=by)  # fmt: skip
    words = denied(
        "UPDATE disbursements_programmechange SET state = 'accepted', decided_at = now(),"
        " decided_by_id = proposed_by_id"
    )
    assert "change_decided_by_another" in words
    assert "permission denied" in denied("UPDATE disbursements_programmechange SET after = '{}'")
    assert Ceiling.objects.get(kind="MODAL").amount == 717_000_000
    accept(change=proposed, by=four.bendahara)
    assert Ceiling.objects.get(kind="MODAL").amount == 800_000_000
    assert Entry.objects.filter(act="programmechange.accept").count() == 1


def test_withdrawn_and_declined_change_nothing(four: Four) -> None:
    one = change("rate", four, kind="MODAL", amount=1, valid_from="2017-12-01", legal_basis="x")
    with pytest.raises(Refused):
        withdraw(change=one, by=four.bendahara)
    withdraw(change=one, by=four.pimpinan)
    other = change("rate", four, kind="MODAL", amount=1, valid_from="2017-12-01", legal_basis="x")
    decline(change=other, by=four.bendahara)
    with pytest.raises(Refused):
        accept(change=other, by=four.bendahara)
    assert Rate.objects.filter(kind="MODAL").count() == 1


def test_what_changed_meanwhile_is_not_accepted(four: Four) -> None:
    proposed = change("ceiling", four, year=2017, kind="MODAL", amount=1_000_000)
    with pytest.raises(Refused):  # a second proposal of the same thing waits for the first
        change("ceiling", four, year=2017, kind="MODAL", amount=2_000_000)
    Ceiling.objects.filter(kind="MODAL").update(amount=5_000_000)
    with pytest.raises(Refused):
        accept(change=proposed, by=four.bendahara)
    assert ProgrammeChange.objects.get().state == "proposed"
    assert Ceiling.objects.get(kind="MODAL").amount == 5_000_000


def test_a_new_kind_with_its_policy_rate_and_year(four: Four) -> None:
    in_force("funder", four, code="PROVINSI", name="Provinsi", source="APBD I")
    in_force(
        "kind", four, code="SEMBAKO", name="Sembako", funder="PROVINSI", method="cash",
        who="stayers", payable_when="account_active",
    )  # fmt: skip
    new_rate(four, "SEMBAKO", 100_000, date(2017, 1, 1))
    in_force("year", four, year=2018, cut_off="2018-12-15")
    in_force("ceiling", four, year=2018, kind="SEMBAKO", amount=1_000_000)
    register(2, by=four.petugas, choice="stay")
    assert Position.objects.filter(kind="SEMBAKO").sums()["open"] == 200_000
    assert BudgetYear.objects.get(pk=2018).cut_off == date(2018, 12, 15)


def test_a_ceiling_is_not_below_what_is_approved(four: Four) -> None:
    ready_people(2, four=four)
    walk_to(a_list(by=four.petugas), "approved", four=four)
    with pytest.raises(Refused):
        change("ceiling", four, year=2017, kind="TABUNGAN", amount=10_099_999)
    in_force("ceiling", four, year=2017, kind="TABUNGAN", amount=10_100_000)


def test_the_pages_of_a_change_from_proposal_to_yes(four: Four) -> None:
    register(1, by=four.petugas)
    proposer, other = browser(four.bendahara), browser(four.pimpinan)
    url = address("change_propose", "rate")
    assert 'value="MODAL" selected' in text(proposer.get(url + "?code=MODAL"))
    wrong = post(proposer, url, kind="MODAL", amount="5,000", valid_from="1-12-2017",
                 legal_basis="SK")  # fmt: skip
    assert wrong.status_code == 422
    assert wrong.context["form"].errors["amount"]
    made = post(proposer, url, kind="MODAL", amount="4.000.000", valid_from="1-12-2017",
                legal_basis="SK 9", reason="naik")  # fmt: skip
    page = proposer.get(made.url)
    assert "Rp4.000.000" in text(page)
    assert page.context["effects"][-1].difference == 1_000_000
    assert page.context["may_withdraw"]
    assert not page.context["may_accept"]
    change_id = ProgrammeChange.objects.get().pk
    assert post(proposer, address("change_accept", change_id)).status_code == 422
    assert Rate.objects.filter(kind="MODAL").count() == 1
    assert browser(four.petugas).get(made.url).status_code == 200
    assert other.get(address("change_accept", change_id)).status_code == 200
    assert post(other, address("change_accept", change_id)).status_code == 302
    assert Rate.objects.filter(kind="MODAL").count() == 2
    assert browser(four.pimpinan).get(address("programme")).status_code == 200
    for subject in ProgrammeChange.Subject.values:
        assert proposer.get(address("change_propose", subject)).status_code == 200, subject
    assert proposer.get(address("change_propose", "nothing")).status_code == 404


# -- the package -------------------------------------------------------------------------------


def test_package_halves_the_whole_and_only_by_two(four: Four) -> None:
    register(10, by=four.petugas)
    proposed = package(four)
    rows = effects(proposed, by=four.bendahara)
    assert (rows[-1].before, rows[-1].after) == (101_000_000, 50_500_000)
    assert AssistanceKind.objects.filter(component_of=None).count() == 4, "only looked at"
    accept(change=proposed, by=four.bendahara)
    sums = Position.objects.sums()
    assert sums["entitled"] == 50_500_000
    assert Position.objects.filter(funder="KEMENSOS").sums() == sums
    assert [kind.pk for kind in payable_kinds("KEMENSOS")] == PARTS
    assert payable_kinds("PEMKAB") == []


def test_package_of_239_is_one_sum_and_never_two(four: Four) -> None:
    register(239, by=four.petugas)
    assert Position.objects.sums()["entitled"] == 2_413_900_000
    accept(change=package(four), by=four.bendahara)
    assert Position.objects.sums()["entitled"] == 1_206_950_000
    in_force("package", four, package="TABUNGAN", parts=[])
    assert Position.objects.sums()["entitled"] == 2_413_900_000


def test_package_only_while_nothing_is_determined(four: Four, denied: Denied) -> None:
    waiting = package(four)
    ready_people(1, four=four)
    with pytest.raises(Refused):
        accept(change=waiting, by=four.bendahara)
    withdraw(change=waiting, by=four.pimpinan)
    with pytest.raises(Refused):
        package(four)
    words = denied(
        "UPDATE disbursements_assistancekind SET component_of_id = 'TABUNGAN' WHERE code = 'MODAL'"
    )
    assert "nothing is determined" in words


def test_in_a_package_only_the_parts_are_determined(four: Four, denied: Denied) -> None:
    accept(change=package(four), by=four.bendahara)
    ready_people(2, four=four)
    assert set(Entitlement.objects.values_list("kind", flat=True)) == set(PARTS)
    words = denied(
        "INSERT INTO disbursements_entitlement (id, decree_id, worker_id, kind_id, budget_year_id,"
        " rate_id, amount, legal_basis, paid, state, recorded_at, recorded_by_id)"
        " SELECT gen_random_uuid(), e.decree_id, e.worker_id, r.kind_id, 2017, r.id, r.amount, '',"
        " 0, 'determined', now(), e.recorded_by_id FROM disbursements_entitlement e,"
        " disbursements_rate r WHERE r.kind_id = 'TABUNGAN' LIMIT 1"
    )
    assert "its kind" in words


# -- rates and decrees that change -------------------------------------------------------------


def test_rates_of_24_november_2017(four: Four) -> None:
    """domain §1: 2.250.000 + 3.000.000 + 250.000 = 5.500.000 from that day on."""
    old = ready_people(1, four=four)
    later = register(2, by=four.petugas)
    new_rate(four)
    assert [r.valid_until for r in Rate.objects.filter(kind="JADUP").order_by("valid_from")] == [
        date(2017, 11, 23), None,
    ]  # fmt: skip
    make_ready(later, four=four)
    determine(later[:1], by=four.pimpinan, on=date(2017, 11, 23))
    determine(later[1:], by=four.pimpinan, on=DAY)
    pemkab = [
        Position.objects.filter(worker=worker, funder="PEMKAB").sums()["entitled"]
        for worker in (*old, *later)
    ]
    assert pemkab == [5_050_000, 5_050_000, 5_500_000]


def test_a_used_rate_keeps_its_amount(four: Four, denied: Denied) -> None:
    ready_people(1, four=four)
    for column in ("amount = 1", "valid_from = '2016-01-01'", "legal_basis = 'x'"):
        assert "only be ended" in denied(f"UPDATE disbursements_rate SET {column}")
    with pytest.raises(Refused):
        new_rate(four, day=date(2017, 1, 1))
    new_rate(four)
    new_rate(four, amount=2_500_000)  # nobody used it yet: put right, no third rate
    assert Rate.objects.filter(kind="JADUP").count() == 2
    assert Rate.objects.get(kind="JADUP", valid_until=None).amount == 2_500_000


def test_decree_changes_what_is_not_paid_and_nothing_else(four: Four) -> None:
    workers = ready_people(4, four=four)
    arrive(workers, four=four)
    keys = [f"{worker.pk}:JADUP" for worker in workers]
    book(walk_to(a_list(by=four.petugas, kinds=["JADUP"], only=keys[:1]), "ordered", four=four),
         by=four.bendahara)  # fmt: skip
    a_list(by=four.petugas, kinds=["JADUP"], only=keys[1:2])
    new_rate(four)
    assert set(Entitlement.objects.filter(kind="JADUP").values_list("amount", flat=True)) == {
        1_800_000
    }
    year = BudgetYear.objects.get(pk=2017)
    found = changing.changeable(four.pimpinan, on=DAY, year=year)
    assert [(r.old.worker_id, r.difference) for r in found] == [
        (worker.pk, 450_000) for worker in sorted(workers[2:], key=lambda w: w.name)
    ]
    paid = Entitlement.objects.get(worker=workers[0], kind="JADUP")
    with pytest.raises(Refused):
        sk(four, [paid.pk])
    with pytest.raises(Refused):
        sk(four, [r.old.pk for r in found], by=four.bendahara)
    decree = sk(four, [r.old.pk for r in found])
    assert decree.entitlements.count() == 2
    for row in decree.entitlements.select_related("replaces"):
        assert (row.amount, row.legal_basis) == (2_250_000, "SK 2")
        assert (row.replaces.state, row.replaces.lapse_kind) == ("lapsed", "changed")
        assert row.replaces.amount == 1_800_000
    assert Position.objects.filter(kind="JADUP").sums()["entitled"] == 2 * 1_800_000 + 2 * 2_250_000
    assert changing.changeable(four.pimpinan, on=DAY, year=year) == []


def test_decree_change_by_the_pages(four: Four) -> None:
    workers = ready_people(2, four=four)
    new_rate(four)
    client, url = browser(four.pimpinan), address("decree_change")
    facts = {"number": "SK-P/7", "decided_on": "24-11-2017", "signed_by_title": "Bupati",
             "budget_year": "2017"}  # fmt: skip
    check = client.get(url, facts)
    assert check.context["difference"] == 2 * 450_000
    assert workers[0].name in text(check)
    one = check.context["replacements"][0].old
    assert post(client, url, **facts).status_code == 422
    assert post(client, url, right=["nonsense"], **facts).status_code == 422
    done = post(client, url, right=[str(one.pk)], **facts)
    assert client.get(done.url).status_code == 200
    assert Entitlement.objects.filter(amount=2_250_000).count() == 1
    assert len(client.get(url).context["replacements"]) == 1
    assert client.get(address("decree_anew")).status_code == 200


REPLACE = """
    INSERT INTO disbursements_entitlement (id, decree_id, worker_id, kind_id, budget_year_id,
        rate_id, amount, legal_basis, paid, state, recorded_at, recorded_by_id, replaces_id)
    SELECT gen_random_uuid(), decree_id, worker_id, kind_id, budget_year_id, rate_id, amount, '',
        0, 'determined', now(), recorded_by_id, %s
    FROM disbursements_entitlement WHERE id = %s
"""


def test_the_database_knows_what_stands_for_what(four: Four, denied: Denied, sql: Any) -> None:
    ready_people(2, four=four)
    one, other = Entitlement.objects.filter(kind="MODAL").order_by("pk")
    lapsing.lapse(entitlement=one, reason="meninggal", on=today(), by=four.pimpinan)
    assert "in the place" in denied(REPLACE, one.pk, one.pk), "an ordinary lapse has no successor"
    for words in ("deposit_number = 'x'", "lapse_kind = 'changed'", "lapsed_on = '2017-01-01'"):
        assert "lapsed right" in denied(
            f"UPDATE disbursements_entitlement SET {words} WHERE id = %s", one.pk
        )
    lapse = (
        "UPDATE disbursements_entitlement SET state = 'lapsed', lapse_kind = %s,"
        " deposit_number = %s, lapsed_on = current_date, lapsed_at = now(), lapsed_by_id = %s"
        " WHERE id = %s"
    )
    assert "deposit_has_number" in denied(lapse, "deposited", "", four.bendahara.pk, other.pk)
    assert "closed year" in denied(lapse, "refunded", "x", four.bendahara.pk, other.pk)
    with transaction.atomic():
        sql(lapse, "changed", "", four.pimpinan.pk, other.pk)
        assert "in the place" in denied(REPLACE, other.pk, one.pk), "another person's"
        sql(REPLACE, other.pk, other.pk)
        transaction.set_rollback(True)


def test_a_right_lapses_with_its_reason_while_nothing_is_under_way(four: Four) -> None:
    ready_people(1, four=four)
    a_list(by=four.petugas)
    busy = Entitlement.objects.get(kind="TABUNGAN")
    client = browser(four.pimpinan)
    facts = {"on": f"{today():%d-%m-%Y}", "reason": "pindah sendiri"}
    refused = post(client, address("entitlement_lapse", busy.pk), **facts)
    assert refused.status_code == 422
    assert sentences(refused)
    free = Entitlement.objects.get(kind="MODAL")
    url = address("entitlement_lapse", free.pk)
    assert post(client, url, **{**facts, "reason": ""}).status_code == 422
    assert client.get(url).status_code == 200
    assert post(client, url, **facts).status_code == 302
    free.refresh_from_db()
    assert (free.state, free.lapsed_because, free.lapse_kind) == ("lapsed", "pindah sendiri", "")
    told = Entry.objects.get(act="entitlement.lapse", object_id=str(free.pk))
    assert (told.reason, told.changes) == ("", {"state": ["determined", "lapsed"]})
    assert browser(four.bendahara).get(url).status_code == 403
