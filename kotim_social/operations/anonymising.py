"""Carrying out an accepted proposal: what is personal goes from every table, history and file.

The owner runs it. In one transaction the tables' own guards are put aside (the app role never
can), and what FATES names is blanked. Counts, money and the trail stay: a sealed row of the trail
loses its personal text, keeps its seal, and a Redaction says so.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.apps import apps
from django.db import connections, models, transaction
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils import timezone

from cases.models import AnonymisedPerson, Anonymising, Merge, StagedRow, Worker
from disbursements.models import ResultRow
from kotim_social.audit.models import Entry, Redaction
from kotim_social.audit.sealing import START, digest_of, seal
from kotim_social.audit.trail import Row, build
from kotim_social.desk.anonymising import standing_against
from kotim_social.documents.models import IssuedPaper
from kotim_social.files import disk
from kotim_social.files.models import DestroyedFile, StoredFile
from kotim_social.lib.crypto import encrypt
from kotim_social.operations.fates import (
    BARE,
    CIPHER,
    EMPTY,
    FATES,
    GONE,
    MASKED,
    NULL,
    RANDOM,
    SNAPSHOT,
    Fate,
)
from kotim_social.operations.scrubbing import MASK, Scrubber
from kotim_social.operations.written_once import ENCRYPTED

OWNER = "owner"


class AnonymisingError(Exception):
    """It cannot go on; the sentence says why and holds no data."""


def carry_out(proposal: Anonymising) -> dict[str, int]:
    """Place → how many rows lost their personal text. All of it or nothing."""
    if OWNER not in connections:
        raise AnonymisingError(
            "This needs the owner role of the database: set DATABASE_OWNER_URL and run it again."
        )
    seal()
    with transaction.atomic(using=OWNER):
        row = Anonymising.objects.using(OWNER).select_for_update().get(pk=proposal.pk)
        if row.state != "accepted":
            raise AnonymisingError("This proposal is not accepted.")
        people = _still_due(row)
        ids = _with_merged([one.worker_id or one.child_id for one in people])
        scrubber = Scrubber.of(ids, using=OWNER)
        with _guards_aside():
            counts = _blank_all(ids, scrubber)
            counts |= _take_files_away(ids, row)
            counts |= _blank_papers(scrubber, row)
            counts["audit_entry"] = _redact(ids, scrubber)
            _finish(row, people, counts)
    return {place: count for place, count in counts.items() if count}


def _still_due(row: Anonymising) -> list[AnonymisedPerson]:
    """Whoever has something open by now, or an open case, is left for another year."""
    people = list(row.people.using(OWNER).select_related("worker", "child"))
    against = standing_against([one.worker_id for one in people if one.worker_id])
    return [one for one in people if _is_closed(one) and not against.get(one.worker_id)]


def _is_closed(one: AnonymisedPerson) -> bool:
    about = one.about
    if isinstance(about, Worker):
        return bool(about.case_state == "closed")
    # A child who was given a record since then goes with that record.
    return bool(about.state == "closed" and about.worker_id is None)


def _with_merged(ids: list[Any]) -> list[Any]:
    """Her other records too: they were merged into hers."""
    merged = Merge.objects.using(OWNER).filter(kept__in=ids, undone_at__isnull=True)
    return [*ids, *merged.values_list("gone", flat=True)]


@contextmanager
def _guards_aside() -> Iterator[None]:
    """The owner's own triggers rest inside this transaction, and stand again before it ends.

    Taking a guard away locks the table, so nobody writes past it meanwhile.
    """
    tables = sorted({table for table, *_rest in _tables()} | {Entry._meta.db_table})
    with connections[OWNER].cursor() as cursor:
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        yield
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def _tables() -> Iterator[tuple[str, type[models.Model], Fate]]:
    """Each table of FATES and the history that is kept of it."""
    histories = {
        m.pgh_tracked_model: m for m in apps.get_models() if hasattr(m, "pgh_tracked_model")
    }
    for fate in FATES:
        model = apps.get_model(fate.model)
        yield model._meta.db_table, model, fate
        if model in histories:
            yield histories[model]._meta.db_table, histories[model], fate
    paper = IssuedPaper
    yield paper._meta.db_table, paper, Fate("documents.IssuedPaper", ())


def rows_of(fate: Fate, ids: Iterable[Any]) -> models.QuerySet[Any]:
    hers = Q(*((f"{name}__in", list(ids)) for name in fate.hers), _connector=Q.OR)
    return apps.get_model(fate.model)._base_manager.using(OWNER).filter(hers)


def _blank_all(ids: list[Any], scrubber: Scrubber) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table, model, fate in _tables():
        if not fate.columns:
            continue
        hers = list(rows_of(fate, ids).values_list("pk", flat=True).distinct())
        rows = model._base_manager.using(OWNER).filter(id__in=hers)
        for row in rows.iterator(chunk_size=500):
            _blank(row, fate, scrubber)
        counts[table] = len(hers) if model._meta.label == fate.model else rows.count()
    for label in GONE:
        gone = apps.get_model(label)._base_manager.using(OWNER).filter(worker__in=ids)
        counts[gone.model._meta.db_table] = gone.count()
        gone._raw_delete(using=OWNER)  # type: ignore[attr-defined]
    return counts


def _blank(row: Any, fate: Fate, scrubber: Scrubber) -> None:
    """One row, by a statement that sets these columns and no other."""
    values: dict[str, Any] = {}
    for name, what in fate.columns.items():
        made = row._meta.get_field(name)
        old = getattr(row, made.attname)
        if old not in (None, ""):
            values[str(made.column)] = _value(row, made, what, old, scrubber)
    if values:
        _update(row, values)


def _value(row: Any, made: Any, what: str, old: Any, scrubber: Scrubber) -> Any:
    if what == SNAPSHOT:
        return token(made, scrubber.scrubbed_row(old), row.id)
    if what == CIPHER:
        return token(made, hollow(old) if getattr(made, "is_json", False) else MASK, row.id)
    if what == BARE:
        return token(made, type(old)(), row.id)
    fixed = {NULL: None, EMPTY: "", MASKED: MASK, RANDOM: secrets.token_hex(32)}
    return fixed[what] if what in fixed else old.replace(month=1, day=1)


def token(made: Any, value: Any, record_id: Any) -> bytes:
    """What the field itself would store for this record."""
    plain = json.dumps(value) if getattr(made, "is_json", False) else value
    return encrypt(plain.encode(), label=made.label, record_id=str(record_id))


def hollow(value: Any) -> Any:
    """The same shape with nothing in it: pages still find its keys."""
    if isinstance(value, dict):
        return {key: hollow(one) for key, one in value.items()}
    if isinstance(value, list):
        return [hollow(one) for one in value]
    return "" if isinstance(value, str) else None


def _update(row: Any, values: dict[str, Any]) -> None:
    pk = row._meta.pk.column
    names = ", ".join(f'"{name}" = %s' for name in values)
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            f'UPDATE "{row._meta.db_table}" SET {names} WHERE "{pk}" = %s',
            [*values.values(), row.pk],
        )


def _take_files_away(ids: list[Any], row: Anonymising) -> dict[str, int]:
    """Scans and photos; and the workbooks and bank's files that hold her line beside others:
    the lines of the others stand in their own rows."""
    stored = set()
    for label in ("cases.PersonFile", "cases.Portrait"):
        hers = apps.get_model(label)._base_manager.using(OWNER).filter(worker__in=ids)
        stored |= set(hers.values_list("stored_id", flat=True))
    staged = StagedRow._base_manager.using(OWNER)
    stored |= set(
        staged.filter(Q(worker__in=ids) | Q(repeats_worker__in=ids) | Q(pk__in=ids)).values_list(
            "source__file_id", flat=True
        )
    )
    results = ResultRow._base_manager.using(OWNER).filter(line__entitlement__worker__in=ids)
    stored |= set(results.values_list("source__file_id", flat=True))
    return {"files": destroy(stored, row)}


def destroy(stored: Iterable[Any], row: Anonymising) -> int:
    """The contents, once the transaction stands; that they were there stays on record."""
    files = StoredFile._base_manager.using(OWNER).filter(pk__in=stored, destroyed__isnull=True)
    found = list(files)
    for one in found:
        gone = DestroyedFile(stored=one, destroyed_by=row.decided_by)
        gone.save(using=OWNER, force_insert=True)
        transaction.on_commit(partial(disk.remove, one.pk), using=OWNER)
    return len(found)


def _blank_papers(scrubber: Scrubber, row: Anonymising) -> dict[str, int]:
    """Papers in which she stands: number, date and figures stay, her text and the file go."""
    made = next(f for f in IssuedPaper._meta.local_concrete_fields if isinstance(f, ENCRYPTED))
    hers = []
    for paper in IssuedPaper._base_manager.using(OWNER).iterator(chunk_size=200):
        about_her = scrubber.is_hers(paper)
        scrubbed, found = scrubber.scrubbed(paper.snapshot)
        if about_her or found:
            content = {"anonymised": True} if about_her else scrubbed
            _update(paper, {str(made.column): token(made, content, paper.id)})
            hers.append(paper.file_id)
    return {"documents_issuedpaper": len(hers), "paper files": destroy(hers, row)}


def _redact(ids: list[Any], scrubber: Scrubber) -> int:
    """Personal text in the trail; who did what when stays, and so does each seal."""
    about = scrubber.object_ids
    texts = Q()
    for text in scrubber.texts:
        texts |= Q(reason__icontains=text) | Q(written__icontains=text)
    every = Entry._base_manager.using(OWNER).alias(written=Cast("changes", models.TextField()))
    entries = every.filter(Q(object_id__in=about) | texts)
    count = 0
    for entry in entries.order_by("pk"):
        of_her = entry.object_id in about
        reason = MASK if of_her and entry.reason else scrubber.plain(entry.reason)
        changes = scrubber.changes(entry.changes, whole=of_her)
        if (reason, changes) == (entry.reason, entry.changes):
            continue
        _update(entry, {"reason": reason, "changes": json.dumps(changes)})
        left = Entry._base_manager.using(OWNER).get(pk=entry.pk)
        Redaction._base_manager.using(OWNER).filter(entry_id=entry.pk)._raw_delete(using=OWNER)  # type: ignore[attr-defined]
        Redaction(entry_id=entry.pk, rest=digest_of(left, START)).save(
            using=OWNER, force_insert=True
        )
        count += 1
    return count


def _finish(row: Anonymising, people: list[AnonymisedPerson], counts: dict[str, int]) -> None:
    now = timezone.now()
    AnonymisedPerson.objects.using(OWNER).filter(pk__in=[one.pk for one in people]).update(
        done_at=now
    )
    Anonymising.objects.using(OWNER).filter(pk=row.pk).update(state="done", done_at=now)
    entries = [_of_one(one.about) for one in people]
    changes = {"people": [None, len(people)], "rows": [None, sum(counts.values())]}
    entries.append(
        build(
            "anonymising.carry_out",
            by=None,
            object_type="cases.anonymising",
            object_id=str(row.pk),
            changes=changes,
        )
    )
    for row_of_trail in entries:
        row_of_trail.entry().save(using=OWNER, force_insert=True)


def _of_one(about: models.Model) -> Row:
    kind = about._meta
    return build(
        f"{kind.model_name}.anonymise",
        by=None,
        object_type=kind.label_lower,
        object_id=str(about.pk),
    )
