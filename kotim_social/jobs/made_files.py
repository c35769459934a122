"""Files for one person: how each kind is made, and the large ones that a worker made, for a day."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from kotim_social.accounts.access import get_visible_or_404
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.files.store import destroy, store
from kotim_social.jobs.kinds import JobKind, Report, register
from kotim_social.jobs.models import Job, MadeFile
from kotim_social.lib.progress import watched

GOOD_FOR = timedelta(hours=24)
_STORED = "made"

# Ids, dates and filters: what the file is about.
Arguments = dict[str, Any]


@dataclass(frozen=True)
class Made:
    """What was made. `people` gives the ids of those in it, where a scope bounds who they are;
    `mark` is a hash of what it speaks of, where that may not have changed when it is fetched."""

    content: bytes
    content_type: str
    filename: str
    people: Callable[[], Collection[UUID]] = tuple
    mark: str = ""


@dataclass(frozen=True)
class FileKind:
    """One kind of file. `rows` and `make` read everything anew, as this user sees it now: they
    raise Refused or Http404 where it may not be. `make` writes the trail.

    `still_holds` asks before each fetching whether she yet sees what the file is about.
    `fetch_page` takes the id of the MadeFile.
    """

    code: str
    label: Any
    perms: tuple[Perm, ...]
    rows: Callable[[User, Arguments], int]
    make: Callable[[User, Arguments], Made]
    still_holds: Callable[[User, MadeFile], bool]
    fetch_page: str = "jobs:made_file"
    # The group whose people it reads, as of a JobKind.
    people: Callable[[Any], str] = lambda _job: ""

    def may(self, user: User) -> bool:
        return any(user.can(perm) for perm in self.perms)


_KINDS: dict[str, FileKind] = {}


def register_file(kind: FileKind) -> None:
    """Makes it known, here and as a kind of background work."""
    _KINDS[kind.code] = kind
    work = partial(_make, kind)
    register(JobKind(kind.code, kind.label, kind.perms, work, kind.fetch_page, kind.people))


def file_kind(code: str) -> FileKind:
    """KeyError for a kind that no app registered."""
    return _KINDS[code]


def _make(kind: FileKind, job: Job, report: Report) -> UUID:
    """The work itself, in the job's transaction: a file and its row stand together, or neither."""
    by = job.requested_by
    with watched(lambda done: report(min(done, job.total))):
        made = kind.make(by, job.arguments)
    stored = store(made.content, kind=_STORED, content_type=made.content_type, by=by)
    row = MadeFile.objects.create(
        job=job,
        stored=stored,
        filename=made.filename,
        expires_at=timezone.now() + GOOD_FOR,
        of_everybody=by.sees_everyone,
        people=[] if by.sees_everyone else sorted(made.people()),
        mark=made.mark,
    )
    return row.pk


def fetchable_or_404(pk: UUID, user: User) -> MadeFile:
    """Hers, and only as long as she could make it still: her right, her scope, everybody in it."""
    made = get_visible_or_404(MadeFile.objects.select_related("job", "stored"), user, pk)
    kind = file_kind(made.job.kind)
    if not kind.may(user):
        raise PermissionDenied
    if made.of_everybody and not user.sees_everyone:
        raise Http404
    if not kind.still_holds(user, made):
        raise Http404
    return made


@transaction.atomic
def expire_made_files() -> int:
    """Destroys what its time ran out for; the worker calls it now and then."""
    with connection.cursor() as cursor:  # one worker at a time
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('jobs.expire', 0))")
    over = MadeFile.objects.filter(expires_at__lte=timezone.now(), stored__destroyed__isnull=True)
    files = [made.stored for made in over.select_related("stored").order_by("pk")]
    for stored in files:
        destroy(stored, by=None)
    return len(files)


def gone_sentence() -> str:
    return _("The file was kept for a day and is gone. Ask for it again.")
