"""The kinds of background work; each app that has one registers it in its module `background`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm

# Says how much is done; it raises when the work was taken away from this worker.
Report = Callable[[int], None]
# Does the work of a job, and gives the id of what it made. It must be able to run again.
Work = Callable[[Any, Report], UUID]

FAILURES = {
    "refused": _("It may not be done any more. Open the page it was asked for from and look why."),
    "error": _("The program met an error. Try again; if it fails again, tell the administrator."),
    "stopped": _("The worker stopped three times while doing it."),
    "no_right": _("Whoever asked for it no longer has the right to it."),
}


@dataclass(frozen=True)
class JobKind:
    """One kind: who may ask for it (one of the permissions is enough), what does it, and the page
    of what it makes (by its id)."""

    code: str
    label: Any
    perms: tuple[Perm, ...]
    work: Work
    result_page: str
    # The group whose people it reads, as `kotim.people` names it (audit/scope.py).
    people: Callable[[Any], str] = lambda _job: ""

    def may(self, user: User) -> bool:
        return any(user.can(perm) for perm in self.perms)


_KINDS: dict[str, JobKind] = {}


def register(kind: JobKind) -> None:
    _KINDS[kind.code] = kind


def job_kind(code: str) -> JobKind:
    """KeyError for a kind that no app registered."""
    return _KINDS[code]
