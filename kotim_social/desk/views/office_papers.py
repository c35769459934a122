"""Papers about the whole office, as their pages share them: the draft, and the numbered paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kotim_social.accounts.access import actor
from kotim_social.accounts.models import User
from kotim_social.asking import Asking, YesForm, ask
from kotim_social.documents.actions import issue_printed
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import attachment

PDF, FILE_NAME = "application/pdf", "dokumen.pdf"


@dataclass(frozen=True)
class OfficePaper:
    """`data` gathers what is printed, as JSON, for whoever asks today.

    `pdf(data, number, by=, at=)` prints it; without a number it is a draft.
    """

    kind: str
    data: Callable[[User], dict[str, Any]]
    pdf: Callable[..., bytes]

    def issued(self) -> QuerySet[IssuedPaper]:
        return IssuedPaper.objects.filter(kind=self.kind).select_related("file")

    def draft(self, user: User) -> HttpResponse:
        content = self.pdf(self.data(user), None, by=user.full_name, at=timezone.localtime())
        return attachment(content, content_type=PDF, filename=FILE_NAME)

    def issue_page(self, request: HttpRequest, asking: Asking) -> HttpResponse:
        """Asks first; the yes takes the next number."""
        user = actor(request)

        def run(_data: dict[str, Any]) -> None:
            issue_printed(kind=self.kind, data=self.data(user), pdf=self.pdf, by=user)

        return ask(request, YesForm(request.POST or None), asking, run)
