"""Every address × every role × own, foreign and missing object. A new address needs a row here."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter

from kotim_social.accounts import actions as office
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

PUBLIC, EVERYBODY = "public", "everybody"
# One letter a role that may open the address: Petugas, Verifikator, pimpinan (S), Bendahara,
# Admin, aUditor.
LETTERS = {
    "P": Role.PETUGAS,
    "V": Role.VERIFIKATOR,
    "S": Role.PIMPINAN,
    "B": Role.BENDAHARA,
    "A": Role.ADMIN,
    "U": Role.AUDITOR,
}
ACCESS = {
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "account_login": PUBLIC,
    "mfa_authenticate": PUBLIC,
    "account_logout": PUBLIC,
    "account_reauthenticate": EVERYBODY,
    "mfa_reauthenticate": EVERYBODY,
    "account_change_password": EVERYBODY,
    "mfa_index": EVERYBODY,
    "mfa_activate_totp": EVERYBODY,
    "mfa_deactivate_totp": EVERYBODY,
    "mfa_view_recovery_codes": EVERYBODY,
    "mfa_generate_recovery_codes": EVERYBODY,
    "accounts:profile": EVERYBODY,
    "accounts:sign_out_everywhere": EVERYBODY,
    "accounts:sessions": EVERYBODY,
    "accounts:keep_alive": EVERYBODY,
    "accounts:end_session": EVERYBODY,
    "accounts:reset_factor": "A",
    "accounts:activate": PUBLIC,
    "desk:home": EVERYBODY,
    "desk:worker_page": "PVSBAU",
    "desk:worker_trail": "SU",
    "desk:trail": "SU",
    "desk:more": EVERYBODY,
    "desk:blank_papers": "PVSBAU",
    "desk:blank_paper": "PVSBAU",
    "cases:session_list": "PVSBU",
    "cases:session_create": "V",
    "cases:session_detail": "PVSBU",
    "cases:session_minutes": "PVSBU",
    "cases:session_minutes_issue": "SB",
    "cases:session_paper": "PVSBU",
    "cases:stage_list": "PVSBU",
    "cases:stage_freeze": "S",
    "cases:stage_lift": "S",
    "cases:objection_list": "PVSBU",
    "cases:objection_detail": "PVSBU",
    "cases:objection_answer": "PS",
    "cases:object": "PS",
    "cases:data_request_list": "PS",
    "cases:ask_about_data": "PS",
    "cases:data_request": "PS",
    "cases:data_request_letter": "PS",
    "cases:data_request_answer": "PS",
    "cases:data_breach_list": "PVSBAU",
    "cases:data_breach_report": "PVSBA",
    "cases:data_breach": "PVSBAU",
    "cases:data_breach_amend": "S",
    "cases:data_breach_people": "S",
    "cases:data_breach_take_out": "S",
    "cases:data_breach_letters": "S",
    "cases:data_breach_sent": "S",
    "cases:data_breach_move": "S",
    "cases:data_breach_letter": "SU",
    "cases:proposal_list": "PVSBU",
    "cases:proposal_create": "PS",
    "cases:proposal_detail": "PVSBU",
    "cases:proposal_act": "PVS",
    "cases:briefing_list": "PVSBU",
    "cases:briefing_create": "PS",
    "cases:briefing_detail": "PVSBU",
    "cases:briefing_attendance": "PS",
    "cases:briefing_undo": "PS",
    "cases:closing_calendar": "PVSBAU",
    "cases:closing_edit": "S",
    "cases:eligibility": "PVSBAU",
    "cases:notice": "PVSB",
    "cases:notice_issue": "SB",
    "cases:statement_paper": "PS",
    "cases:paper_of_person": "PVSB",
    "desk:totals": "PVSBU",
    "desk:stage_report": "PVSBU",
    "desk:stage_people": "PVSBU",
    "desk:stage_report_draft": "PVSBU",
    "desk:stage_report_issue": "SB",
    "desk:stage_report_paper": "PVSBU",
    "desk:closing": "PS",
    "desk:closing_list": "PS",
    "desk:closing_confirm": "S",
    "desk:closing_decline": "S",
    "desk:closing_withdraw": "PS",
    "desk:reopen": "S",
    "desk:merge": "S",
    "desk:merge_detail": "S",
    "desk:merge_undo": "S",
    "cases:correction_list": "S",
    "cases:correction": "S",
    "cases:correction_decline": "S",
    "cases:duplicate_list": "PS",
    "cases:duplicates": "PS",
    "desk:destinations": "PVSBU",
    "desk:money_people": "PVSBU",
    "desk:batch_money": "PVSBU",
    "desk:batch_depart": "P",
    "desk:journey": "PVSBAU",
    "desk:processing": "SAU",
    "desk:processing_draft": "SAU",
    "desk:processing_issue": "S",
    "desk:processing_file": "SAU",
    "desk:retention": "SA",
    "desk:retention_propose": "SA",
    "desk:anonymising": "SA",
    "desk:anonymising_decide": "S",
    "desk:statistics": "SU",
    "desk:statistics_csv": "SU",
    "desk:statistics_draft": "SU",
    "desk:statistics_issue": "S",
    "desk:statistics_file": "SU",
    "desk:personal_data": "PS",
    "desk:data_sheet_issue": "S",
    "desk:data_sheet_file": "S",
    "desk:went_alone": "PS",
    "desk:not_found": "P",
    "desk:found_again": "P",
    "desk:deceased": "PS",
    "cases:import_list": "PS",
    "cases:import_upload": "P",
    "cases:import_template": "P",
    "cases:import_detail": "PS",
    "cases:import_confirm": "P",
    "cases:import_undo": "P",
    "cases:import_discard": "P",
    "cases:import_rejected": "PS",
    "cases:import_row": "PS",
    "cases:import_row_same": "P",
    "cases:import_row_other": "P",
    "cases:import_row_mend": "P",
    "cases:import_row_dismiss": "P",
    "cases:search": "PVSBAU",
    "cases:search_results": "PVSBAU",
    "cases:worker_list": "PVSBAU",
    "cases:worker_export": "SB",
    "cases:worker_create": "PS",
    "cases:select": "PVS",
    "cases:verification_set": "V",
    "cases:bank_check_set": "P",
    "cases:statement_set": "PS",
    "cases:worker_edit": "PS",
    "cases:reveal": "PVSB",
    "cases:verification": "V",
    "cases:bank_check": "P",
    "cases:statement": "PS",
    "desk:choice": "PS",
    "cases:casework": "PS",
    "cases:note_add": "PS",
    "cases:note_edit": "PS",
    "cases:note_correct": "PS",
    "cases:assess": "PS",
    "cases:assessment_review": "S",
    "cases:plan_add": "PS",
    "cases:plan_end": "PS",
    "cases:referral_add": "PS",
    "cases:referral_answer": "PS",
    "cases:referral_letter": "PS",
    "cases:breach_report": "PS",
    "cases:breach_hear": "PS",
    "cases:breach_find": "S",
    "cases:consents": "PS",
    "cases:consent_withdraw": "PS",
    "cases:files": "PVSB",
    "cases:photo_add": "PS",
    "cases:file_open": "PVSB",
    "cases:file_ask_withdrawal": "PS",
    "cases:file_withdraw": "S",
    "cases:file_keep": "S",
    "cases:photo": "PVSB",
    "cases:photo_remove": "PS",
    "cases:providers": "PS",
    "cases:work_list": "PS",
    "cases:work_set": "PS",
    "cases:caseloads": "PS",
    "cases:caseload": "PS",
    "cases:hand_over": "PS",
    "cases:hand_over_answer": "PS",
    "cases:child_list": "PS",
    "cases:child_open": "S",
    "cases:child_detail": "PS",
    "cases:child_assign": "S",
    "cases:child_refer": "PS",
    "cases:child_answer": "PS",
    "cases:child_hand_over": "PS",
    "cases:child_birth_date": "PS",
    "cases:child_close": "S",
    "cases:account": "PS",
    "cases:account_add": "PS",
    "cases:account_replace": "PS",
    "cases:account_number": "PS",
    "cases:account_holder": "PS",
    "cases:book_hand_over": "PS",
    "cases:book_correct": "PS",
    "cases:book_minutes": "PS",
    "disbursements:list_index": "PVSBU",
    "disbursements:list_create": "P",
    "disbursements:list_detail": "PVSBU",
    "disbursements:lines_add": "P",
    "disbursements:lines_take_out": "P",
    "disbursements:list_submit": "P",
    "disbursements:list_verify": "V",
    "disbursements:list_approve": "S",
    "disbursements:list_send_back": "VSB",
    "disbursements:list_cancel": "PS",
    "disbursements:list_order": "B",
    "disbursements:list_results": "B",
    "disbursements:line_reverse": "B",
    "disbursements:list_reconcile": "B",
    "disbursements:list_close": "B",
    "disbursements:list_nominatif": "PVSBU",
    "disbursements:list_nominatif_issue": "SB",
    "disbursements:list_cash": "PVSBU",
    "disbursements:list_cash_move": "B",
    "disbursements:list_follow_up": "P",
    "disbursements:list_transfer": "B",
    "disbursements:transfer_file": "B",
    "disbursements:list_papers": "SB",
    "disbursements:payment_paper": "SB",
    "disbursements:payment_paper_draft": "SB",
    "disbursements:payment_paper_export": "SB",
    "disbursements:payment_paper_issue": "SB",
    "disbursements:receipt_copies": "SB",
    "disbursements:paper_bank_file": "B",
    "disbursements:result_file_upload": "B",
    "disbursements:result_file": "B",
    "disbursements:result_file_apply": "B",
    "disbursements:result_file_discard": "B",
    "disbursements:line_detail": "PVSBU",
    "disbursements:line_demand": "S",
    "disbursements:refund_list": "SBU",
    "documents:paper_check": EVERYBODY,
    "documents:paper_void": "SB",
    "documents:paper_protected": "PVSB",
    "jobs:job_list": "PVSBU",
    "jobs:job_detail": "PVSBU",
    "jobs:job_retry": "PVSBU",
    "jobs:made_file": "PVSBU",
    "disbursements:decree_list": "PVSBU",
    "disbursements:decree_create": "S",
    "disbursements:decree_detail": "PVSBU",
    "disbursements:decree_draft": "SB",
    "disbursements:decree_issue": "SB",
    "disbursements:decree_print": "PVSB",
    "disbursements:programme": "PVSBU",
    "disbursements:decree_change": "S",
    "disbursements:decree_anew": "S",
    "disbursements:entitlement_lapse": "S",
    "disbursements:change_propose": "SB",
    "disbursements:change_page": "PVSBU",
    "disbursements:change_accept": "SB",
    "disbursements:change_decline": "SB",
    "disbursements:change_withdraw": "SB",
    "disbursements:year_page": "PVSBU",
    "disbursements:year_rights": "PVSBU",
    "disbursements:year_deposit": "B",
    "disbursements:late_refund": "B",
    "disbursements:reconciliation": "PVSBU",
    "disbursements:sheet_page": "PVSBU",
    "disbursements:report_export": "SB",
    "disbursements:list_export": "SB",
    "disbursements:list_spj": "PVSBU",
    "disbursements:list_spj_issue": "SB",
    "disbursements:report_index": "PVSBU",
    "disbursements:report_draft": "PVSBU",
    "disbursements:report_issue": "SB",
    "disbursements:paper_page": "PVSBU",
    "disbursements:paper_file": "PVSBU",
    "disbursements:paper_copy": "PVSBU",
    "repatriation:batch_list": "PVSBU",
    "repatriation:propose": "P",
    "repatriation:batch_detail": "PVSBU",
    "repatriation:batch_edit": "P",
    "repatriation:emergency": "P",
    "repatriation:submit": "P",
    "repatriation:send_back": "S",
    "repatriation:approve": "S",
    "repatriation:cancel": "PS",
    "repatriation:finish": "P",
    "repatriation:member_add": "P",
    "repatriation:origin": "P",
    "repatriation:member_remove": "P",
    "repatriation:undo_arrival": "P",
    "repatriation:undo_arrivals": "P",
    "repatriation:lose": "P",
    "repatriation:leg_add": "P",
    "repatriation:leg_edit": "P",
    "repatriation:leg_remove": "P",
    "repatriation:escorts": "P",
    "repatriation:officer_add": "P",
    "repatriation:escort_remove": "P",
    "repatriation:escort_head": "P",
    "repatriation:arrive": "P",
    "repatriation:hand_over": "P",
    "repatriation:paper_draft": "PSB",
    "repatriation:paper_issue": "PSB",
    "repatriation:paper_file": "PSB",
    "repatriation:offices": "PVSBU",
    "repatriation:origin_answer": "P",
    "repatriation:origin_ask": "P",
    "repatriation:move": "P",
    "repatriation:merge": "P",
    "repatriation:undo": "P",
    "repatriation:costs": "P",
    "repatriation:cost_strike": "P",
    "repatriation:call_leg": "P",
    "repatriation:incident": "P",
    "repatriation:outcome": "P",
    "repatriation:settle": "P",
    "repatriation:hand_on": "P",
}
NOT_FOUND, NO_SUCH_METHOD = 404, 405
# Addresses whose id is not a person's or a list's: each has its test of scope beside its page.
ELSEWHERE = (
    "cases:import",
    "cases:session",
    "cases:objection_",
    "cases:data_request",
    "cases:data_breach",
    "cases:proposal",
    "cases:briefing",
    "cases:paper_of_person",
    "disbursements:decree",
    "disbursements:change",
    "repatriation:",
    "desk:batch",
    "jobs:",
    "desk:stage",
)


def addresses() -> Iterator[tuple[str, URLPattern]]:
    def walk(patterns: list[object], namespace: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from walk(pattern.url_patterns, inner)
            elif pattern.name:
                yield f"{namespace}{pattern.name}", pattern

    yield from (
        (name, pattern)
        for name, pattern in walk(get_resolver().url_patterns, "")
        if not name.startswith("admin:")
    )


def signed_in(role: Role, **about: object) -> Client:
    user = factories.make_user(role, **about)  # type: ignore[arg-type]
    if user.needs_second_factor:
        User.objects.filter(pk=user.pk).update(is_demo=True)
        office.enrol_demo_totp(factories.fresh(user))
    client = Client()
    client.force_login(factories.fresh(user))
    return client


FILL: dict[str, object] = {
    "field": "nik",
    "kind": "rekap",
    "sheet": "spj",
    "subject": "rate",
    "year": 2017,
    "funder": "PEMKAB",
    "copy": "office",
    "variant": "pulang",
    "form": "csv",
    "uid": "x",
    "mark": "x",
    "token": uuid4(),
}


def path_of(name: str, pattern: URLPattern) -> str:
    """The address with made-up ids: whoever may open it gets 404 for them, the others 403."""
    arguments = pattern.pattern.converters or dict.fromkeys(pattern.pattern.regex.groupindex)
    kwargs = {key: FILL.get(key, uuid4()) for key in arguments}
    for key, converter in pattern.pattern.converters.items():
        if isinstance(converter, IntConverter):
            kwargs[key] = 2_000_000_000
    try:
        return reverse(name, kwargs=kwargs)
    except NoReverseMatch:  # two patterns of one name: with and without arguments
        return reverse(name)


def test_every_address_has_a_row() -> None:
    assert {name for name, _pattern in addresses()} == set(ACCESS)


@pytest.mark.parametrize("role", list(LETTERS.values()), ids=lambda role: role.value)
def test_only_the_roles_of_the_table_may_open(role: Role) -> None:
    client = signed_in(role)
    letter = next(key for key, value in LETTERS.items() if value == role)
    for name, pattern in addresses():
        allowed = ACCESS[name]
        if allowed in (PUBLIC, EVERYBODY):
            continue
        for method in (client.get, client.post):
            status = method(path_of(name, pattern)).status_code
            if letter in allowed:
                assert status != 403, f"{role} may open {name}, got {status}"
                assert status < 500, f"{name} gave {status}"
            else:
                assert status == 403, f"{role} may not open {name}, got {status}"


def test_strangers_are_sent_to_the_door() -> None:
    client = Client()
    for name, pattern in addresses():
        if ACCESS[name] == PUBLIC:
            continue
        response = client.get(path_of(name, pattern))
        assert response.status_code == 302, name
        assert response.url.startswith(reverse("account_login")), name


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_not_answered(method: str) -> None:
    client = signed_in(Role.PETUGAS)
    assert getattr(client, method)(reverse("cases:worker_list")).status_code == 405


@pytest.fixture
def of_tangar() -> dict[str, str]:
    """Objects that a caseworker of Km 12 must not know of: person, list, decree's list, batch."""
    four = factories.the_four()
    people = factories.ready_people(2, four=four, place="TANGAR")
    factories.into_batch(people, four=four)
    payment_list = factories.a_list(by=four.petugas, places=["TANGAR"])
    return {
        "worker": str(people[0].pk),
        "list": str(payment_list.pk),
        "line": str(payment_list.lines.first().pk),
    }


