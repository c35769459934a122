"""Putting files into the private store, and taking out what no row speaks of."""

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from kotim_social.accounts.models import User
from kotim_social.audit.scope import whole_office
from kotim_social.audit.trail import record
from kotim_social.files import disk
from kotim_social.files.models import DestroyedFile, StoredFile


@transaction.atomic
def store(content: bytes, *, kind: str, content_type: str, by: User | None) -> StoredFile:
    """Keep content encrypted; `by` is None for a command.

    The row comes first, so a refused row leaves no file. A rollback further out leaves one that
    no row names: `sweep` removes it.
    """
    stored = StoredFile.objects.create(
        kind=kind,
        sha256=disk.digest(content),
        size=len(content),
        content_type=content_type,
        created_by=by,
    )
    disk.write(stored.pk, content)
    return stored


@transaction.atomic
def destroy(stored: StoredFile, *, by: User | None, reason: str = "") -> None:
    """The content is gone for good once the transaction stands; the row says that it was there.

    `by` is None when its time ran out.
    """
    DestroyedFile.objects.create(stored=stored, destroyed_by=by)
    record("file.destroy", by=by, obj=stored, reason=reason)
    transaction.on_commit(partial(disk.remove, stored.pk))


@whole_office()
def unowned(*, older_than: timedelta = timedelta(hours=24)) -> list[UUID]:
    """Stored files that no row of any other table speaks of (for `doctor`).

    Younger ones are spared: whoever keeps them may still be writing.
    """
    rows = StoredFile.objects.filter(created_at__lt=timezone.now() - older_than)
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        if relation.related_model is DestroyedFile:
            continue
        field = relation.field.attname
        owners = relation.related_model._base_manager.filter(**{f"{field}__isnull": False})
        rows = rows.exclude(pk__in=owners.values(field))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def reencrypt(stored: StoredFile) -> None:
    """Write the file anew under the current key (for the rotation of keys)."""
    disk.write(stored.pk, stored.read())


def leftovers(*, older_than: timedelta = timedelta(hours=24)) -> Iterator[Path]:
    """Files on the disk that no row speaks of: of rolled-back work or a crash, or to be destroyed.

    Younger ones are spared: their transaction may still be open.
    """
    for path, file_id in disk.all_files(older_than=time.time() - older_than.total_seconds()):
        if file_id is None or not StoredFile.objects.kept().filter(pk=file_id).exists():
            yield path


def lost() -> list[UUID]:
    """Rows whose file is not on the disk (for `doctor`)."""
    rows = StoredFile.objects.kept().order_by("pk").values_list("pk", flat=True)
    return [file_id for file_id in rows.iterator() if not disk.path_of(file_id).exists()]


def sweep(*, older_than: timedelta = timedelta(hours=24)) -> int:
    """Removes the leftovers; returns how many."""
    removed = 0
    for path in leftovers(older_than=older_than):
        path.unlink(missing_ok=True)
        removed += 1
    return removed
