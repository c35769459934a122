"""Forms of more than five fields are kept half-filled: by a button, by the page, by a lost session.

The fields say themselves that they are kept (`kotim_social.formlayout`); no view knows of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kotim_social.accounts.access import actor
from kotim_social.accounts.models import User
from kotim_social.drafts.actions import address_of, discard_draft, drop_draft, keep_draft
from kotim_social.drafts.models import Draft
from kotim_social.formlayout import DRAFT_ACT, DRAFT_PAGE, OPEN
from kotim_social.templatetags.formats import waktu

Handler = Callable[[HttpRequest], HttpResponse]
PROOF_PAGES = ("mfa_reauthenticate", "account_reauthenticate")


class DraftMiddleware:
    """Stands before the door: what was typed in a session that has just ended is kept too."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.draft_here = lambda: _draft_here(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if isinstance(response, HttpResponseRedirect) and (page := _page_of(request)):
            self._after(request, response, page)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Behind the CSRF check, and before sign-in, right and act."""
        page = _page_of(request)
        if not page:
            return None
        ended: User | None = getattr(request, "ended_user", None)
        if ended is not None:
            return _keep_of_ended(request, page, ended)
        act = request.POST.get(DRAFT_ACT, "")
        if act not in ("save", "auto", "discard") or not _may_open(request, view):
            return None
        request.draft_done = True  # type: ignore[attr-defined]
        return _ACTS[act](request, page)

    @staticmethod
    def _after(request: HttpRequest, response: HttpResponseRedirect, page: str) -> None:
        """A redirect is the answer to a form that was taken, or the way to a fresh proof."""
        if not request.user.is_authenticated or hasattr(request, "draft_done"):
            return
        if urlsplit(response.url).path in [reverse(name) for name in PROOF_PAGES]:
            keep_draft(page=page, data=request.POST, by=actor(request))
        else:
            drop_draft(page=page, by=actor(request))


def _page_of(request: HttpRequest) -> str:
    return request.POST.get(DRAFT_PAGE, "") if request.method == "POST" else ""


def _may_open(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Who may not open the form has nothing to keep of it; the door then says so."""
    perms = getattr(view, "perms", ())
    return request.user.is_authenticated and any(request.user.can(perm) for perm in perms)


def _draft_here(request: HttpRequest) -> Draft | None:
    """The reader's own draft of the page that she looks at."""
    if not request.user.is_authenticated:
        return None
    address = address_of(request.get_full_path())
    return Draft.objects.visible_to(request.user).filter(address=address).first()


def _keep_of_ended(request: HttpRequest, page: str, ended: User) -> HttpResponse | None:
    draft = keep_draft(page=page, data=request.POST, by=ended)
    if draft is None:
        return None
    if request.POST.get(DRAFT_ACT) == "auto":
        return _plain(_("Kept. Your session has ended: sending leads to the sign-in first."))
    messages.info(request, _("What you typed is kept: sign in, check it and send it again."))
    return redirect_to_login(_open_again(page))


def _open_again(page: str) -> str:
    """The same form, filled in as it was."""
    parts = urlsplit(page)
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != DRAFT_ACT]
    return f"{parts.path}?{urlencode([*query, (DRAFT_ACT, OPEN)])}"


def _save(request: HttpRequest, page: str) -> HttpResponse:
    draft = keep_draft(page=page, data=request.POST, by=actor(request))
    if draft is None:
        messages.error(request, _("This is too long to be kept. Shorten it, or send it now."))
    else:
        messages.success(request, _("Kept. Nothing is recorded yet: continue when you can."))
    return HttpResponseRedirect(_open_again(page) if address_of(page) else reverse("desk:home"))


def _auto(request: HttpRequest, page: str) -> HttpResponse:
    """Sent by the page itself while somebody types; it does not lengthen her session."""
    draft = keep_draft(page=page, data=request.POST, by=actor(request))
    said = _("Kept %(when)s.") % {"when": waktu(draft.saved_at)} if draft else ""
    return _plain(said)


def _plain(sentence: str) -> HttpResponse:
    return HttpResponse(sentence, content_type="text/plain; charset=utf-8")


def _discard(request: HttpRequest, page: str) -> HttpResponse:
    if discard_draft(page=page, by=actor(request)):
        messages.success(request, _("The half-filled form is thrown away."))
    address = address_of(page)
    return HttpResponseRedirect(address or reverse("desk:home"))


_ACTS = {"save": _save, "auto": _auto, "discard": _discard}
