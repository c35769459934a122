"""Filing a scan of a paper, and withdrawing one: asked by one person, looked at by another."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.held import said
from cases.actions.sets import is_open, locked
from cases.file_kinds import FILE_KINDS, OF_THE_CASE
from cases.file_workflow import PERSON_FILE
from cases.models import PersonFile, Worker
from cases.models.person_file import PROVES
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.files.incoming import accept
from kotim_social.files.store import store
from kotim_social.workflow import Refused

STORED_KIND = "person.paper"


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """A scan as it came in; `proves` names one of hers ("account", its id) or nothing."""

    content: bytes = field(repr=False)
    kind: str
    remark: str = ""
    proves: tuple[str, UUID | int] | None = None


@transaction.atomic
def file_paper(*, worker: Worker, new: NewFile, by: User) -> PersonFile:
    """Keeps the scan made anew and encrypted, under a name that says nothing."""
    if not by.can(Perm.FILE_EDIT):
        raise Refused(_("You do not have the right to do this."))
    person = locked([worker], by=by)[0]
    if against := is_open(person):
        raise Refused(*against)
    if new.kind not in {kind.code for kind in FILE_KINDS}:
        raise Refused(_("Choose the kind of paper."))
    is_of_the_case = new.kind in OF_THE_CASE or (new.proves or ("",))[0] == "referral"
    if is_of_the_case and not Worker.objects.in_care_of(by).filter(pk=person.pk).exists():
        raise Refused(_("Her case is not in your care."))
    proves = _proven(person, new)
    incoming = accept(new.content)
    row = PersonFile.objects.create(
        worker=person,
        kind=new.kind,
        stored=store(incoming.content, kind=STORED_KIND, content_type=incoming.content_type, by=by),
        remark=new.remark.strip() or None,
        recorded_by=by,
        **proves,
    )
    record("personfile.add", by=by, obj=row, changes={"kind": [None, new.kind]})
    return row


@transaction.atomic
def ask_withdrawal(*, paper: PersonFile, because: str, by: User) -> PersonFile:
    """It stays where it is until somebody else has looked at the reason."""
    because = said(because, _("Give a reason."))
    _refuse_foreign(paper, by)
    if against := is_open(locked([paper.worker_id], by=by)[0]):
        raise Refused(*against)
    return PERSON_FILE.apply(
        paper,
        "ask_withdrawal",
        by=by,
        asked_because=because,
        asked_at=timezone.now(),
        asked_by=by,
        looked_at=None,
        looked_by=None,
    )


def look_at_withdrawal(*, paper: PersonFile, act: str, by: User) -> PersonFile:
    """`act` is "withdraw" or "keep"."""
    _refuse_foreign(paper, by)
    return PERSON_FILE.apply(paper, act, by=by, looked_at=timezone.now(), looked_by=by)


def _refuse_foreign(paper: PersonFile, by: User) -> None:
    if not PersonFile.objects.visible_to(by).filter(pk=paper.pk).exists():
        raise Refused(_("Her case is not in your care."))


def _proven(person: Worker, new: NewFile) -> dict[str, UUID | int]:
    """The column of what it proves, which must be hers."""
    if new.proves is None:
        return {}
    name, pk = new.proves
    if name in PROVES:
        model = PersonFile._meta.get_field(name).related_model
        if model._base_manager.filter(pk=pk, worker=person).exists():  # type: ignore[union-attr]
            return {f"{name}_id": pk}
    raise Refused(_("What the paper proves is not in her record."))
