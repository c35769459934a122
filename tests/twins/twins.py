"""Controls switched off one at a time, each with the test that must then turn red."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.db import connections
from django.db.models import Q
from django.middleware.csrf import CsrfViewMiddleware

from cases.models import WorkerQuerySet
from cases.models import worker as worker_models
from kotim_social import headers, logs
from kotim_social.accounts import (
    access,
    adapters,
    admin_site,
    forms,
    middleware,
    passwords,
    sessions,
    views,
)
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.audit import middleware as request_trail
from kotim_social.audit import sealing
from kotim_social.desk import trail
from kotim_social.desk.views import trail as trail_views
from kotim_social.documents import text as paper_text
from kotim_social.operations import supply
from tests import test_access, test_forgery, test_headers
from tests.accounts import test_accounts, test_own_sessions, test_sessions, test_sign_in
from tests.audit import test_trail_is_closed
from tests.cases import test_protected_children
from tests.desk import test_trail_pages
from tests.documents import test_text
from tests.operations import test_supply
from tests.reset import owner_cursor

Patch = pytest.MonkeyPatch
FOR_EVER = 10**9


@dataclass(frozen=True)
class Twin:
    """`off` breaks one control; `test`, called with these fixtures and values, must fail."""

    name: str
    off: Callable[[Patch], Any]
    test: Callable[..., None]
    fixtures: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()


def attribute(owner: Any, name: str, value: Any) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(owner, name, value)


def setting(**values: Any) -> Callable[[Patch], None]:
    def off(patch: Patch) -> None:
        for name, value in values.items():
            patch.setattr(settings, name, value, raising=False)

    return off


def nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


def yes(*_args: Any, **_kwargs: Any) -> bool:
    return True


def passes_on(self: Any, request: Any) -> Any:
    return self.get_response(request)


def writable_trail(patch: Patch) -> Any:
    """The owner lets the app role change trail rows, for as long as the twin runs."""

    @contextmanager
    def granted() -> Any:
        role = connections["default"].settings_dict["USER"]
        with owner_cursor() as cursor:
            cursor.execute(f"GRANT UPDATE, DELETE ON audit_entry TO {role}")
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER written_once")
        try:
            yield
        finally:
            with owner_cursor() as cursor:
                cursor.execute(f"REVOKE UPDATE, DELETE ON audit_entry FROM {role}")
                cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER written_once")

    return granted()


HEADER_TEST = test_headers.test_every_answer_carries_the_headers
WHO_LOOKED = test_trail_pages.test_who_looked_at_her_and_why
PAGE_FIXTURES = ("four", "worker", "auditor")

TWINS = (
    Twin("sign-in is asked",
         attribute(middleware.SignInRequiredMiddleware, "process_view", nothing),
         test_access.test_strangers_are_sent_to_the_door),
    Twin("a view asks its permission", attribute(User, "can", yes),
         test_access.test_only_the_roles_of_the_table_may_open, (), (Role.AUDITOR,)),
    Twin("people are scoped", attribute(WorkerQuerySet, "visible_to", lambda rows, _user: rows),
         test_access.test_lists_and_counts_leave_foreign_people_out, ("of_tangar",)),
    Twin("children are seen by few",
         attribute(worker_models, "of_age", lambda: Q(pk__isnull=False)),
         test_protected_children.test_page_list_count_and_search, ("child", "four")),
    Twin("POSTs carry a token", attribute(CsrfViewMiddleware, "process_view", nothing),
         test_forgery.test_forged_posts_are_refused_everywhere, ("victim",)),
    Twin("idle sessions end", setting(SESSION_IDLE_SECONDS=FOR_EVER),
         test_sessions.test_idle_session_ends_and_leads_back, ("client",)),
    Twin("old sessions end", setting(SESSION_ABSOLUTE_SECONDS=FOR_EVER),
         test_sessions.test_old_session_ends_however_busy, ("client",)),
    Twin("a changed role ends sessions",
         attribute(User, "_get_session_auth_hash", lambda self, secret=None: "x"),
         test_sessions.test_role_change_ends_the_session, ("client",)),
    Twin("reactivation revives nothing",
         attribute(User, "_get_session_auth_hash", lambda self, secret=None: "x"),
         test_sessions.test_reactivation_revives_nothing, ("client",)),
    Twin("a changed password ends other sessions",
         attribute(User, "_get_session_auth_hash", lambda self, secret=None: "x"),
         test_sessions.test_password_change_ends_the_other_sessions_only, ("client",)),
    Twin("failed sign-ins wait", setting(ACCOUNT_RATE_LIMITS=False),
         test_sign_in.test_the_delay_grows_and_ends),
    Twin("a code opens once", attribute(forms.cache, "add", yes),
         test_sign_in.test_a_code_opens_once, ("client",)),
    Twin("closed accounts answer like wrong ones",
         setting(AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"]),
         test_sign_in.test_wrong_unknown_and_inactive_get_the_same_answer),
    Twin("powerful roles need a second factor", attribute(User, "needs_second_factor", False),
         test_sign_in.test_whoever_needs_a_second_factor_sets_it_up_first, ("client",)),
    Twin("the second factor's secret is encrypted",
         attribute(adapters.MFAAdapter, "encrypt", DefaultMFAAdapter.encrypt),
         test_sign_in.test_whoever_needs_a_second_factor_sets_it_up_first, ("client",)),
    Twin("grave acts ask for a fresh proof", attribute(access, "has_fresh_proof", yes),
         test_sessions.test_fresh_proof_is_asked_after_five_minutes_and_returns, ("client",)),
    Twin("guessable passwords are refused",
         attribute(passwords.ContextValidator, "validate", nothing),
         test_accounts.test_guessable_passwords_are_refused, (), ("dinsoskotim2017",)),
    Twin("an activation link works once",
         attribute(views.default_token_generator, "check_token", yes),
         test_accounts.test_activation_link_works_once, ("client",)),
    Twin("the admin is closed to other roles",
         attribute(admin_site.OfficeAdminSite, "has_permission", yes),
         test_accounts.test_admin_is_closed_to_the_other_roles, ("client",)),
    Twin("nobody is deleted", attribute(admin_site.OfficeModelAdmin, "has_delete_permission", yes),
         test_accounts.test_admin_deletes_nobody, ("client", "admin")),
    Twin("failed sign-ins are recorded", attribute(adapters, "_record_failure", nothing),
         test_sign_in.test_the_trail_names_a_known_person_and_never_what_was_typed, ("client",)),
    Twin("the way back leads inside",
         attribute(middleware, "url_has_allowed_host_and_scheme", yes),
         test_own_sessions.test_after_an_ended_session_the_form_is_found_again, ("client",)),
    Twin("sign-in never leads outside",
         attribute(DefaultAccountAdapter, "is_safe_url", yes),
         test_sign_in.test_sign_in_leads_where_she_wanted_to_go_but_never_outside, ("client",)),
    Twin("a session is ended by its owner only",
         attribute(sessions, "_is_of", yes),
         test_own_sessions.test_nobody_ends_the_session_of_another, ("client",)),
    Twin("a content policy stands on every page", setting(CONTENT_SECURITY_POLICY=None),
         HEADER_TEST, ("client", "monkeypatch")),
    Twin("refusals carry the headers too",
         attribute(headers.HeadersMiddleware, "__call__", passes_on),
         test_headers.test_an_unknown_host_is_refused_on_https_as_well, ("client",)),
    Twin("unknown hosts are refused", setting(ALLOWED_HOSTS=["*"]),
         test_headers.test_an_unknown_host_is_refused_on_https_as_well, ("client",)),
    Twin("forwarded headers are not believed",
         setting(USE_X_FORWARDED_HOST=True, SECURE_PROXY_SSL_HEADER=(
             "HTTP_X_FORWARDED_PROTO", "https")),
         test_headers.test_a_proxy_that_is_not_ours_is_not_believed),
    Twin("cookies are closed to scripts", setting(CSRF_COOKIE_HTTPONLY=False),
         test_headers.test_cookies_are_closed, ("client",)),
    Twin("other methods are refused", attribute(headers, "METHODS", (*headers.METHODS, "DELETE")),
         test_access.test_other_methods_are_not_answered, (), ("delete",)),
    Twin("a refusal leaves its row",
         attribute(request_trail.RequestTransactionMiddleware, "_leave_a_row", nothing),
         test_headers.test_a_refusal_leaves_its_row, ("client",)),
    Twin("the log holds no value", attribute(
        logs.NoValuesFormatter, "formatException", logging.Formatter.formatException),
         test_headers.test_the_log_of_an_error_names_nobody, ("client", "monkeypatch")),
    Twin("looking at the trail is recorded", attribute(trail_views, "record", nothing),
         WHO_LOOKED, PAGE_FIXTURES),
    Twin("numbers in reasons are hidden", attribute(trail, "_NUMBERS", re.compile("(?!)")),
         WHO_LOOKED, PAGE_FIXTURES),
    Twin("the app role cannot change the trail", writable_trail,
         test_trail_is_closed.assert_refused, (), ("change",)),
    Twin("the chain covers every column", attribute(sealing, "digest_of", lambda *_: "0" * 64),
         test_trail_is_closed.test_what_the_owner_changes_is_found, ("monkeypatch",)),
    Twin("users' text reaches papers escaped", attribute(paper_text, "escape", lambda text: text),
         test_text.test_markup_in_a_paragraph_is_escaped),
    Twin("secrets in the tree are found", attribute(supply, "SECRETS", {}),
         test_supply.test_a_secret_is_found_and_not_repeated, ("tmp_path",),
         (test_supply.SAMPLES[0],)),
)  # fmt: skip
