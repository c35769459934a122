"""What is done on each journey: where it starts, the steps in order, and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from cases.models import CaseClosing, Merge, Visit, Worker
from disbursements.models import PaymentList
from kotim_social.lib.dates import today
from kotim_social.lib.money import format_rupiah
from repatriation.models import Batch
from tests.e2e.journeys.office import Office
from tests.e2e.journeys.walk import Walk

REGISTER = settings.BASE_DIR / "cases" / "data" / "register-demo.xlsx"
Steps = Callable[[Walk, Office], None]
Start = Callable[[Office], str]


@dataclass(frozen=True)
class Journey:
    """Whose it is, where it starts, and how it goes."""

    name: str
    role: str
    start: Start
    steps: Steps


JOURNEYS: list[Journey] = []


def journey(name: str, role: str = "petugas", start: Start | None = None) -> Callable[..., Steps]:
    """Without a start of its own it begins on the first page."""

    def keep(steps: Steps) -> Steps:
        JOURNEYS.append(Journey(name, role, start or (lambda office: "/"), steps))
        return steps

    return keep


def page_of(name: str, thing: str) -> Start:
    """The page of one thing of the office."""
    return lambda office: reverse(name, args=[getattr(office, thing).pk])


def at(name: str, *about: Any) -> str:
    return reverse(name, args=[getattr(one, "pk", one) for one in about])


# -- people ------------------------------------------------------------------------------------


@journey("find-a-person")
def find_a_person(walk: Walk, office: Office) -> None:
    walk.search(office.owed.name[:-2])
    walk.follow(at("desk:worker_page", office.owed))
    assert office.owed.register_no in walk.text


@journey("register")
def register(walk: Walk, office: Office) -> None:
    walk.search("Zubaidah Contoh")
    walk.press(f"a[href^='{at('cases:worker_create')}']")
    walk.fill("birth_date", "17-08-1990")
    walk.fill("nik", "6202065708909999")
    walk.fill("place", "TANGAR")
    walk.fill("home", "Kab. Jember")
    walk.tick("[name=choice][value=return]")
    walk.fill("phone", "0812 3456 7890")
    walk.fill("mother_name", "Ibu Contoh")
    walk.submit()
    her = Worker.objects.get(name="Zubaidah Contoh")
    assert walk.path == at("desk:worker_page", her)
    assert (her.place_id, her.home_regency_id, her.choice) == ("TANGAR", "35.09", "return")


@journey("record-an-account", start=page_of("desk:worker_page", "without_account"))
def record_an_account(walk: Walk, office: Office) -> None:
    walk.follow(at("cases:account_add", office.without_account))
    walk.fill("bank", "BNI")
    walk.fill("number", "9 800 100 200")
    walk.submit()
    account = office.without_account.accounts.get()
    assert (account.bank, account.number) == ("BNI", "9800100200")
    assert account.holder == office.without_account.name


@journey("what-is-she-owed")
def what_is_she_owed(walk: Walk, office: Office) -> None:
    walk.search(office.owed.register_no)
    walk.follow(at("desk:worker_page", office.owed))
    assert format_rupiah(5_050_000) in walk.page.locator("#money").inner_text()


@journey("correct-a-name", start=page_of("desk:worker_page", "misspelt"))
def correct_a_name(walk: Walk, office: Office) -> None:
    walk.follow(at("cases:worker_edit", office.misspelt))
    walk.fill("name", "Nama Betul Sekali")
    walk.submit()
    office.misspelt.refresh_from_db()
    assert office.misspelt.name == "Nama Betul Sekali"
    assert "Nama Betul Sekali" in walk.text


@journey("close-a-case", start=page_of("desk:worker_page", "leaving"))
def close_a_case(walk: Walk, office: Office) -> None:
    walk.follow(at("desk:closing", office.leaving))
    walk.fill("reason", "own_request")
    walk.submit()
    assert CaseClosing.objects.get(worker=office.leaving).state == "requested"


@journey("decide-a-closing", "pimpinan", lambda office: at("desk:closing", office.closing.worker))
def decide_a_closing(walk: Walk, office: Office) -> None:
    walk.follow(at("desk:closing_confirm", office.closing))
    walk.submit()
    office.closing.refresh_from_db()
    assert office.closing.state == "closed"


@journey("note-a-visit", start=page_of("desk:worker_page", "visited"))
def note_a_visit(walk: Walk, office: Office) -> None:
    walk.fill("note", "Sehat, sedang berkemas.")
    walk.press(f"form[action='{at('cases:casework', office.visited)}'] button[type=submit]")
    assert Visit.objects.get(worker=office.visited).met_on == today()


@journey("merge-duplicates", "pimpinan")
def merge_duplicates(walk: Walk, office: Office) -> None:
    kept, gone = office.twins
    walk.press(f"main a[href^='{at('cases:duplicate_list')}']")
    walk.follow(at("desk:merge", kept, gone))
    walk.tick("[name=take_mother][value=gone]")
    walk.fill("reason", "orang yang sama, didata dua kali")
    walk.submit()
    assert Merge.objects.get().gone == gone


@journey("what-is-mine-today")
def what_is_mine_today(walk: Walk, office: Office) -> None:
    walk.follow(at("cases:work_list"))
    assert walk.page.locator(".figures").count() >= 1


# -- money -------------------------------------------------------------------------------------


@journey("payment-list-for-km-12")
def payment_list_for_km_12(walk: Walk, office: Office) -> None:
    walk.follow(at("disbursements:list_create"))
    walk.tick("[name=kinds][value=TABUNGAN]")
    walk.tick("[name=places][value=KM12]")
    walk.submit()
    walk.submit()
    made = PaymentList.objects.latest("created_at")
    assert walk.path == at("disbursements:list_detail", made)
    assert [place.pk for place in made.places.all()] == ["KM12"]
    assert made.lines.count() >= 3


@journey("approve-and-print", "pimpinan", page_of("disbursements:list_detail", "verified"))
def approve_and_print(walk: Walk, office: Office) -> None:
    walk.follow(at("disbursements:list_approve", office.verified))
    walk.tick("[name=with_roll]")
    walk.submit()
    paper = walk.download("main a.btn-primary[href$='/berkas/']")
    assert paper.startswith(b"%PDF")
    office.verified.refresh_from_db()
    assert office.verified.state == "approved"


@journey("ten-paid-one-failed", "bendahara", page_of("disbursements:list_detail", "ordered"))
def ten_paid_one_failed(walk: Walk, office: Office) -> None:
    failed = office.ordered.lines.order_by("number")[4]
    walk.follow(at("disbursements:list_results", office.ordered))
    walk.tick(f"[name='outcome-{failed.pk}'][value=returned]")
    walk.fill(f"reason-{failed.pk}", "account_closed")
    walk.submit()
    states = list(office.ordered.lines.values_list("state", flat=True))
    assert (states.count("paid"), states.count("returned")) == (10, 1)


@journey("monthly-report", "pimpinan")
def monthly_report(walk: Walk, office: Office) -> None:
    walk.follow(at("disbursements:report_index"))
    walk.fill("month", f"{today():%Y-%m}")
    walk.press("main form.filter-bar button[type=submit]")
    assert walk.download("main a[href*='rekap.pdf']").startswith(b"%PDF")


@journey("send-back", "verifikator", page_of("disbursements:list_detail", "submitted"))
def send_back(walk: Walk, office: Office) -> None:
    walk.follow(at("disbursements:list_send_back", office.submitted))
    walk.fill("reason", "periksa ulang nama pada buku tabungan")
    walk.submit()
    office.submitted.refresh_from_db()
    assert (office.submitted.state, office.submitted.revision) == ("draft", 2)


# -- the way home ------------------------------------------------------------------------------


@journey("batch-for-jawa-timur")
def batch_for_jawa_timur(walk: Walk, office: Office) -> None:
    walk.follow(at("repatriation:propose"))
    walk.fill("seats", "40")
    walk.fill("destination", "35")
    walk.press("main form.filter-bar button[type=submit]")
    walk.submit()
    made = Batch.objects.latest("created_at")
    assert walk.path == at("repatriation:batch_detail", made)
    assert made.destination_id == "35"
    homes = set(made.members.values_list("worker__home_regency__province", flat=True))
    assert homes == {"35"}


@journey("manifest", start=page_of("repatriation:batch_detail", "leaves"))
def manifest(walk: Walk, office: Office) -> None:
    walk.press("form[action$='/manifes-pengangkut/terbitkan/'] button[type=submit]")
    assert walk.download("main a[href*='/surat/']").startswith(b"%PDF")


@journey("depart", start=page_of("repatriation:batch_detail", "leaves"))
def depart(walk: Walk, office: Office) -> None:
    walk.follow(at("desk:batch_depart", office.leaves))
    walk.submit()
    office.leaves.refresh_from_db()
    assert office.leaves.state == "departed"


@journey("arrive-one-missing", start=page_of("repatriation:batch_detail", "travels"))
def arrive_one_missing(walk: Walk, office: Office) -> None:
    absent = office.travels.members.first()
    walk.follow(at("repatriation:arrive", office.travels))
    walk.tick(f"[name='present-{absent.pk}']")
    walk.fill(f"reason-{absent.pk}", "turun di Semarang")
    walk.submit()
    office.travels.refresh_from_db()
    assert office.travels.state == "arrived"
    assert absent.worker.journeys.get(current=True).state == "departed"


# -- the trail ---------------------------------------------------------------------------------


@journey("who-changed-what", "pimpinan")
def who_changed_what(walk: Walk, office: Office) -> None:
    walk.press(f"main a[href='{at('desk:trail')}']")
    walk.fill("user", str(office.four.petugas.pk))
    walk.press("main form.filter-bar button[type=submit]")
    assert office.four.petugas.full_name in walk.page.locator("h1").inner_text()
    assert walk.page.locator(".timeline > li").count() > 5


# -- last, for it fills the office ---------------------------------------------------------------


@journey("import-a-register")
def import_a_register(walk: Walk, office: Office) -> None:
    before = Worker.objects.count()
    walk.follow(at("cases:import_upload"))
    walk.fill("workbook", str(REGISTER))
    walk.submit()
    walk.press("a[href$='/setuju/']")
    walk.submit()
    assert Worker.objects.count() > before + 200
