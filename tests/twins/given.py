"""Controls of what comes in: text, forms, files, money; each with the test that turns red."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4
from xml.parsers import expat

from django import forms
from django.core.handlers.wsgi import WSGIRequest
from django.core.validators import ProhibitNullCharactersValidator
from django.db.backends.utils import CursorWrapper
from django.http import request as django_request
from django.template import base as django_template
from PIL import Image

from cases import listing
from cases.forms import fields as case_fields
from cases.register import package
from disbursements.actions import lists
from disbursements.models import PaymentList
from kotim_social.accounts import access
from kotim_social.audit import middleware as request_trail
from kotim_social.documents import exports
from kotim_social.documents import text as paper_text
from kotim_social.files import disk, incoming, serving
from kotim_social.idempotency import forms as idempotency
from kotim_social.lib import dates
from tests.cases import test_worker_edit, test_worker_list
from tests.cases.register import test_workbook
from tests.disbursements import (
    test_actions_guards,
    test_actions_threads,
    test_database_bypasses,
    test_database_rules,
    test_page_acts,
    test_paying,
)
from tests.documents import test_text
from tests.files import test_incoming, test_store
from tests.hostile import test_single_shots
from tests.twins.switching import (
    FOR_EVER,
    Patch,
    Twin,
    as_owner,
    attribute,
    both,
    nothing,
    same,
    without_constraint,
    without_locks,
    yes,
)


def with_surrogates(*args: Any, **kwargs: Any) -> list[tuple[str, str]]:
    """Bytes that are no text are taken for text all the same."""
    return parse_qsl(*args, errors="surrogatepass", **kwargs)


def pasted_into_sql(patch: Patch) -> None:
    """Texts with a quote are written into the statement, as a careless program would do."""
    execute = CursorWrapper._execute

    def paste(self: Any, sql: Any, params: Any, *rest: Any) -> Any:
        if isinstance(params, tuple | list) and any(map(is_quoted, params)):
            holes = (f"'{value}'" if is_quoted(value) else "%s" for value in params)
            sql = str(sql).replace("%%", "%%%%") % tuple(holes)
            params = [value for value in params if not is_quoted(value)]
        return execute(self, sql, params, *rest)

    def is_quoted(value: Any) -> bool:
        return isinstance(value, str) and "'" in value

    patch.setattr(CursorWrapper, "_execute", paste)


class AnySort(dict[str, Any]):
    """An order by whatever column the address names."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> tuple[str, ...]:
        return (name, "id")


class _Obeys:
    """A reader of XML that declares every entity it is told to."""

    def __init__(self) -> None:
        object.__setattr__(self, "inner", expat.ParserCreate())

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in ("StartDoctypeDeclHandler", "EntityDeclHandler"):
            setattr(self.inner, name, value)

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "inner"), name)


def get_acts(patch: Patch) -> None:
    """Every request is taken for a POST, and what stands in the address for its form."""
    body = WSGIRequest.POST.fget

    def remember(self: WSGIRequest, method: str) -> None:
        self.sent_as = method

    method = property(lambda _self: "POST", remember)
    patch.setattr(WSGIRequest, "method", method, raising=False)
    form = property(lambda self: self.GET if self.sent_as == "GET" else body(self))
    patch.setattr(WSGIRequest, "POST", form)


def without_transaction(self: Any, request: Any) -> Any:
    response = self.get_response(request)
    if response.status_code >= request_trail.REFUSED:
        self._leave_a_row(request, response)
    return response


def slow_without_locks(patch: Patch) -> None:
    """Nobody waits for the other, and each decides a while after looking."""
    from time import sleep

    decide = lists._decide

    def slowly(payment_list: PaymentList, *args: Any, **kwargs: Any) -> None:
        sleep(0.3)
        decide(payment_list, *args, **kwargs)

    without_locks(patch)
    patch.setattr(lists, "_decide", slowly)


XML_WITH_ENTITIES = test_workbook.changed(
    test_workbook.book(["a"]), **{test_workbook.SHEET: test_workbook.DOCTYPE}
)
BIG = test_workbook.zipped(**{"xl/big.bin": bytes(21 * 1024 * 1024)})
BAD_FILE = test_workbook.test_a_bad_file_is_refused_with_a_sentence

