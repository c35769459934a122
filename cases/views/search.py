"""The search: the word goes by POST and waits, encrypted, in the session; never in an address."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.forms.verification import SearchForm
from cases.search import find_people
from kotim_social.accounts.access import require
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.lib.crypto import CryptoError, decrypt, encrypt
from kotim_social.replica import from_replica

_SESSION = "searches"
_LABEL = "search.word"
_KEPT = 5


@require(Perm.WORKER_VIEW)
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token = str(uuid4())
        sealed = encrypt(form.cleaned_data["q"].encode(), label=_LABEL, record_id=token)
        kept = dict(list(request.session.get(_SESSION, {}).items())[-_KEPT + 1 :])
        request.session[_SESSION] = {**kept, token: urlsafe_b64encode(sealed).decode()}
        return redirect("cases:search_results", token=token)
    return render(request, "cases/search.html", {"form": form}, status=422 if form.errors else 200)


@require(Perm.WORKER_VIEW)
@from_replica
def search_results(request: HttpRequest, token: UUID) -> HttpResponse:
    word = word_of(request, str(token))
    if word is None:
        raise Http404
    found = find_people(word, user=request.user)
    record(
        "worker.search",
        by=request.user,
        object_type="cases.worker",
        changes={"found": [None, len(found.hits)]},
    )
    context = {
        "found": found,
        "word": word,
        "token": token,
        "heading": _("Search results"),
        "may_create": request.user.can(Perm.WORKER_EDIT),
    }
    return render(request, "cases/search_results.html", context)


def word_of(request: HttpRequest, token: str) -> str | None:
    """The word that this session looked for under the token."""
    sealed = request.session.get(_SESSION, {}).get(token)
    if sealed is None:
        return None
    try:
        return decrypt(urlsafe_b64decode(sealed), label=_LABEL, record_id=token).decode()
    except CryptoError:
        return None
