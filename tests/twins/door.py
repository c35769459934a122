"""Controls of the door, of sessions, answers and rights, each with the test that turns red."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.stages import AuthenticateStage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from cases.models import WorkerQuerySet
from kotim_social import headers
from kotim_social.accounts import (
    access,
    actions,
    adapters,
    admin_site,
    forms,
    middleware,
    passwords,
    session_views,
    sessions,
    views,
)
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.audit import middleware as request_trail
from kotim_social.audit import sealing
from kotim_social.desk import trail
from kotim_social.desk.views import trail as trail_views
from tests import test_access, test_forgery, test_headers
from tests.accounts import test_accounts, test_own_sessions, test_sessions, test_sign_in
from tests.audit import test_trail_is_closed
from tests.desk import test_trail_pages
from tests.hostile import test_single_shots
from tests.twins.switching import (
    FOR_EVER,
    Twin,
    as_owner,
    attribute,
    both,
    nothing,
    passes_on,
    setting,
    without_constraint,
    without_header,
    without_policies,
    yes,
)


def says_closed(*_args: Any) -> HttpResponse:
    """As if the account's owner stood before it."""
    return HttpResponse("Akun ini ditutup.")


def no_blanks(_self: Any, password: str, user: Any = None) -> None:
    """A rule as many offices have it."""
    if " " in password:
        raise ValidationError("no blanks")


granted = actions.grant_role


def given_by_nobody(**about: Any) -> Any:
    """It is not looked at who gives the role."""
    return granted(**{**about, "by": None})


