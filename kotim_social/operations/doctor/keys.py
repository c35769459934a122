"""The key file, and whether it holds every key that something stored was written with."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection

from kotim_social.files import disk
from kotim_social.lib.crypto import CryptoError, Keyring, load_keyring, token_key_id
from kotim_social.lib.encrypted import EncryptedAttribute
from kotim_social.operations.doctor.findings import Finding, error, good

LONGEST_HEAD = 2 + 255 + 12
# The key id of a token stands after its version and length bytes, see lib/crypto.py.
IDS_OF_COLUMN = """
    SELECT convert_from(substr({column}, 3, get_byte({column}, 1)), 'UTF8'), count(*)
    FROM {table} WHERE {column} IS NOT NULL AND length({column}) > 2 GROUP BY 1
"""


def check_key_file() -> Iterator[Finding]:
    path = Path(settings.KOTIM_KEY_FILE)
    try:
        ring = load_keyring()
    except CryptoError as problem:
        yield error("keys", f"Berkas kunci {path} tidak dapat dipakai: {problem}.", _remedy(path))
    else:
        yield good("keys", f"Berkas kunci memuat {len(ring.key_ids)} kunci data.")


def _remedy(path: Path) -> str:
    if path.exists():
        return f"chmod 600 {path}; bila isinya rusak, kembalikan dari cadangan (manage restore)."
    return "Kembalikan berkas kunci dari cadangan. Jangan membuat yang baru: data lama tak terbuka."


def check_key_use() -> Iterator[Finding]:
    """Looks at every stored token's key id; opens none."""
    try:
        ring: Keyring = load_keyring()
    except CryptoError:
        return
    used = keys_in_use()
    missing = sorted(set(used) - set(ring.key_ids))
    if missing:
        lost = sum(used[key_id] for key_id in missing)
        yield error(
            "key use",
            f"Kunci {', '.join(missing)} tidak ada dalam berkas kunci; {lost} isian tidak terbuka.",
            "Kembalikan berkas kunci yang memuatnya dari cadangan.",
        )
        return
    idle = sorted(set(ring.key_ids) - set(used) - {ring.current})
    sentence = f"Semua {sum(used.values())} isian tersandi mempunyai kuncinya."
    if idle:
        sentence += f" Kunci {', '.join(idle)} tidak dipakai lagi."
    yield good("key use", sentence)


def keys_in_use() -> Counter[str]:
    """Key id → how many stored tokens were written with it: columns, second factors, files."""
    used: Counter[str] = Counter()
    for table, column in encrypted_columns():
        with connection.cursor() as cursor:
            quote = connection.ops.quote_name
            cursor.execute(IDS_OF_COLUMN.format(table=quote(table), column=quote(column)))
            for key_id, count in cursor.fetchall():
                used[key_id] += count
    used.update(_of_second_factors())
    used.update(_of_files())
    return used


def encrypted_columns() -> Iterator[tuple[str, str]]:
    """(table, column) of every encrypted field, history tables included."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            encrypted = getattr(field, "descriptor_class", None) is EncryptedAttribute
            if encrypted and field.column and model._meta.managed and not model._meta.proxy:
                yield model._meta.db_table, field.column


def _of_second_factors() -> Iterator[str]:
    for data in Authenticator.objects.values_list("data", flat=True):
        for name in ("secret", "seed"):
            with suppress(CryptoError, binascii.Error, KeyError):
                yield token_key_id(base64.b64decode(data[name]))


def _of_files() -> Iterator[str]:
    for path, file_id in disk.all_files(older_than=float("inf")):
        if file_id is not None:
            with suppress(FileNotFoundError, CryptoError), path.open("rb") as file:
                yield token_key_id(file.read(LONGEST_HEAD))
