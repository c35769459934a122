"""At the door of every view: sessions that end, sign-in, the second factor, a role."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from kotim_social.accounts.access import has_second_factor
from kotim_social.accounts.sessions import SEEN, STARTED, device_of
from kotim_social.audit.trail import record

Handler = Callable[[HttpRequest], HttpResponse]
# A click within this many seconds of the last one noted is not noted again: one write a minute.
SEEN_STEP = 60


class SessionLimitsMiddleware:
    """Ends a session that is idle, old, or older than a change of its user's account.

    The change shows in User._get_session_auth_hash: Django then sees nobody behind the session.
    Whatever ends is flushed, so nothing revives it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sentence = self._end(request) if SESSION_KEY in request.session else ""
        # A page that only keeps what is typed is no click: it ends and lengthens nothing.
        if sentence and not _is_by_itself(request):
            request.session.flush()
            messages.info(request, sentence)
        return self.get_response(request)

    def _end(self, request: HttpRequest) -> str:
        """Why the session ends now; empty if it goes on."""
        if not request.user.is_authenticated:
            return _("You were signed out because your account was changed. Sign in again.")
        now = int(time.time())
        if STARTED not in request.session:
            request.session.update(device_of(request))
        started = request.session.setdefault(STARTED, now)
        seen = request.session.setdefault(SEEN, now)
        if now - started > settings.SESSION_ABSOLUTE_SECONDS:
            reason, sentence = "absolute", _("You were signed out after a long day. Sign in again.")
        elif now - seen > settings.SESSION_IDLE_SECONDS:
            reason, sentence = (
                "idle",
                _("You were signed out after a while of rest. Sign in again."),
            )
        else:
            if now - seen >= SEEN_STEP and not _is_by_itself(request):
                request.session[SEEN] = now
            return ""
        if not _is_by_itself(request):
            record("session.expired", by=request.user, obj=request.user, reason=reason)
        # Whose form it is that came too late: it is kept for her.
        request.ended_user = request.user  # type: ignore[attr-defined]
        request.user = AnonymousUser()
        return sentence


def _is_by_itself(request: HttpRequest) -> bool:
    """Sent by the page while somebody types, without a click."""
    return "X-Kotim-Draft" in request.headers


class SignInRequiredMiddleware:
    """Nobody reaches a view that is not marked public without sign-in, second factor and role."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if getattr(view, "is_public", False):
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if getattr(view, "is_on_the_way_in", False):
            return None
        if request.user.needs_second_factor and not has_second_factor(request.user):
            messages.info(request, _("Your role needs a second factor. Set it up first."))
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        if not request.user.roles:
            return render(request, "accounts/no_role.html", status=403)
        return None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Back to the same page afterwards; after a POST to the page whose form it was."""
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    source = request.headers.get("Referer", "")
    if source and url_has_allowed_host_and_scheme(source, {request.get_host()}):
        page = urlsplit(source)
        return redirect_to_login(urlunsplit(("", "", page.path, page.query, "")))
    return HttpResponseRedirect(reverse("account_login"))
