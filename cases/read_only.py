"""A record that is read only says so, why, and where things go on."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Merge, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.scope import whole_office


def notes_on_case(worker: Worker, user: User) -> list[dict[str, Any]]:
    """Sentences for the top of her page, each with a link where the user may follow it."""
    if worker.case_state == "closed":
        url = reverse("desk:closing", args=[worker.pk]) if user.can(Perm.WORKER_EDIT) else ""
        return [_note(_("Her case is closed: it can only be read."), url, _("See the closing"))]
    if worker.case_state == "merged":
        return [_merged_into(row, user) for row in _standing(gone=worker)]
    if user.can(Perm.WORKER_MERGE):
        return [_taken_in(row) for row in _standing(kept=worker)]
    return []


@whole_office()
def _standing(**of: Worker) -> list[Any]:
    """The numbers of both records, also where the other one lies outside the user's scope."""
    return list(Merge.objects.standing().filter(**of).select_related("kept", "gone"))


def _merged_into(row: Merge, user: User) -> dict[str, Any]:
    sentence = _("This record was merged into %(number)s and can only be read.")
    seen = Worker.objects.visible_to(user).filter(pk=row.kept_id).exists()
    url = reverse("desk:worker_page", args=[row.kept_id]) if seen else ""
    return _note(sentence % {"number": row.kept.register_no}, url, row.kept.register_no)


def _taken_in(row: Merge) -> dict[str, Any]:
    sentence = _("The record %(number)s was merged into this one.")
    url = reverse("desk:merge_detail", args=[row.pk])
    return _note(sentence % {"number": row.gone.register_no}, url, _("See the merging"))


def _note(sentence: str, url: str, label: str) -> dict[str, Any]:
    return {"sentence": sentence, "url": url, "label": label}
