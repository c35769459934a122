"""One's own sessions and last sign-ins; ending one, keeping one; resetting somebody's factor."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kotim_social.accounts.access import actor, fresh_proof, on_the_way_in, require
from kotim_social.accounts.actions import reset_second_factor
from kotim_social.accounts.forms import ResetFactorForm
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.accounts.sessions import end_session, last_sign_ins, open_sessions


@on_the_way_in
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in now, and who tried the door lately."""
    user = actor(request)
    context = {
        "sessions": open_sessions(user, here=request.session.session_key or ""),
        "sign_ins": last_sign_ins(user),
    }
    return render(request, "accounts/sessions.html", context)


@on_the_way_in
@require_POST
def end_one(request: HttpRequest, mark: str) -> HttpResponse:
    """Ends one of one's own sessions."""
    user = actor(request)
    mine = open_sessions(user, here=request.session.session_key or "")
    chosen = next((session for session in mine if session.mark == mark), None)
    if chosen is None:
        raise Http404
    end_session(chosen, by=user)
    if chosen.is_here:
        logout(request)
        return redirect("account_login")
    messages.success(request, _("The session is ended."))
    return redirect("accounts:sessions")


@on_the_way_in
@require_POST
def keep_alive(request: HttpRequest) -> HttpResponse:
    """A click on the idle warning: the middleware has noted that she is there."""
    return HttpResponse(status=204)


@require(Perm.USER_ADMIN)
@fresh_proof
def reset_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """For a lost telephone, with a reason that the trail keeps."""
    user = get_object_or_404(User, pk=pk)
    form = ResetFactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reset_second_factor(user=user, by=actor(request), reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The second factor is reset. The next sign-in sets it up."))
            return redirect("admin:accounts_user_changelist")
    context = {"form": form, "owner": user}
    status = 422 if form.errors else 200
    return render(request, "accounts/reset_factor.html", context, status=status)