GIVEN = (
    Twin("NUL is refused", attribute(ProhibitNullCharactersValidator, "__call__", nothing),
         test_single_shots.test_nul_gets_a_sentence, ("browser",),
         at='answer.status_code == 422, "a form takes NUL"'),
    Twin("wrong UTF-8 is replaced", attribute(django_request, "parse_qsl", with_surrogates),
         test_single_shots.test_lone_surrogates_and_wrong_utf8_get_a_sentence, ("browser",),
         at='answer.status_code in (302, 422), f"{raw!r} breaks the search"'),
    Twin("output is escaped", attribute(django_template, "conditional_escape", str),
         test_single_shots.test_markup_that_was_typed_is_shown_and_not_obeyed,
         ("browser", "officer"),
         at='typed not in shown, "markup reaches the page as it was typed"'),
    Twin("users' text reaches papers escaped", attribute(paper_text, "escape", same),
         test_text.test_markup_in_a_paragraph_is_escaped,
         at='&lt;img src="x"/&gt;<br/>A&amp;B'),
    Twin("values are parameters of SQL", pasted_into_sql,
         test_single_shots.test_a_value_never_becomes_part_of_sql, ("browser", "officer"),
         at="register(officer"),
    Twin("a file name is encoded in its header", attribute(
        serving, "content_disposition_header", lambda _as, name: f'attachment; filename="{name}"'),
         test_store.test_a_file_name_cannot_break_the_header,
         at='response = attachment(b"", content_type="text/plain", filename=\''),
    Twin("a formula stays text", attribute(exports, "_DANGEROUS", set()),
         test_paying.test_a_formula_in_a_name_stays_text, ("four", "savings"),
         at='(cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s",'),
    Twin("sorts are known names", attribute(listing, "SORTS", AnySort(listing.SORTS)),
         test_worker_list.test_what_is_not_offered_is_not_found, ("editor",),
         ({"sort": "place__lokalisasi"},),
         at="status_code == 404"),
    Twin("XML declares no entity", attribute(package, "expat", SimpleNamespace(
        ParserCreate=_Obeys, ExpatError=expat.ExpatError)),
         BAD_FILE, (), (XML_WITH_ENTITIES, "broken"),
         at="refused.value.code == code"),
    Twin("numbers are whole and small", attribute(forms.IntegerField, "run_validators", nothing),
         test_single_shots.test_a_number_that_is_none_gets_a_sentence, ("browser",), ("-1",),
         at='answer.status_code == 422, "a form takes such a number"'),
    Twin("a field must be what it is", attribute(forms.CharField, "run_validators", nothing),
         test_worker_edit.test_a_wrong_field_is_said_and_nothing_is_lost, ("editor",),
         ("name", "x" * 121),
         at="response = client.post(create_url(client)"),
    Twin("a date must exist", attribute(case_fields, "parse_date", lambda _text: dates.today()),
         test_page_acts.test_an_impossible_date_gives_a_sentence, ("four", "payment_list"),
         ("31-02-2017",),
         at="response.status_code == 422"),
    Twin("no step of a list is skipped", as_owner(
        "ALTER TABLE disbursements_listdecision DISABLE TRIGGER decision_guard",
        "ALTER TABLE disbursements_listdecision ENABLE TRIGGER decision_guard"),
         test_database_bypasses.test_no_step_of_a_list_is_skipped,
         ("four", "ignoring", "sql", "denied"), ("draft",), commits=True,
         at='"next step" in denied(INSERT_DECISION'),
    Twin("a request is one transaction", attribute(
        request_trail.RequestTransactionMiddleware, "__call__", without_transaction),
         test_single_shots.test_a_failure_leaves_a_row_and_nothing_half_done,
         ("browser", "monkeypatch"),
         at='not Worker.objects.exists(), "half of the request stands"'),
    Twin("a failure leaves its row", attribute(
        request_trail.RequestTransactionMiddleware, "_leave_a_row", nothing),
         test_single_shots.test_a_failure_leaves_a_row_and_nothing_half_done,
         ("browser", "monkeypatch"),
         at='list(failed) == ["cases:worker_create"], "the failure left no ro'),
    Twin("an approval looks at the ceiling", attribute(lists, "check_ceilings", nothing),
         test_actions_guards.test_an_approval_over_the_ceiling_says_what_is_left, ("four",),
         at="with pytest.raises(Refused) as caught:"),
    Twin("two at once wait for each other", slow_without_locks,
         test_actions_threads.test_eight_at_once_never_pay_twice, ("four", "rounds"), commits=True,
         at="[o for o in outcomes if isinstance(o, Exception)] == []"),
    Twin("two approvals wait for the ceiling's row", without_locks,
         test_actions_threads.test_two_approvals_cannot_both_pass_the_ceiling,
         ("four", "monkeypatch"), commits=True,
         at="count(outcomes) == (1, 1)"),
    Twin("four people on a list", without_constraint(
        "disbursements_listdecision", "list_four_different_people"),
         test_database_rules.test_decisions_of_one_person_have_one_duty,
         ("four", "denied", "sql"), ("prepare", "verify"), commits=True,
         at="words = denied(INSERT_DECISION, *decision(payment_list, act, sec"),
    Twin("a form acts once", attribute(idempotency, "_key_of", lambda _request: str(uuid4())),
         test_page_acts.test_the_same_key_is_done_once_and_another_body_is_409,
         ("four", "payment_list"),
         at="(first.status_code, again.status_code, first.url) == (302, 302,"),
    Twin("approving and paying ask for a proof", attribute(access, "has_fresh_proof", yes),
         test_page_acts.test_approving_and_paying_ask_for_a_fresh_proof, ("four", "payment_list"),
         at="url in stale.get(url).url"),
    Twin("nothing changes by GET", get_acts,
         test_single_shots.test_nothing_changes_by_get, ("browser", "officer"),
         at="changes by GET"),
    Twin("the unpacked size is limited", attribute(package, "MAX_UNPACKED_BYTES", FOR_EVER),
         BAD_FILE, (), (BIG, "bomb"),
         at="refused.value.code == code"),
    Twin("a picture is made anew", attribute(incoming, "_picture", same),
         test_incoming.test_hostile_files_are_refused_with_a_sentence, (),
         (test_incoming.HOSTILE["html behind jpeg magic"],),
         at="with pytest.raises(Refused) as refusal:"),
    Twin("places and cameras are left out of pictures", attribute(incoming, "_picture", same),
         test_incoming.test_nothing_is_left_of_place_camera_profile_and_comment,
         at="len(after.getexif()) == 0"),
    Twin("a PDF is disarmed", attribute(incoming, "_disarm", nothing),
         test_incoming.test_a_pdf_keeps_its_pages_and_loses_what_acts_hides_and_tells,
         at="trace not in kept.content"),
    Twin("a pixel flood is refused by its header", both(
        attribute(incoming, "MAX_PIXELS", FOR_EVER * 100),
        attribute(Image, "MAX_IMAGE_PIXELS", None)),
         test_single_shots.test_a_pixel_flood_is_refused_by_its_header,
         at='"40" in str(refusal.value), "it was unpacked before its size was'),
    Twin("files lie encrypted", attribute(disk, "encrypt", same),
         test_store.test_the_disk_holds_ciphertext_under_private_names, ("keeper",),
         at='b"Siti" not in raw'),
    Twin("a file that is served leaves a row", attribute(serving, "record", nothing),
         test_store.test_a_served_file_is_an_attachment_and_leaves_a_row, ("keeper",),
         at='entry = Entry.objects.get(act="file.read")'),
    Twin("what cannot be recorded is not shown", attribute(
        test_store, "file_response", lambda stored, filename, by: serving.attachment(
            stored.read(), content_type=stored.content_type, filename=filename)),
         test_store.test_what_cannot_be_recorded_is_not_shown, ("keeper", "monkeypatch"),
         at="with pytest.raises(RuntimeError):"),
)  # fmt: skip
