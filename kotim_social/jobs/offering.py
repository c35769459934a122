"""What every page that gives away a file does: at once when it is small, by a job when large."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kotim_social.accounts.access import actor
from kotim_social.accounts.models import User
from kotim_social.asking import Asking, YesForm, ask, fact
from kotim_social.files.serving import attachment
from kotim_social.jobs.actions import MOST_AT_ONCE, request_once
from kotim_social.jobs.made_files import GOOD_FOR, Arguments, file_kind
from kotim_social.workflow import Refused


def give_file(request: HttpRequest, code: str, arguments: Arguments, *, back: str) -> HttpResponse:
    """A small file itself. A large one asks first, for GET changes nothing; the yes (a POST to the
    same address) leads to the page of its progress."""
    kind, user = file_kind(code), actor(request)
    try:
        rows = kind.rows(user, arguments)
        if rows > MOST_AT_ONCE:
            return ask_for_large(request, code, arguments, rows=rows, back=back)
        made = kind.make(user, arguments)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(back)
    return attachment(made.content, content_type=made.content_type, filename=made.filename)


def ask_for_large(
    request: HttpRequest, code: str, arguments: Arguments, *, rows: int, back: str
) -> HttpResponse:
    """The question, and with a yes the job."""
    asking = Asking(
        question=_("Make this large file in the background?"),
        submit=_("Make the file"),
        back=back,
        done=_("The file is being made. You can go on working meanwhile."),
        facts=[
            fact(_("File"), file_kind(code).label),
            fact(_("Rows"), f"{rows:,}".replace(",", ".")),
            fact(_("Kept for"), _("%(hours)d hours") % {"hours": GOOD_FOR.total_seconds() // 3600}),
        ],
    )

    def run(_data: dict[str, Any]) -> str:
        return job_url(code, arguments, rows=rows, by=actor(request))

    return ask(request, YesForm(request.POST or None), asking, run)


def job_url(kind: str, arguments: Arguments, *, rows: int, by: User) -> str:
    """Asks for the work, or finds it under way: the page of its progress."""
    job = request_once(kind=kind, total=rows, arguments=arguments, by=by)
    return reverse("jobs:job_detail", args=[job.pk])
