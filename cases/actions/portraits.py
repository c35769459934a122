"""Her photo: kept only while she agrees to one, and destroyed when it is removed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import consents
from cases.actions.held import held
from cases.actions.sets import locked
from cases.models import Layer, Portrait, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.files.incoming import accept
from kotim_social.files.store import destroy, store
from kotim_social.workflow import Refused

EDGE = 600
STORED_KIND = "person.portrait"


@transaction.atomic
def add_portrait(*, worker: Worker, content: bytes, by: User) -> Portrait:
    """The new photo takes the place of the old one, whose content is destroyed."""
    person = held(worker, by=by, perm=Perm.FILE_EDIT)
    consents.demand(person, Layer.PHOTO)
    incoming = accept(content, edge=EDGE, pdf=False)
    for earlier in Portrait.objects.kept().filter(worker=person):
        _remove(earlier, by=by)
    portrait = Portrait.objects.create(
        worker=person,
        stored=store(incoming.content, kind=STORED_KIND, content_type=incoming.content_type, by=by),
        recorded_by=by,
    )
    record("portrait.add", by=by, obj=person)
    return portrait


@transaction.atomic
def remove_portrait(*, portrait: Portrait, by: User) -> Portrait:
    """The content is destroyed, also when her case is closed: her no counts for ever."""
    if not by.can(Perm.FILE_EDIT):
        raise Refused(_("You do not have the right to do this."))
    locked([portrait.worker_id], by=by)
    row = Portrait.objects.select_related("stored", "worker").get(pk=portrait.pk)
    if row.removed_at is not None:
        raise Refused(_("The photo is removed already."))
    _remove(row, by=by)
    return row


def _remove(portrait: Portrait, *, by: User) -> None:
    portrait.removed_at = timezone.now()
    portrait.removed_by = by
    portrait.save(update_fields=["removed_at", "removed_by"])
    destroy(portrait.stored, by=by)
    record("portrait.remove", by=by, obj=portrait.worker)
