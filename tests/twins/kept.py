"""Controls of what is kept: rights, keys, personal data, logs, packages; each with its red test."""

from __future__ import annotations

import logging
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.handlers import base as handling
from django.core.handlers import exception as answering
from django.db.models import Q
from django.test import override_settings

from cases.actions import workers as worker_acts
from cases.forms.verification import RevealForm
from cases.forms.workers import EditForm
from cases.models import Worker, WorkerQuerySet
from cases.models import worker as worker_models
from cases.models.casework import NoteQuerySet
from cases.views import search as search_views
from kotim_social import logs
from kotim_social.documents import sheet
from kotim_social.lib import crypto, encrypted, nik, suppression
from kotim_social.operations import supply
from kotim_social.operations.doctor import database, machine
from tests import test_access, test_deploy, test_headers, test_house
from tests.cases import (
    test_casework,
    test_protected_children,
    test_row_level_security,
    test_worker_edit,
    test_worker_facts,
    test_worker_search,
)
from tests.documents import test_paper
from tests.drafts import test_drafts
from tests.hostile import test_single_shots
from tests.lib import test_crypto, test_encrypted, test_suppression
from tests.operations import test_doctor, test_supply
from tests.twins.switching import (
    Patch,
    Twin,
    attribute,
    both,
    item,
    same,
    setting,
    without_policies,
)


class Unsealed:
    """A cipher that hides nothing and proves nothing."""

    def encrypt(self, _nonce: bytes, plain: bytes, _bound: bytes) -> bytes:
        return plain

    def decrypt(self, _nonce: bytes, sealed: bytes, _bound: bytes) -> bytes:
        return sealed


def the_newest_key(self: crypto.Keyring, _key_id: str) -> Any:
    return self._data[self.current]


@contextmanager
def a_secret_in_the_tree(patch: Patch) -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True)
        (Path(folder) / "bad.py").write_text(f"{test_supply.SAMPLES[0]}\n")
        patch.setattr(settings, "BASE_DIR", Path(folder))
        yield


def words_in_clear(patch: Patch) -> None:
    """The search keeps its word in the session as it was typed."""
    for name in ("encrypt", "decrypt"):
        patch.setattr(search_views, name, same)
    patch.setattr(search_views, "urlsafe_b64encode", same)
    patch.setattr(search_views, "urlsafe_b64decode", str.encode)


form_values = EditForm.values


def takes_more(patch: Patch) -> None:
    """The form's handler takes whatever was sent."""
    patch.setattr(worker_acts, "EDITABLE", {*worker_acts.EDITABLE, "register_no"})
    patch.setattr(EditForm, "values", lambda self: {
        **form_values(self), "register_no": self.data["register_no"]})  # fmt: skip


def logged_as_typed(message: str, *args: Any, **_about: Any) -> None:
    logging.getLogger("django.request").warning(message, *args)


