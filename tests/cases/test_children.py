"""The road of a child: only whom it concerns sees her, and no step is missing or unnamed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from cases.actions import children as acts
from cases.actions.closing import request_closing
from cases.actions.verification import Finding, decide_eligibility
from cases.models import ChildReferral, ChildStep, Provider, ReasonCode, Worker
from kotim_social.audit.models import Entry
from kotim_social.desk.anonymising import standing_against
from kotim_social.desk.closing import close
from kotim_social.desk.needs import needs
from kotim_social.lib.dates import today
from kotim_social.regions.models import Place
from kotim_social.workflow import Refused
from tests import factories
from tests.disbursements.browsing import browser, post, text
from tests.factories import Four

pytestmark = pytest.mark.django_db
MET, SENT = date(2017, 11, 3), date(2017, 11, 6)
LETTER = acts.Letter(no="460/77/DINSOS/XI/2017", on=SENT)


@pytest.fixture
def four() -> Four:
    return factories.the_four()


@pytest.fixture
def child(four: Four) -> ChildReferral:
    return acts.open_path(
        name="Contoh Anak",
        birth_date=date(2001, 5, 4),
        place=Place.objects.get(pk="KM12"),
        registered_on=MET,
        by=four.pimpinan,
    )


def given(child: ChildReferral, four: Four) -> ChildReferral:
    due = today() + timedelta(days=7)
    return acts.assign(child=child, officer=four.petugas, due_on=due, by=four.pimpinan)


def referring(child: ChildReferral, four: Four, **other: Any) -> dict[str, Any]:
    about = {
        "child": child,
        "provider": Provider.objects.order_by("name")[0],
        "letter": LETTER,
        "done_on": today(),
        "due_on": today(),
        "note": "tempat aman",
        "by": four.petugas,
    }
    return about | other


def test_the_whole_road(four: Four, child: ChildReferral) -> None:
    given(child, four)
    acts.refer(**referring(child, four))
    answer = {"letter": acts.Letter(), "done_on": today(), "due_on": today(), "by": four.petugas}
    acts.answer(child=child, act="decline", note="penuh", **answer)
    acts.refer(**referring(child, four))
    acts.answer(child=child, act="accept", note="diterima", **answer)
    acts.hand_over(child=child, received_by="Uji, UPTD", done_on=today(), by=four.petugas)
    with pytest.raises(Refused):
        acts.close(child=child, outcome="protected", done_on=today(), note="aman", by=four.petugas)
    closed = acts.close(
        child=child, outcome="protected", done_on=today(), note="aman", by=four.pimpinan
    )
    assert (closed.state, closed.closed_by) == ("closed", four.pimpinan)
    walked = list(ChildStep.objects.order_by("pk").values_list("act", flat=True))
    assert walked == ["assign", "refer", "decline", "refer", "accept", "hand_over", "close"]
    told = set(Entry.objects.filter(object_id=str(child.pk)).values_list("act", flat=True))
    assert {f"childreferral.{act}" for act in (*walked, "open")} == told
    with pytest.raises(Refused):
        given(child, four)


def test_what_is_missing_is_refused(four: Four, child: ChildReferral) -> None:
    with pytest.raises(Refused):  # nobody has her in hand
        acts.refer(**referring(child, four, by=four.pimpinan))
    with pytest.raises(Refused):  # not a caseworker
        acts.assign(child=child, officer=four.bendahara, due_on=today(), by=four.pimpinan)
    given(child, four)
    tomorrow = today() + timedelta(days=1)
    for wrong in (
        {"letter": acts.Letter()},
        {"letter": acts.Letter(no="1", on=tomorrow)},
        {"note": " "},
        {"done_on": tomorrow, "due_on": tomorrow},
        {"done_on": MET - timedelta(days=1)},
        {"due_on": today() - timedelta(days=1)},
        {"by": four.petugas2},
    ):
        with pytest.raises(Refused):
            acts.refer(**referring(child, four, **wrong))
    acts.refer(**referring(child, four))
    with pytest.raises(Refused):  # nobody has taken her over
        acts.close(child=child, outcome="protected", done_on=today(), note="aman", by=four.pimpinan)
    assert ChildReferral.objects.get().state == "referred"


def test_who_is_of_age_is_registered_instead(four: Four) -> None:
    with pytest.raises(Refused):
        acts.open_path(
            name="Contoh Dewasa",
            birth_date=date(1999, 11, 28),
            place=Place.objects.get(pk="KM12"),
            registered_on=MET,
            by=four.pimpinan,
        )


def test_only_those_concerned_see_her(four: Four, child: ChildReferral) -> None:
    given(child, four)
    pages = [
        reverse(f"cases:{name}", args=[child.pk])
        for name in ("child_detail", "child_refer", "child_answer", "child_hand_over")
    ]
    own, boss = browser(four.petugas), browser(four.pimpinan)
    stranger, auditor = browser(four.petugas2), browser(factories.make_user("auditor"))
    for page in pages:
        assert own.get(page).status_code == 200, page
        assert boss.get(page).status_code == 200, page
        assert stranger.get(page).status_code == 404, page
        assert stranger.post(page, {"idempotency_key": uuid4()}).status_code in (404, 405), page
        assert auditor.get(page).status_code == 403, page
    listed = reverse("cases:child_list")
    for who, seen in ((own, True), (boss, True), (stranger, False)):
        assert (child.name in text(who.get(listed))) is seen
    acts.assign(child=child, officer=four.petugas2, due_on=today(), by=four.pimpinan)
    assert own.get(pages[0]).status_code == 404
    assert stranger.get(pages[0]).status_code == 200
    assert Entry.objects.filter(act="childreferral.view", object_id=str(child.pk)).count() == 3


def test_overdue_stands_on_the_work_list(four: Four, child: ChildReferral) -> None:
    """Of a supervisor while nobody has her in hand, then of her officer, and of nobody else."""
    work, late = reverse("cases:work_list"), reverse("cases:child_list") + "?due=late"
    assert child.name in text(browser(four.pimpinan).get(work))
    assert any(
        line.url == late and line.value == 1 for line in needs(four.pimpinan, defaultdict(int), 0)
    )
    given(child, four)
    assert child.name not in text(browser(four.petugas).get(work))
    ChildReferral.objects.filter(pk=child.pk).update(due_on=today() - timedelta(days=1))
    assert child.name in text(browser(four.petugas).get(work))
    assert child.name in text(browser(four.petugas).get(late))
    assert child.name not in text(browser(four.petugas2).get(work))


def test_the_pages_write(four: Four) -> None:
    own, boss = browser(four.petugas), browser(four.pimpinan)
    body: dict[str, Any] = {
        "name": "Contoh Anak",
        "birth_date": "4-5-2001",
        "place": "KM12",
        "registered_on": "3-11-2017",
    }
    assert post(boss, reverse("cases:child_open"), **body).status_code == 302
    child = ChildReferral.objects.get()
    assert post(boss, reverse("cases:child_open"), **body | {"name": ""}).status_code == 422
    day = f"{today():%d-%m-%Y}"
    where = {
        name: reverse(f"cases:child_{name}", args=[child.pk])
        for name in ("assign", "refer", "answer", "hand_over", "close", "detail")
    }
    post(boss, where["assign"], officer=four.petugas.pk, due_on=day)
    sent = {
        "provider": str(Provider.objects.order_by("name")[0].pk),
        "note": "tempat aman",
        "letter_no": "1",
        "letter_on": day,
        "done_on": day,
        "due_on": day,
    }
    assert post(own, where["refer"], **sent | {"letter_no": ""}).status_code == 422
    assert post(own, where["refer"], **sent).status_code == 302
    half = {"act": "accept", "note": "ya", "letter_no": "2", "done_on": day, "due_on": day}
    assert post(own, where["answer"], **half).status_code == 422
    assert post(own, where["answer"], **half | {"letter_no": ""}).status_code == 302
    assert post(own, where["hand_over"], received_by="Uji", done_on=day).status_code == 302
    ended = {"outcome": "protected", "done_on": day, "note": "aman"}
    assert post(own, where["close"], **ended).status_code == 403
    assert post(boss, where["close"], **ended).status_code == 302
    assert "Uji" in text(own.get(where["detail"]))


def found_to_be_a_child(four: Four) -> Worker:
    worker = factories.register(1, by=four.petugas)[0]
    finding = Finding(
        act="find_not_eligible", decided_on=SENT, reason_code=ReasonCode.MINOR, note=""
    )
    decide_eligibility(workers=[worker.pk], finding=finding, by=four.verifikator)
    worker.refresh_from_db()
    return worker


def test_who_was_found_to_be_under_age_is_on_the_path_at_once(four: Four) -> None:
    """By the finding itself, linked to her record; and the page of the finding leads there."""
    worker = found_to_be_a_child(four)
    child = ChildReferral.objects.get(worker=worker)
    assert (child.name, child.state, child.recorded_by) == (worker.name, "found", four.verifikator)
    assert Entry.objects.filter(act="childreferral.open", object_id=str(child.pk)).count() == 1
    page = reverse("cases:eligibility", args=[worker.pk])
    path = reverse("cases:child_detail", args=[child.pk])
    assert path in text(browser(four.pimpinan).get(page))
    assert path not in text(browser(four.petugas).get(page))
    hers = reverse("desk:worker_page", args=[worker.pk])
    assert hers in text(browser(four.pimpinan).get(path))
    again = Finding(act="find_not_eligible", decided_on=SENT, reason_code=ReasonCode.MINOR)
    decide_eligibility(
        workers=[worker.pk],
        finding=Finding(act="find_eligible", decided_on=SENT),
        by=four.verifikator,
    )
    decide_eligibility(workers=[worker.pk], finding=again, by=four.verifikator)
    assert ChildReferral.objects.filter(worker=worker).count() == 1


def test_a_path_started_by_hand_is_linked_too(four: Four) -> None:
    worker = found_to_be_a_child(four)
    by_hand = f"{reverse('cases:child_open')}?worker={worker.pk}"
    boss = browser(four.pimpinan)
    body = {"name": worker.name, "birth_date": "4-5-2001", "place": worker.place_id}
    refused = post(boss, by_hand, **body, registered_on="3-11-2017")
    assert refused.status_code == 422
    child = ChildReferral.objects.get()
    acts.close(child=child, outcome="family", done_on=today(), note="uji", by=four.pimpinan)
    assert post(boss, by_hand, **body, registered_on="3-11-2017").status_code == 302
    assert ChildReferral.objects.exclude(pk=child.pk).get().worker == worker
    assert boss.get(f"{reverse('cases:child_open')}?worker=x").status_code == 404


def test_her_true_date_of_birth(four: Four) -> None:
    """The register has her as a grown woman: the page says so, and the path takes the true date."""
    child = ChildReferral.objects.get(worker=found_to_be_a_child(four))
    boss, page = browser(four.pimpinan), reverse("cases:child_detail", args=[child.pk])
    where = reverse("cases:child_birth_date", args=[child.pk])
    warned = '<p class="alert alert-warning">'
    assert warned in text(boss.get(page))
    assert post(boss, where, birth_date="1-1-1990").status_code == 422
    assert browser(four.petugas).get(where).status_code == 404
    assert post(boss, where, birth_date="4-5-2001").status_code == 302
    assert warned not in text(boss.get(page))
    entry = Entry.objects.get(act="childreferral.correct")
    assert "2001" not in str(entry.changes)


def test_her_record_stays_open_while_the_path_is(four: Four) -> None:
    worker = found_to_be_a_child(four)
    child = ChildReferral.objects.get(worker=worker)
    closing = request_closing(worker=worker, reason="not_target", by=four.petugas)
    assert worker.pk in standing_against([worker.pk])
    with pytest.raises(Refused):
        close(closing=closing, lapse=False, by=four.pimpinan)
    acts.close(child=child, outcome="family", done_on=today(), note="uji", by=four.pimpinan)
    close(closing=closing, lapse=False, by=four.pimpinan)
    assert worker.pk not in standing_against([worker.pk])
    with pytest.raises(IntegrityError), transaction.atomic():
        double = {"worker": worker, "birth_date": MET, "place": worker.place, "facts": {}}
        for _twice in range(2):
            ChildReferral.objects.create(
                name="x", registered_on=MET, recorded_by=four.pimpinan, **double
            )


def test_the_database_holds_it_too(four: Four, child: ChildReferral) -> None:
    given(child, four)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {ChildStep._meta.db_table} SET letter_no = 'x'")
    with pytest.raises(IntegrityError), transaction.atomic():
        ChildStep.objects.create(
            child=child, act="hand_over", done_on=today(), recorded_by=four.petugas
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        ChildReferral.objects.filter(pk=child.pk).update(state="handed_over")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM {ChildReferral._meta.db_table}")
        assert "Contoh" not in str(cursor.fetchall())
