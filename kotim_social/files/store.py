"""Putting files into the private store, and taking out what no row speaks of."""

import time
from datetime import timedelta

from django.db import transaction

from kotim_social.accounts.models import User
from kotim_social.files import disk
from kotim_social.files.models import StoredFile


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


def reencrypt(stored: StoredFile) -> None:
    """Write the file anew under the current key (for the rotation of keys)."""
    disk.write(stored.pk, stored.read())


def sweep(*, older_than: timedelta = timedelta(hours=24)) -> int:
    """Remove files left by rolled-back work or a crash; the count of removed ones.

    Younger files are spared: their transaction may still be open.
    """
    removed = 0
    for path, file_id in disk.all_files(older_than=time.time() - older_than.total_seconds()):
        if file_id is None or not StoredFile.objects.filter(pk=file_id).exists():
            path.unlink(missing_ok=True)
            removed += 1
    return removed
