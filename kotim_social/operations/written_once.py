"""Rows that are written once: the database lets the owner renew their ciphertext, nothing else."""

from __future__ import annotations

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kotim_social.audit.immutable import ImmutableModel
from kotim_social.lib.encrypted import EncryptedJSONField, EncryptedTextField

ENCRYPTED = (EncryptedTextField, EncryptedJSONField)
NAME = "written_once"
# Grants keep the app role from these rows already; this binds the owner as well, whose program
# could otherwise change what was written by a slip. A migration that has to change such rows
# says so: it disables the trigger and enables it again.
GUARD = f"""
CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    ciphers CONSTANT text[] := coalesce(TG_ARGV, ARRAY[]::text[]);
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
       AND to_jsonb(NEW) - ciphers = to_jsonb(OLD) - ciphers THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a row of % is written once', TG_TABLE_NAME USING ERRCODE = 'KT002';
END $$;
"""


def is_written_once(model: type[models.Model]) -> bool:
    """Append-only rows and the history that triggers keep."""
    return issubclass(model, ImmutableModel) or hasattr(model, "pgh_tracked_model")


def guarded_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if is_written_once(m) and m._meta.managed]


def cipher_columns(model: type[models.Model]) -> list[str]:
    fields = model._meta.local_concrete_fields
    return [str(field.column) for field in fields if isinstance(field, ENCRYPTED)]


def apply_guards(connection: BaseDatabaseWrapper) -> None:
    """Puts the guard on each such table; run as the owner, after each migration, like the grants.

    The tables follow from the models, so a new one cannot be forgotten.
    """
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(GUARD)
        existing = set(connection.introspection.table_names(cursor))
        for model in guarded_models():
            if model._meta.db_table not in existing:
                continue
            table = quote(model._meta.db_table)
            ciphers = ", ".join(f"'{column}'" for column in cipher_columns(model))
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {NAME} BEFORE UPDATE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {NAME}({ciphers})"
            )
