"""The register of data breaches: its clock, its letters, who may do what, who sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cases.actions import data_breaches as acts
from cases.actions.data_breaches import BreachFacts, Sending
from cases.data_breach_letter import issue_to_authority, issue_to_people
from cases.models import BreachNotice, BreachPerson, DataBreach, Worker
from kotim_social.audit.models import Entry
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests import factories
from tests.disbursements.browsing import browser, post
from tests.documents.pdf_text import page_lines
from tests.factories import Four, the_four

pytestmark = pytest.mark.django_db


@pytest.fixture
def four() -> Four:
    return the_four()


def facts(ago: float = 1, **more: object) -> BreachFacts:
    found = timezone.now() - timedelta(hours=ago)
    values: dict[str, object] = {
        "kind": "disclosed",
        "happened": found - timedelta(hours=5),
        "discovered": found,
        "how": "berkas tertinggal di kantor lain",
        "data": "nama dan nomor telepon",
        "people_estimated": 2,
    }
    return BreachFacts(**{**values, **more})  # type: ignore[arg-type]


def confirmed(four: Four, ago: float = 1) -> tuple[DataBreach, list[Worker]]:
    workers = factories.register(2, by=four.petugas)
    row = acts.report(facts=facts(ago, measures="berkas diambil kembali"), by=four.petugas)
    acts.name_people(breach=row, workers=factories.ids(workers), by=four.pimpinan)
    return acts.move(breach=row, act="confirm", conclusion="", by=four.pimpinan), workers


def send_all(row: DataBreach, four: Four, **about: object) -> int:
    waiting = list(row.notices.filter(sent_at__isnull=True).values_list("pk", flat=True))
    sending = Sending(sent_at=timezone.now(), channel="hand", **about)  # type: ignore[arg-type]
    return acts.record_sending(breach=row, notices=waiting, sending=sending, by=four.pimpinan)


def test_the_hours_run_from_the_discovery_and_stop_with_the_last_notice(four: Four) -> None:
    row, _workers = confirmed(four, ago=70)
    assert row.deadline - row.discovered == timedelta(hours=72)
    assert not row.is_late
    assert "1" in row.clock
    DataBreach.objects.filter(pk=row.pk).update(discovered=row.discovered, deadline=row.deadline)
    issue_to_people(breach=row, by=four.pimpinan)
    issue_to_authority(breach=row, office="Lembaga PDP", by=four.pimpinan)
    assert row.told_at() is None  # a letter that lies in the drawer tells nobody
    send_all(row, four)
    left = row.remaining()
    assert timedelta(hours=1) < left < timedelta(hours=2)
    late, _people = confirmed(four, ago=73)
    assert late.is_late
    assert late.remaining() < timedelta(0)


def test_a_breach_closes_only_when_everybody_is_told_and_the_cause_is_written(four: Four) -> None:
    row, workers = confirmed(four)
    with pytest.raises(Refused) as refusal:
        acts.move(breach=row, act="close", conclusion="selesai", by=four.pimpinan)
    assert len(refusal.value.sentences) == 3
    issue_to_people(breach=row, by=four.pimpinan)
    issue_to_authority(breach=row, office="Lembaga PDP", by=four.pimpinan)
    send_all(row, four)
    row.refresh_from_db()
    known = facts(1, discovered=row.discovered, cause="tas terbuka", measures="tas terkunci")
    row = acts.amend(breach=row, facts=known, version=row.version, by=four.pimpinan)
    closed = acts.move(breach=row, act="close", conclusion="selesai", by=four.pimpinan)
    assert closed.state == "closed"
    with pytest.raises(Refused):
        acts.name_people(breach=closed, workers=[workers[0].pk], by=four.pimpinan)
    again = acts.move(breach=closed, act="reopen", conclusion="ada orang lain", by=four.pimpinan)
    assert (again.state, again.ended_by) == ("confirmed", None)
    assert Entry.objects.filter(act="databreach.close").count() == 1


def test_her_letter_says_what_the_law_asks_and_the_authority_gets_no_name(four: Four) -> None:
    row, workers = confirmed(four)
    issue_to_people(breach=row, by=four.pimpinan)
    notice = issue_to_authority(breach=row, office="Lembaga PDP", by=four.pimpinan)
    hers = row.notices.get(worker=workers[0])
    shown = "\n".join(line for page in page_lines(hers.letter.file.read()) for line in page)
    for text in (workers[0].name, "nama dan nomor telepon", "berkas diambil kembali", "RAHASIA"):
        assert text in shown
    assert workers[1].name not in shown
    lines = "\n".join(line for page in page_lines(notice.letter.file.read()) for line in page)
    assert "2 orang" in lines
    assert not any(worker.name in lines for worker in workers)
    with pytest.raises(Refused):
        issue_to_people(breach=row, by=four.pimpinan)


def test_letters_wait_until_the_breach_is_confirmed_and_the_measures_known(four: Four) -> None:
    row = acts.report(facts=facts(), by=four.petugas)
    with pytest.raises(Refused):
        issue_to_authority(breach=row, office="Lembaga PDP", by=four.pimpinan)
    row = acts.move(breach=row, act="confirm", conclusion="", by=four.pimpinan)
    with pytest.raises(Refused):
        issue_to_authority(breach=row, office="Lembaga PDP", by=four.pimpinan)
    with pytest.raises(Refused):
        acts.report(facts=facts(ago=-1), by=four.petugas)
    with pytest.raises(Refused):
        acts.report(facts=facts(happened=timezone.now()), by=four.petugas)
    with pytest.raises(Refused):
        later = facts(0.5, measures="x")
        acts.amend(breach=row, facts=later, version=row.version, by=four.pimpinan)
    with pytest.raises(Refused):
        acts.amend(breach=row, facts=facts(2), version=row.version + 1, by=four.pimpinan)


def test_the_database_keeps_the_clock_and_the_notices(four: Four) -> None:
    row, _workers = confirmed(four)
    issue_to_people(breach=row, by=four.pimpinan)
    send_all(row, four)
    for statement in (
        "UPDATE cases_databreach SET state = 'dismissed', ended_at = now(), conclusion = how",
        "UPDATE cases_databreach SET deadline = discovered",
        "UPDATE cases_breachnotice SET worker_id = NULL",
        "DELETE FROM cases_breachnotice",
        "DELETE FROM cases_breachperson",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_whom_it_touches_is_taken_out_only_before_her_letter(four: Four) -> None:
    row, workers = confirmed(four)
    first, second = row.people.order_by("worker__register_no")
    acts.take_person_out(person=first, reason="bukan datanya", by=four.pimpinan)
    assert issue_to_people(breach=row, by=four.pimpinan) == 1
    with pytest.raises(Refused):
        acts.take_person_out(person=second, reason="bukan datanya", by=four.pimpinan)
    assert BreachNotice.objects.get().worker == workers[1]
    assert BreachPerson.objects.filter(removed_at__isnull=True).count() == 1


def test_the_pages_lead_from_the_report_to_the_end(four: Four) -> None:
    workers = factories.register(3, by=four.petugas)
    day = f"{today():%d-%m-%Y}"
    form = {
        "kind": "lost",
        "discovered_on": day,
        "discovered_time": "00.01",
        "how": "buku catatan hilang",
        "data": "nama",
        "people_estimated": "2",
    }
    client, url = browser(four.bendahara), reverse("cases:data_breach_report")
    assert post(client, url, **{**form, "happened_time": "00.00"}).status_code == 422
    assert post(client, url, **form).status_code == 302
    row = DataBreach.objects.get()
    page = reverse("cases:data_breach", args=[row.pk])
    assert client.get(page).status_code == 200
    head = browser(four.pimpinan)
    listed = f"{reverse('cases:data_breach_list')}?state=running"
    assert listed in head.get(reverse("desk:home")).content.decode()
    assert page in head.get(reverse("cases:work_list")).content.decode()
    assert page in head.get(listed).content.decode()
    people = reverse("cases:data_breach_people", args=[row.pk])
    assert post(head, people, numbers="KTM-2017-9999").status_code == 422
    assert post(head, people).status_code == 422
    numbers = f"{workers[0].register_no.lower()}, {workers[1].register_no}"
    assert post(head, people, numbers=numbers).status_code == 302
    steps = {
        "data_breach_move": ["confirm"],
        "data_breach_letters": ["person"],
    }
    amend = reverse("cases:data_breach_amend", args=[row.pk])
    known = {**form, "cause": "lalai", "measures": "dicari"}
    known["seen"] = head.get(amend).context["form"].seen
    assert post(head, amend, **known).status_code == 302
    for name, args in steps.items():
        assert post(head, reverse(f"cases:{name}", args=[row.pk, *args])).status_code == 302
    authority = reverse("cases:data_breach_letters", args=[row.pk, "authority"])
    assert post(head, authority, office="Lembaga PDP").status_code == 302
    sent = reverse("cases:data_breach_sent", args=[row.pk])
    ids = [str(pk) for pk in row.notices.values_list("pk", flat=True)]
    gone = {"notices": ids, "channel": "hand", "sent_on": day, "sent_time": "00.02"}
    assert post(head, sent, **gone).status_code == 302
    close = reverse("cases:data_breach_move", args=[row.pk, "close"])
    assert post(head, close, conclusion="selesai").status_code == 302
    row.refresh_from_db()
    assert row.state == "closed"
    letter = row.notices.filter(worker__isnull=False).first()
    hers = reverse("cases:data_breach_letter", args=[row.pk, letter.pk])
    assert head.get(hers).content.startswith(b"%PDF")
    assert client.get(hers).status_code == 403


def test_another_reporter_does_not_know_of_it(four: Four) -> None:
    row = acts.report(facts=facts(), by=four.petugas)
    page = reverse("cases:data_breach", args=[row.pk])
    assert browser(four.petugas).get(page).status_code == 200
    other = browser(four.petugas2)
    assert other.get(page).status_code == 404
    assert page not in other.get(reverse("cases:data_breach_list")).content.decode()
    auditor = browser(factories.make_user("auditor"))
    assert auditor.get(page).status_code == 200
