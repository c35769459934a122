"""Re-encrypting everything under a new data key: columns, history, second factors and files.

What rotates is the data key. The keys of the blind indexes do not: lookups and uniqueness compare
hashes of all rows with each other, and approvals keep such a hash for good.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pghistory.trigger
import pgtrigger
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connections, transaction

from kotim_social.accounts.adapters import MFAAdapter
from kotim_social.audit.trail import record
from kotim_social.files import disk
from kotim_social.lib.crypto import (
    CryptoError,
    add_data_key,
    decrypt,
    drop_data_keys,
    encrypt,
    load_keyring,
    token_head,
    token_key_id,
)
from kotim_social.operations.written_once import ENCRYPTED

OWNER = "owner"
BATCH = 500
FILES, SECOND_FACTORS = "files", Authenticator._meta.db_table
UNREADABLE = "?"
Progress = Callable[[str, int], None]


class RotationError(Exception):
    """The rotation cannot go on; the sentence says why and what to do, and holds no data."""


@dataclass(frozen=True)
class EncryptedTable:
    """A table with encrypted columns; `record` is the column that binds their tokens."""

    name: str
    pk: str
    record: str
    labels: dict[str, str] = field(default_factory=dict)  # column → label of its field


def encrypted_tables() -> list[EncryptedTable]:
    """Every table with an encrypted field, history tables included; from the models alone."""
    tables = []
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        fields = [f for f in meta.local_concrete_fields if isinstance(f, ENCRYPTED)]
        if fields and meta.managed and not meta.proxy and meta.pk is not None:
            labels = {str(f.column): f.label for f in fields}
            record_id = next(str(f.column) for f in meta.local_concrete_fields if f.name == "id")
            tables.append(EncryptedTable(meta.db_table, str(meta.pk.column), record_id, labels))
    return tables


def key_uses(using: str = OWNER) -> dict[str, dict[str, int]]:
    """Key id → place (table.column, or files) → how many tokens of that key lie there.

    What is no token at all stands under "?". `using` is the role that reads; counting needs only
    the app's.
    """
    uses: dict[str, Counter[str]] = {}
    for place, key_id, count in (*_uses_in_columns(using), *_uses_elsewhere(using)):
        uses.setdefault(key_id, Counter())[place] += count
    return {key_id: dict(places) for key_id, places in sorted(uses.items())}


def _uses_in_columns(using: str) -> Iterator[tuple[str, str, int]]:
    with _connection(using).cursor() as cursor:
        for table in encrypted_tables():
            for column in table.labels:
                cursor.execute(
                    f'SELECT CASE WHEN length("{column}") > 2 THEN substring("{column}" FROM 1'
                    f' FOR 2 + get_byte("{column}", 1)) END, count(*) FROM "{table.name}"'
                    f' WHERE "{column}" IS NOT NULL GROUP BY 1'
                )
                for head, count in cursor.fetchall():
                    yield f"{table.name}.{column}", _key_id(bytes(head or b"")), count


def _uses_elsewhere(using: str) -> Iterator[tuple[str, str, int]]:
    for row in Authenticator.objects.using(using).all():
        for text in _tokens_in(row.data):
            yield SECOND_FACTORS, _key_id(base64.b64decode(text)), 1
    for path, file_id in disk.all_files(older_than=time.time() + 60):
        if file_id is not None:
            with suppress(FileNotFoundError):
                yield FILES, _key_id_of_file(path), 1


def _key_id_of_file(path: Path) -> str:
    try:
        return disk.key_id_of(path)
    except CryptoError:
        return UNREADABLE


def _key_id(head: bytes) -> str:
    try:
        return token_key_id(head.ljust(300, b"\0"))
    except CryptoError:
        return UNREADABLE


def old_keys_in_use() -> dict[str, int]:
    """Id of each key that no longer writes → how many tokens it still opens."""
    current = load_keyring().current
    return {k: sum(places.values()) for k, places in key_uses().items() if k != current}


def rotate(*, say: Progress = lambda place, count: None, batch: int = BATCH) -> dict[str, int]:
    """Place → how many tokens got the new key. A run that was cut off is finished, not begun anew.

    Each batch is committed by itself; what has the current key already is left alone. One row in
    the trail at the end, with the counts and the ids of the keys.
    """
    path = settings.KOTIM_KEY_FILE
    try:
        before = old_keys_in_use()
        _refuse_lost_keys(before)
        resumed = bool(before)
        current = load_keyring().current if resumed else add_data_key(path)
        counts = _rotate_all(current, say, batch)
        left = old_keys_in_use()
    except CryptoError as error:
        raise RotationError(
            f"Stopped: {error}. Nothing was lost; put the right key file back and run it again."
        ) from None
    except OSError as error:
        raise RotationError(
            f"Stopped: {error.strerror}. Mend it and run the command again: it goes on from there."
        ) from None
    changes = {"key": [sorted(before) if resumed else None, current], "tokens": [None, counts]}
    record("keys.rotate", by=None, object_type="keys", object_id=current, changes=changes)
    if left:
        raise RotationError(
            "Somebody wrote with the old key meanwhile. Run the command again to finish."
        )
    return counts


def drop_unused() -> list[str]:
    """Takes the keys out of the key file that open nothing any more; their ids."""
    used, keyring = key_uses(), load_keyring()
    unused = [k for k in keyring.key_ids if k not in used and k != keyring.current]
    if unused:
        drop_data_keys(settings.KOTIM_KEY_FILE, unused)
        changes = {"dropped": [unused, None]}
        record("keys.drop", by=None, object_type="keys", object_id=keyring.current, changes=changes)
    return unused


def _refuse_lost_keys(old: dict[str, int]) -> None:
    known = load_keyring().key_ids
    for key_id, count in old.items():
        if key_id == UNREADABLE:
            raise RotationError(f"{count} encrypted values are damaged: restore them first.")
        if key_id not in known:
            raise RotationError(
                f"{count} values need the key {key_id}, which is not in the key file. Put the "
                "key back; nothing was changed."
            )


def _rotate_all(current: str, say: Progress, batch: int) -> dict[str, int]:
    counts = {}
    for table in encrypted_tables():
        counts[table.name] = sum(_batches(table, current, batch))
        say(table.name, counts[table.name])
    counts[SECOND_FACTORS] = _rotate_second_factors(current)
    say(SECOND_FACTORS, counts[SECOND_FACTORS])
    counts[FILES] = _rotate_files(current)
    say(FILES, counts[FILES])
    return {place: count for place, count in counts.items() if count}


def _batches(table: EncryptedTable, current: str, batch: int) -> Iterator[int]:
    """Tokens renewed in each batch. The statement sets ciphertext columns and no other."""
    head, columns = token_head(current), list(table.labels)
    old = " OR ".join(f'substring("{c}" FROM 1 FOR {len(head)}) <> %s' for c in columns)
    names = ", ".join(f'"{c}"' for c in columns)
    read = (
        f'SELECT "{table.pk}", "{table.record}", {names} FROM "{table.name}"'
        f' WHERE {old} ORDER BY "{table.pk}" LIMIT {int(batch)} FOR UPDATE'
    )
    write = (
        f'UPDATE "{table.name}" SET {", ".join(f"{chr(34)}{c}{chr(34)} = %s" for c in columns)}'
        f' WHERE "{table.pk}" = %s'
    )
    while True:
        with transaction.atomic(using=OWNER), _connection().cursor() as cursor:
            _leave_history_alone(cursor)
            cursor.execute(read, [head] * len(columns))
            rows = cursor.fetchall()
            if not rows:
                return
            renewed = [_renewed(table, row, head) for row in rows]
            cursor.executemany(write, [values for values, _count in renewed])
        yield sum(count for _values, count in renewed)


def _renewed(table: EncryptedTable, row: tuple[Any, ...], head: bytes) -> tuple[list[Any], int]:
    """The row's tokens under the current key, and how many are new."""
    pk, record_id, *tokens = row
    values: list[Any] = []
    count = 0
    for label, held in zip(table.labels.values(), tokens, strict=True):
        token = bytes(held) if held is not None else None
        if token is not None and not token.startswith(head):
            plain = decrypt(token, label=label, record_id=str(record_id))
            token = encrypt(plain, label=label, record_id=str(record_id))
            count += 1
        values.append(token)
    return [*values, pk], count