KEPT = (
    Twin("every address is in the table", item(test_access.ACCESS, "desk:trail"),
         test_access.test_every_address_has_a_row,
         at="{name for name, _pattern in addresses()} == set(ACCESS)"),
    Twin("objects are scoped", both(
        attribute(WorkerQuerySet, "visible_to", lambda rows, _user: rows), without_policies),
         test_access.test_a_foreign_object_is_not_found, ("of_tangar",),
         at="stranger.get(path).status_code == NOT_FOUND, name"),
    Twin("the database scopes as well", without_policies,
         test_row_level_security.test_a_foreign_woman_is_not_found_without_any_filter,
         ("four", "no_filters"), at="one in text"),
    Twin("children are seen by few", both(
         attribute(worker_models, "of_age", lambda: Q(pk__isnull=False)), without_policies),
         test_protected_children.test_page_list_count_and_search, ("child", "four"),
         at="page.status_code == (200 if sees else 404), who"),
    Twin("a field is shown for a reason", attribute(
        RevealForm.base_fields["reason"], "required", False),
         test_worker_edit.test_one_field_is_shown_for_a_reason, ("editor", "ani"),
         ("nik", test_worker_edit.NIK),
         at='client.post(url, {"reason": " "}).status_code == 422'),
    Twin("only what a form offers is taken", takes_more,
         test_single_shots.test_what_no_form_offers_is_not_taken, ("browser", "officer"),
         at="(worker.register_no, worker.eligibility)"),
    Twin("nobody writes over another's change", attribute(
        worker_acts, "_merged", lambda _person, wanted, _version: wanted),
         test_worker_edit.test_the_same_field_of_two_editors_is_a_conflict, ("editor", "ani"),
         at="response.status_code == 409"),
    Twin("confidential notes are hidden", attribute(
        NoteQuerySet, "visible_to", lambda rows, _user: rows.all()),
         test_casework.test_confidential_notes_are_the_authors_and_the_supervisors,
         ("worker", "petugas", "pimpinan"),
         at="with pytest.raises(Refused):"),
    Twin("each token names its key", attribute(crypto.Keyring, "cipher", the_newest_key),
         test_crypto.test_old_keys_still_read_after_a_new_one_writes, ("key_file",),
         at='decrypt(old, label="worker.nik", record_id="r1") == SECRET'),
    Twin("ciphers prove integrity", attribute(
        crypto.Keyring, "cipher", lambda _self, _key_id: Unsealed()),
         test_crypto.test_every_changed_or_cut_byte_is_noticed, ("key_file",),
         at="with pytest.raises(CryptoError) as caught:"),
    Twin("tokens are bound to field and record", attribute(crypto, "_bound_to", lambda *_: b""),
         test_crypto.test_a_token_opens_only_in_its_own_field_and_record, ("key_file",),
         ("worker.nik", "r2"),
         at="with pytest.raises(CryptoError):"),
    Twin("the key file is private", attribute(crypto.stat, "S_IMODE", lambda _mode: 0o600),
         test_crypto.test_a_key_file_that_others_may_read_is_refused, ("key_file",),
         at='with pytest.raises(CryptoError, match="600"):'),
    Twin("columns hold ciphertext", attribute(encrypted, "encrypt", same),
         test_encrypted.test_the_instance_reads_plain_and_the_column_holds_a_token,
         at="NIK.encode() not in stored"),
    Twin("drafts lie encrypted", both(
        attribute(encrypted, "encrypt", same), attribute(encrypted, "decrypt", same)),
         test_drafts.test_what_is_kept_is_encrypted_and_ones_own,
         ("editor", "proposing", "officer"),
         at="WORD.encode() not in bytes"),
    Twin("passwords are hashed slowly", lambda _patch: override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"]),
         test_single_shots.test_passwords_are_hashed_by_argon2,
         at='identify_hasher(kept).algorithm == "argon2"'),
    Twin("production is closed", item(test_headers.PRODUCTION, "HTTPS", "off"),
         test_headers.test_production_settings_have_nothing_to_warn_of,
         at="done.returncode == 0, done.stderr"),
    Twin("production speaks HTTPS only", item(test_headers.PRODUCTION, "HTTPS", "off"),
         test_headers.test_production_cookies_and_transport,
         at='shown[:5] == ["True", "True"'),
    Twin("a server for others has HTTPS", attribute(machine, "check_settings", lambda: iter(())),
         test_doctor.test_a_server_for_others_needs_https, ("settings",),
         at="worst(machine.check_settings()) == Level.ERROR"),
    Twin("a wrong clock is said", attribute(database, "CLOCK_ERROR", timedelta(days=999)),
         test_doctor.test_a_wrong_clock_is_an_error_and_a_slow_one_a_warning,
         at="(ahead(0), ahead(10), ahead(-3600)) == (Level.OK, Level.WARNING,"),
    Twin("a right too many is named", attribute(
        database, "check_grants", lambda: iter(())),
         test_doctor.test_a_right_too_many_or_too_few_is_named, (),
         ("GRANT TRUNCATE ON disbursements_paymentline TO kotim_app",
          "REVOKE TRUNCATE ON disbursements_paymentline FROM kotim_app",
          "disbursements_paymentline"), commits=True,
         at="worst(found) == Level.ERROR"),
    Twin("no secret lies in the tree", a_secret_in_the_tree,
         test_supply.test_no_secret_lies_in_the_tree,
         at="find_secrets(Path(settings.BASE_DIR)) == []"),
    Twin("secrets in the tree are found", attribute(supply, "SECRETS", {}),
         test_supply.test_a_secret_is_found_and_not_repeated, ("tmp_path",),
         (test_supply.SAMPLES[0],),
         at="(found,) = find_secrets(tmp_path)"),
    Twin("packages have hashes", attribute(supply, "_HASH", re.compile("(?!)")),
         test_supply.test_every_package_is_listed_with_its_hashes,
         at='all(part["hashes"] and part["purl"].endswith(part["version"]) fo'),
    Twin("errors tell nothing of the inside", setting(DEBUG=True),
         test_headers.test_error_pages_name_nobody, ("caseworker", "monkeypatch"),
         at='name not in response.text and "Traceback" not in response.text'),
    Twin("each field has a privacy class", item(Worker.privacy, "nik"),
         test_house.test_every_field_has_a_privacy_class, (), (Worker,),
         at="set(classes) == names"),
    Twin("the word of a search is sealed", words_in_clear,
         test_worker_search.test_the_word_stands_in_no_address_trail_or_open_session,
         ("editor", "found"),
         at='"soepiyah" not in json.dumps(dict(client.session.items())).lower'),
    Twin("restricted data is masked", attribute(nik, "_mask", lambda text, **_kwargs: text),
         test_worker_facts.test_the_fragments_mask_everything_restricted, ("officer", "masked"),
         at="secret not in page"),
    Twin("small numbers are hidden", attribute(
        suppression.Suppressed, "gives_away", lambda *_: False),
         test_suppression.test_no_hidden_cell_follows_from_what_is_published,
         at="len(values) > 1, (counts, table.hidden, cell)"),
    Twin("papers say nothing of whom they name", attribute(
        sheet.Sheet, "_set_metadata", lambda self: self.canvas.setTitle("Siti Aminah")),
         test_paper.test_properties_name_no_person_place_or_programme,
         at='{value for value in shown if not value.startswith("D:2000")} <='),
    Twin("the log holds no value", attribute(
        logs.NoValuesFormatter, "formatException", logging.Formatter.formatException),
         test_headers.test_the_log_of_an_error_names_nobody, ("caseworker", "monkeypatch"),
         at='"RuntimeError" in log.getvalue() and name not in log.getvalue()'),
    Twin("the log holds no value of the database", attribute(
        logs.NoValuesFormatter, "formatException", logging.Formatter.formatException),
         test_single_shots.test_no_value_of_a_database_error_reaches_the_log,
         ("browser", "monkeypatch"),
         at='MARK not in log.getvalue(), "the log holds what the database quo'),
    Twin("what is logged stays in its line", both(
        attribute(answering, "log_response", logged_as_typed),
        attribute(handling, "log_response", logged_as_typed)),
         test_single_shots.test_an_address_writes_no_line_of_its_own_into_the_log, ("browser",),
         at="a forged line"),
    Twin("proxies log no person", attribute(
        test_deploy, "NGINX", test_deploy.NGINX.replace("$status", "$status $request_uri")),
         test_deploy.test_nginx_passes_what_the_program_takes_and_logs_no_person,
         at="word not in log"),
)  # fmt: skip