DOOR = (
    Twin("sign-in is asked",
         attribute(middleware.SignInRequiredMiddleware, "process_view", nothing),
         test_access.test_strangers_are_sent_to_the_door,
         at='response.url.startswith(reverse("account_login")), name'),
    Twin("a view asks its permission", attribute(User, "can", yes),
         test_access.test_only_the_roles_of_the_table_may_open, (), (Role.AUDITOR,),
         at='status == 403, f"{role} may not open {name}, got {status}"'),
    Twin("people are scoped", both(
        attribute(WorkerQuerySet, "visible_to", lambda rows, _user: rows), without_policies),
         test_access.test_lists_and_counts_leave_foreign_people_out, ("of_tangar",),
         at='of_tangar["worker"] not in body'),
    Twin("POSTs carry a token", attribute(CsrfViewMiddleware, "process_view", nothing),
         test_forgery.test_forged_posts_are_refused_everywhere, ("victim",),
         at="takes a POST without a token"),
    Twin("idle sessions end", setting(SESSION_IDLE_SECONDS=FOR_EVER),
         test_sessions.test_idle_session_ends_and_leads_back, ("client",),
         at='answer.url == f"{reverse(\'account_login\')}?next={reverse(PAGE)}"'),
    Twin("old sessions end", setting(SESSION_ABSOLUTE_SECONDS=FOR_EVER),
         test_sessions.test_old_session_ends_however_busy, ("client",),
         at="not opens(client)"),
    Twin("a changed role ends sessions",
         attribute(User, "_get_session_auth_hash", lambda self, secret=None: "x"),
         test_sessions.test_role_change_ends_the_session, ("client",),
         at="not opens(client)"),
    Twin("reactivation revives nothing",
         attribute(User, "_get_session_auth_hash", lambda self, secret=None: "x"),
         test_sessions.test_reactivation_revives_nothing, ("client",),
         at="not opens(client)"),
    Twin("a changed password ends other sessions",
         attribute(User, "_get_session_auth_hash", lambda self, secret=None: "x"),
         test_sessions.test_password_change_ends_the_other_sessions_only, ("client",),
         at="not opens(other)"),
    Twin("failed sign-ins wait", setting(ACCOUNT_RATE_LIMITS=False),
         test_sign_in.test_the_delay_grows_and_ends,
         at="tries_until_refused() == 5"),
    Twin("a password alone opens nothing", attribute(
        AuthenticateStage, "handle", lambda _self: (None, True)),
         test_sign_in.test_password_and_code_open_the_door, ("client",),
         at='answer.url == reverse("mfa_authenticate")'),
    Twin("a code opens once", attribute(forms.cache, "add", yes),
         test_sign_in.test_a_code_opens_once, ("client",),
         at="not is_signed_in(other)"),
    Twin("closed accounts answer like wrong ones",
         both(
        setting(AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"]),
        attribute(adapters.AccountAdapter, "respond_user_inactive", says_closed)),
         test_sign_in.test_wrong_unknown_and_inactive_get_the_same_answer,
         at="escape(str(WRONG)) in answer.text"),
    Twin("powerful roles need a second factor", attribute(User, "needs_second_factor", False),
         test_sign_in.test_whoever_needs_a_second_factor_sets_it_up_first, ("client",),
         at='client.get(reverse("account_change_password")).url == enrol'),
    Twin("the second factor's secret is encrypted",
         attribute(adapters.MFAAdapter, "encrypt", DefaultMFAAdapter.encrypt),
         test_sign_in.test_whoever_needs_a_second_factor_sets_it_up_first, ("client",),
         at="secret not in waiting and decrypt(waiting) == secret"),
    Twin("grave acts ask for a fresh proof", both(
        attribute(access, "has_fresh_proof", yes), attribute(adapters, "has_fresh_proof", yes)),
         test_sessions.test_fresh_proof_is_asked_after_five_minutes_and_returns, ("client",),
         at="proof = client.get(page).url"),
    Twin("guessable passwords are refused",
         attribute(passwords.ContextValidator, "validate", nothing),
         test_accounts.test_guessable_passwords_are_refused, (), ("dinsoskotim2017",),
         at="with pytest.raises(ValidationError):"),
    Twin("an activation link works once",
         attribute(views.default_token_generator, "check_token", yes),
         test_accounts.test_activation_link_works_once, ("client",),
         at="client.post(link, data).status_code == 404"),
    Twin("the admin is closed to other roles",
         attribute(admin_site.OfficeAdminSite, "has_permission", yes),
         test_accounts.test_admin_is_closed_to_the_other_roles, ("client",),
         at='client.get(reverse(f"admin:{name}")).status_code == 403'),
    Twin("nobody is deleted", attribute(admin_site.OfficeModelAdmin, "has_delete_permission", yes),
         test_accounts.test_admin_deletes_nobody, ("client", "admin"),
         at='client.post(url, {"post": "yes"}).status_code == 403'),
    Twin("failed sign-ins are recorded", attribute(adapters, "_record_failure", nothing),
         test_sign_in.test_the_trail_names_a_known_person_and_never_what_was_typed, ("client",),
         at='known, unknown = Entry.objects.filter(act="session.sign_in_faile'),
    Twin("the way back leads inside",
         attribute(middleware, "url_has_allowed_host_and_scheme", yes),
         test_own_sessions.test_after_an_ended_session_the_form_is_found_again, ("client",),
         at='answer.url == reverse("account_login"), source'),
    Twin("sign-in never leads outside",
         attribute(DefaultAccountAdapter, "is_safe_url", yes),
         test_sign_in.test_sign_in_leads_where_she_wanted_to_go_but_never_outside, ("client",),
         at='"evil" not in sign_in(client, "siti", next="https://evil.example'),
    Twin("a session is ended by its owner only",
         attribute(sessions, "_is_of", yes),
         test_own_sessions.test_nobody_ends_the_session_of_another, ("client",),
         at='(hers,) = other.get(reverse(PAGE)).context["sessions"]'),
    Twin("a content policy stands on every page", setting(CONTENT_SECURITY_POLICY=None),
         test_headers.test_every_answer_carries_the_headers, ("caseworker", "monkeypatch"),
         at='policy = response.headers["Content-Security-Policy"]'),
    Twin("refusals carry the headers too",
         attribute(headers.HeadersMiddleware, "__call__", passes_on),
         test_headers.test_an_unknown_host_is_refused_on_https_as_well, ("caseworker",),
         at="X-Content-Type-Options on 400"),
    Twin("unknown hosts are refused", setting(ALLOWED_HOSTS=["*"]),
         test_headers.test_an_unknown_host_is_refused_on_https_as_well, ("caseworker",),
         at="response.status_code == 400"),
    Twin("forwarded headers are not believed",
         setting(USE_X_FORWARDED_HOST=True, SECURE_PROXY_SSL_HEADER=(
             "HTTP_X_FORWARDED_PROTO", "https")),
         test_headers.test_a_proxy_that_is_not_ours_is_not_believed,
         at="response.status_code == 302"),
    Twin("cookies are closed to scripts", setting(CSRF_COOKIE_HTTPONLY=False),
         test_headers.test_cookies_are_closed, ("caseworker",),
         at='response.cookies["csrftoken"]["httponly"]'),
    Twin("other methods are refused", attribute(headers, "METHODS", (*headers.METHODS, "DELETE")),
         test_access.test_other_methods_are_not_answered, (), ("delete",),
         at='getattr(client, method)(reverse("cases:worker_list")).status_cod'),
    Twin("a refusal leaves its row",
         attribute(request_trail.RequestTransactionMiddleware, "_leave_a_row", nothing),
         test_headers.test_a_refusal_leaves_its_row, ("caseworker",),
         at='entry = Entry.objects.get(act="request.refused")'),
    Twin("looking at the trail is recorded", attribute(trail_views, "record", nothing),
         test_trail_pages.test_who_looked_at_her_and_why, ("four", "worker", "auditor"),
         at='again.context["page"].rows[0].act == "trail.view"'),
    Twin("numbers in reasons are hidden", attribute(trail, "_NUMBERS", re.compile("(?!)")),
         test_trail_pages.test_who_looked_at_her_and_why, ("four", "worker", "auditor"),
         at="worker.nik not in page"),
    Twin("the app role cannot change the trail", as_owner(
        "GRANT UPDATE, DELETE ON audit_entry TO {app};"
        " ALTER TABLE audit_entry DISABLE TRIGGER written_once",
        "REVOKE UPDATE, DELETE ON audit_entry FROM {app};"
        " ALTER TABLE audit_entry ENABLE TRIGGER written_once"),
         test_trail_is_closed.test_raw_sql_as_the_app_role_is_refused, (), ("change",),
         commits=True,
         at="DID NOT RAISE DatabaseError"),
    Twin("the chain covers every column", attribute(sealing, "digest_of", lambda *_: "0" * 64),
         test_trail_is_closed.test_what_the_owner_changes_is_found, ("monkeypatch",),
         commits=True,
         at="verify().first_bad == rows[3].pk"),
    Twin("guessing from elsewhere locks nobody out", attribute(
        adapters.AccountAdapter, "_get_login_attempts_cache_key",
        lambda _self, _request, **known: known["username"]),
         test_sign_in.test_another_place_is_not_locked_out_by_a_stranger,
         at="is_signed_in(client)"),
    Twin("a long passphrase is welcome", attribute(
        passwords.ContextValidator, "validate", no_blanks),
         test_accounts.test_good_passwords_pass, (), (test_accounts.PASSWORD,),
         at='ContextValidator().validate(password, User(username="putri.a", f'),
    Twin("one password opens one door", attribute(
        middleware.SignInRequiredMiddleware, "process_view", nothing),
         test_sign_in.test_no_door_but_these, ("client",),
         at='answer.url.startswith(reverse("account_login"))'),
    Twin("failed attempts can be seen", attribute(adapters, "_record_failure", nothing),
         test_own_sessions.test_failed_attempts_are_listed, ("client",),
         at='[row["went_well"] for row in rows] == [True, False]'),
    Twin("a reset needs its reason", attribute(
        forms.ResetFactorForm.base_fields["reason"], "required", False),
         test_own_sessions.test_admin_resets_a_lost_factor_with_a_reason, ("client",),
         at='client.post(url, {"reason": ""}).status_code == 422'),
    Twin("nobody resets her own factor", attribute(
        actions, "reset_second_factor",
        lambda *, user, by, reason: Authenticator.objects.filter(user=user).delete()),
         test_own_sessions.test_nobody_resets_her_own_factor, ("client",),
         at="with pytest.raises(ValidationError):"),
    Twin("a spare code opens once", both(
        attribute(RecoveryCodes, "_mark_code_used", nothing), attribute(forms.cache, "add", yes)),
         test_sign_in.test_a_spare_code_opens_once, ("client",),
         at="not is_signed_in(other)"),
    Twin("codes are throttled", setting(ACCOUNT_RATE_LIMITS=False),
         test_sign_in.test_wrong_code_is_refused_recorded_and_throttled, ("client",),
         at="escape(str(TOO_MANY)) in page.text"),
    Twin("sign-in makes a new session", attribute(SessionStore, "cycle_key", nothing),
         test_single_shots.test_sign_in_makes_a_new_session,
         at='client.cookies["sessionid"].value != before, "the session of bef'),
    Twin("signing out ends the session", attribute(adapters.AccountAdapter, "logout", nothing),
         test_sign_in.test_sign_out_only_by_post, ("client",),
         at="not is_signed_in(client)"),
    Twin("one ends one's own sessions", attribute(session_views, "end_session", nothing),
         test_own_sessions.test_a_session_is_ended_and_not_revived, ("client",),
         at='other.get(reverse(PAGE)).url.startswith(reverse("account_login")'),
    Twin("one signs out everywhere", attribute(views, "end_sessions", nothing),
         test_sessions.test_sign_out_everywhere, ("client",),
         at="not opens(other)"),
    Twin("a role that runs out ends the session",
         attribute(User, "_get_session_auth_hash", lambda self, secret=None: "x"),
         test_sessions.test_role_that_runs_out_ends_the_session, ("client",),
         at="not opens(client)"),
    Twin("nobody gives herself a role", attribute(actions, "grant_role", given_by_nobody),
         test_accounts.test_nobody_gives_a_role_to_herself,
         at="with pytest.raises(ValidationError):"),
    Twin("the database excludes roles too", without_constraint(
        "accounts_rolegrant", "role_grant_no_overlap"),
         test_accounts.test_the_database_refuses_two_roles_past_the_action, commits=True,
         at="with pytest.raises(IntegrityError), transaction.atomic(), connec"),
    Twin("answers are taken for what they are", without_header("X-Content-Type-Options"),
         test_headers.test_every_answer_carries_the_headers, ("caseworker", "monkeypatch"),
         at="X-Content-Type-Options on 200"),
    Twin("no page stands in a frame", setting(X_FRAME_OPTIONS="SAMEORIGIN"),
         test_headers.test_every_answer_carries_the_headers, ("caseworker", "monkeypatch"),
         at="X-Frame-Options on 200"),
    Twin("no referrer goes outside", setting(SECURE_REFERRER_POLICY="unsafe-url"),
         test_headers.test_every_answer_carries_the_headers, ("caseworker", "monkeypatch"),
         at="Referrer-Policy on 200"),
    Twin("other windows are kept apart", setting(
        SECURE_CROSS_ORIGIN_OPENER_POLICY="unsafe-none"),
         test_headers.test_every_answer_carries_the_headers, ("caseworker", "monkeypatch"),
         at="Cross-Origin-Opener-Policy on 200"),
    Twin("nothing is kept by caches", without_header("Cache-Control"),
         test_headers.test_every_answer_carries_the_headers, ("caseworker", "monkeypatch"),
         at="Cache-Control on 200"),
)  # fmt: skip
