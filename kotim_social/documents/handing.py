"""The page that hands out a protected file: it shows the password, then gives the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kotim_social.accounts.access import actor
from kotim_social.documents.protecting import GOOD_FOR, new_ticket, password_of, protect
from kotim_social.files.serving import attachment
from kotim_social.workflow import Refused


@dataclass(frozen=True, kw_only=True)
class Handing:
    """`about` names the file for good, `name` is its name on a disk; `make` gives its content and
    writes the trail, or raises Refused."""

    question: Any
    about: str
    form: str
    name: str
    back: str
    make: Callable[[], bytes]
    facts: list[dict[str, Any]] = field(default_factory=list)


def hand_out(request: HttpRequest, handing: Handing) -> HttpResponse:
    """GET shows a new password, POST gives the file that it opens."""
    user, refused = actor(request), []
    about = f"{handing.about}.{handing.form}"
    if request.method == "POST":
        try:
            password = password_of(request.POST.get("ticket", "")[:300], about, by=user)
            file = protect(handing.make(), handing.form, name=handing.name, password=password)
        except Refused as refusal:
            refused = refusal.sentences
        else:
            return attachment(file.content, content_type=file.content_type, filename=file.filename)
    context = {
        "question": handing.question,
        "facts": handing.facts,
        "ticket": new_ticket(about, by=user),
        "minutes": GOOD_FOR.seconds // 60,
        "form_of_file": handing.form,
        "cancel_url": handing.back,
        "refused": refused,
    }
    status = 422 if refused else 200
    return render(request, "documents/protected_file.html", context, status=status)
