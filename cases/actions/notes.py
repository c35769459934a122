"""Notes: written, mended by their author within a day, and corrected by a new note after it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.held import held, said
from cases.models import Note, Worker
from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused


@transaction.atomic
def add_note(*, worker: Worker, text: str, confidential: bool = False, by: User) -> Note:
    person = held(worker, by=by)
    return _write(person, text, confidential=confidential, by=by)


@transaction.atomic
def correct_note(*, note: Note, text: str, by: User) -> Note:
    """A new note that says what was wrong in an old one; as confidential as that one."""
    person = held(note.worker, by=by)
    old = _seen(note, by)
    return _write(person, text, confidential=old.confidential, corrects=old, by=by)


@transaction.atomic
def edit_note(*, note: Note, text: str, by: User) -> Note:
    """By its author, within a day of its writing; the trail says that, not what."""
    person = held(note.worker, by=by)
    row = _seen(note, by)
    if not row.may_be_edited_by(by):
        raise Refused(_("A note is changed by its author within a day. Write a correction."))
    row.text = said(text, _("Write the note."))
    row.edited_at = timezone.now()
    row.edited_by = by
    row.save(update_fields=["text", "edited_at", "edited_by"])
    record("note.edit", by=by, obj=person, changes={"note": [None, str(row.pk)]})
    return row


def _seen(note: Note, by: User) -> Note:
    row = Note.objects.visible_to(by).filter(pk=note.pk).select_for_update(of=("self",)).first()
    if row is None:
        raise Refused(_("There is no such note."))
    return row


def _write(
    person: Worker, text: str, *, confidential: bool, corrects: Note | None = None, by: User
) -> Note:
    note = Note.objects.create(
        worker=person,
        text=said(text, _("Write the note.")),
        confidential=confidential,
        corrects=corrects,
        recorded_by=by,
    )
    act = "note.correct" if corrects else "note.add"
    record(act, by=by, obj=person, changes={"note": [None, str(note.pk)]})
    return note