def _leave_history_alone(cursor: Any) -> None:
    """The facts stay the same: no row of history is written for this transaction."""
    names = [
        trigger.get_pgid(model)
        for model, trigger in pgtrigger.registered()
        if isinstance(trigger, pghistory.trigger.Event)
    ]
    cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + ",".join(names) + "}"])


def _rotate_second_factors(current: str) -> int:
    adapter, renewed = MFAAdapter(), 0

    def renew(text: str) -> str:
        nonlocal renewed
        if _key_id(base64.b64decode(text)) == current:
            return text
        renewed += 1
        return adapter.encrypt(adapter.decrypt(text))

    with transaction.atomic(using=OWNER):
        for row in Authenticator.objects.using(OWNER).select_for_update():
            data = _mapped(row.data, renew)
            if data != row.data:
                Authenticator.objects.using(OWNER).filter(pk=row.pk).update(data=data)
    return renewed


def _rotate_files(current: str) -> int:
    renewed = 0
    for path, file_id in disk.all_files(older_than=time.time() + 60):
        if file_id is not None and disk.key_id_of(path) != current:
            disk.reencrypt(file_id)
            renewed += 1
    return renewed


def _tokens_in(data: Any) -> Iterator[str]:
    found: list[str] = []

    def keep(text: str) -> str:
        found.append(text)
        return text

    _mapped(data, keep)
    yield from found


def _mapped(data: Any, change: Callable[[str], str]) -> Any:
    """The same structure with every token in it put through `change`."""
    if isinstance(data, dict):
        return {key: _mapped(value, change) for key, value in data.items()}
    if isinstance(data, list):
        return [_mapped(value, change) for value in data]
    return change(data) if isinstance(data, str) and _is_token(data) else data


def _is_token(text: str) -> bool:
    try:
        token_key_id(base64.b64decode(text, validate=True))
    except (CryptoError, binascii.Error, ValueError):
        return False
    return True


def _connection(alias: str = OWNER) -> Any:
    if alias not in connections:
        raise RotationError(
            "This needs the owner role of the database: set DATABASE_OWNER_URL and run it again."
        )
    return connections[alias]