def test_a_foreign_object_is_not_found(of_tangar: dict[str, str]) -> None:
    """404, never 403 and never a word about it, on every child address."""
    stranger = signed_in(Role.PETUGAS, lokalisasi=["KM12"])
    own = signed_in(Role.PETUGAS, lokalisasi=["TANGAR"])
    tried = 0
    for name, pattern in addresses():
        if "P" not in ACCESS[name] or "pk" not in pattern.pattern.converters:
            continue
        if name.startswith(ELSEWHERE):
            continue
        which = "list" if name.startswith("disbursements:list") else "worker"
        if name.startswith("disbursements:line"):
            which = "list"
        if name.startswith(("disbursements:paper", "documents:paper")):
            continue
        kwargs = {key: FILL.get(key, uuid4()) for key in pattern.pattern.converters}
        kwargs["pk"] = of_tangar[which]
        if "line_pk" in kwargs:
            kwargs["line_pk"] = of_tangar["line"]
        path = reverse(name, kwargs=kwargs)
        tried += 1
        assert stranger.get(path).status_code == NOT_FOUND, name
        key = {"idempotency_key": uuid4()}
        assert stranger.post(path, key).status_code in (NOT_FOUND, NO_SUCH_METHOD), name
        assert own.get(path).status_code != NOT_FOUND, name
    assert tried > 15


def test_lists_and_counts_leave_foreign_people_out(of_tangar: dict[str, str]) -> None:
    stranger = signed_in(Role.PETUGAS, lokalisasi=["KM12"])
    for name in ("cases:worker_list", "disbursements:list_index", "desk:home", "desk:totals"):
        body = stranger.get(reverse(name)).content.decode()
        assert of_tangar["worker"] not in body
        assert of_tangar["list"] not in body
