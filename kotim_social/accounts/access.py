"""Who may open what: the right to an act, and the scope in which a person sees data."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.lib.prepared import Prepared, gap

View = Callable[..., HttpResponse]
M = TypeVar("M", bound=models.Model)


def actor(request: HttpRequest) -> User:
    """The person behind a request that has passed the door."""
    return cast(User, request.user)


def require(*perms: Perm) -> Callable[[View], View]:
    """Opens a view to whoever holds one of the permissions; the list stands on the view itself."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(actor(request).can(perm) for perm in perms):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        checked.perms = perms  # type: ignore[attr-defined]
        return checked

    return decorate


def signed_in(view: View) -> View:
    """Opens a view to everybody who is signed in, whatever their role."""
    view.perms = ()  # type: ignore[attr-defined]
    return view


def on_the_way_in(view: View) -> View:
    """Opens a view to everybody signed in, also before a second factor is set up or a role held."""
    view.is_on_the_way_in = True  # type: ignore[attr-defined]
    return signed_in(view)


def public(view: View) -> View:
    """Opens a view to everybody; such views are listed in tests/test_access.py."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def has_second_factor(user: User) -> bool:
    return bool(_totp().rows(user=user.pk))


@cache
def _totp() -> Prepared:
    kept = Authenticator.objects.filter(user=gap("user"), type=Authenticator.Type.TOTP)
    return Prepared(kept.values_list("pk"))


def proof_url_name(user: User) -> str:
    """Where this user proves who she is: by a code if she has a second factor, else a password."""
    return "mfa_reauthenticate" if has_second_factor(user) else "account_reauthenticate"


def has_fresh_proof(request: HttpRequest) -> bool:
    """Whether the strongest proof this user has was given within the last five minutes.

    A sign-in counts like a proof asked for later; a password does not count for whoever has a
    second factor.
    """
    user = actor(request)
    method = "mfa" if has_second_factor(user) else "password"
    records = get_authentication_records(request, user)
    latest = max((record["at"] for record in records if record["method"] == method), default=0)
    return bool(time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def fresh_proof(view: View) -> View:
    """Asks for a proof given within five minutes before approving, paying and exporting.

    Stands between `@require` and `@idempotent`. Without it GET and POST go to the proof page and
    come back to this address by GET. What a POST carried is not kept, so the act must have a page
    of its own under the same address (the check page, with little or nothing to fill in): it asks
    for the proof when it is opened, and the POST only finds it stale after five idle minutes.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_fresh_proof(request):
            return view(request, *args, **kwargs)
        query = urlencode({"next": request.get_full_path()}, safe="/")
        return HttpResponseRedirect(f"{reverse(proof_url_name(actor(request)))}?{query}")

    checked.asks_fresh_proof = True  # type: ignore[attr-defined]
    return checked


def get_visible_or_404(source: type[M] | models.QuerySet[M], user: User, pk: Any, **more: Any) -> M:
    """The object, or 404 when it does not exist *or lies outside this user's scope*."""
    queryset = source if isinstance(source, models.QuerySet) else source._default_manager.all()
    if not hasattr(queryset, "visible_to"):
        raise TypeError(f"{queryset.model.__name__} has no visible_to().")
    try:
        return get_object_or_404(queryset.visible_to(user), pk=pk, **more)
    except (ValueError, TypeError, ValidationError) as error:
        raise Http404 from error
