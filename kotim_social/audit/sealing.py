"""The hash chain over the trail: sealing what has been committed, and checking all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from kotim_social.audit.models import Entry, Redaction, Seal

# One sealer at a time; writers of the trail never wait for it.
SEALER_LOCK = 20171129
START = "0" * 64


@dataclass(frozen=True)
class Verdict:
    """Outcome of a check: rows sealed, rows not yet sealed, and the first bad one, if any."""

    sealed: int
    unsealed: int
    head: str
    first_bad: int | None
    sentence: str

    @property
    def ok(self) -> bool:
        return self.first_bad is None


@dataclass(frozen=True)
class Standing:
    """How far the chain reaches now: its head, the rows under it, and the tail without a seal."""

    sealed: int
    unsealed: int
    head: str


def standing() -> Standing:
    """Read in no time, without checking the chain; `verify` does that."""
    last = Seal.objects.order_by("-sequence").first()
    sealed = last.sequence if last else 0
    waiting = Entry.objects.filter(~Exists(Seal.objects.filter(entry_id=OuterRef("pk")))).count()
    return Standing(sealed, waiting, last.digest if last else START)


def digest_of(entry: Entry, before: str) -> str:
    """SHA-256 over the digest before it and every column of the row."""
    row = [
        entry.pk,
        # The same text whatever time zone the connection speaks.
        entry.at.astimezone(UTC).isoformat(),
        entry.transaction,
        entry.user_id,
        entry.username,
        entry.act,
        entry.object_type,
        entry.object_id,
        entry.reason,
        entry.changes,
        entry.request_id,
    ]
    text = before + json.dumps(row, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def seal() -> str:
    """Seals every row whose transaction has surely ended; returns the head of the chain."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])
        horizon = _horizon()
        last = Seal.objects.order_by("-sequence").first()
        sequence, head = (last.sequence, last.digest) if last else (0, START)
        seals = []
        waiting = Entry.objects.filter(
            ~Exists(Seal.objects.filter(entry_id=OuterRef("pk"))), transaction__lt=horizon
        )
        for entry in waiting.order_by("pk").iterator(chunk_size=2000):
            sequence += 1
            head = digest_of(entry, head)
            seals.append(Seal(sequence=sequence, entry_id=entry.pk, digest=head))
        Seal.objects.bulk_create(seals, batch_size=2000)
    return head


def _horizon() -> int:
    """Every transaction below this number has ended, in the whole server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def verify() -> Verdict:
    """Walks the whole chain and names the first row that was changed, removed or slipped in."""
    head, first_bad, sentence = START, None, ""
    rests = dict(Redaction.objects.values_list("entry_id", "rest"))
    for expected, (mark, entry) in enumerate(_sealed_rows(), start=1):
        if mark.sequence != expected:
            first_bad, sentence = expected, f"Seal {expected} is missing."
        elif entry is None:
            first_bad, sentence = mark.entry_id, f"Trail row {mark.entry_id} was removed."
        elif digest_of(entry, head) != mark.digest and not _is_redacted(entry, rests):
            first_bad, sentence = mark.entry_id, f"Trail row {mark.entry_id} was changed."
        if first_bad is not None:
            break
        head = mark.digest
    sealed = Seal.objects.count()
    return Verdict(sealed, Entry.objects.count() - sealed, head, first_bad, sentence)


def _is_redacted(entry: Entry, rests: dict[int, str]) -> bool:
    """Whether personal text was taken out of this row lawfully, and nothing was changed since."""
    return rests.get(entry.pk) == digest_of(entry, START)


def _sealed_rows() -> Iterator[tuple[Seal, Entry | None]]:
    """Seals in order, each with the row it speaks of, a thousand rows a query."""
    last = 0
    while marks := list(Seal.objects.filter(sequence__gt=last).order_by("sequence")[:1000]):
        entries = Entry.objects.in_bulk([mark.entry_id for mark in marks])
        for mark in marks:
            yield mark, entries.get(mark.entry_id)
        last = marks[-1].sequence
