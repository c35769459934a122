"""What the app role may do to each table: everything else is the owner's alone."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import BaseDatabaseWrapper

from kotim_social.audit.immutable import ImmutableModel

READ = "SELECT"
APPEND = "SELECT, INSERT"
WRITE = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"

# Tables from which the program itself takes rows away: sessions and keys that have run out,
# lines of a draft, members of a set, and the rows of an import that is undone.
DELETABLE = {
    "sessions.Session",
    "idempotency.AnsweredKey",
    "drafts.Draft",
    "mfa.Authenticator",
    "accounts.Assignment",
    "accounts.RoleGrant",
    "accounts.CachedValue",
    "cases.Alias",
    "cases.StagedRow",
    "cases.Worker",
    "cases.BankAccount",
    "cases.Journey",
    "cases.ChildReferral",
    "cases.CaseHolder",
    "cases.ChoiceChange",
    "cases.DifferentPeople",
}
READ_ONLY = {
    "contenttypes.ContentType",
    "auth.Permission",
    "auth.Group",
    "regions.Province",
    "regions.Regency",
    "regions.District",
    "regions.Spelling",
    "regions.Place",
    # Only the owner takes text out of the trail, when she is anonymised.
    "audit.Redaction",
}
# Tables of which the program sees nothing but what views and functions of the owner give out.
CLOSED = {"desk.ChangedPerson", "desk.Group", "desk.PersonGroup"}

# Tables of which the app role may change some columns only; the database keeps the others.
COLUMNS = {
    "cases.Consent": "withdrawn_on, withdrawn_at, withdrawn_by_id, withdrawn_because",
    "cases.Note": "text, edited_at, edited_by_id",
    "cases.PersonFile": "state, asked_because, asked_at, asked_by_id, looked_at, looked_by_id",
    "cases.Portrait": "removed_at, removed_by_id",
    "cases.PlanLine": "state, outcome, ended_on, ended_at, ended_by_id",
    "cases.Referral": "letter_id, state, answer, answered_on, answered_at, answered_by_id",
    "cases.StayBreach": (
        "state, her_side, heard_on, heard_at, heard_by_id, finding, found_at, found_by_id"
    ),
    "cases.DataRequest": "state, outcome, answered_at, answered_by_id, letter_id",
    "cases.BreachPerson": "removed_at, removed_by_id, removal_reason",
    "cases.BreachNotice": "channel, evidence, sent_at, sent_by_id",
    # Carrying it out (done) is the owner's alone.
    "cases.Anonymising": "state, decided_at, decided_by_id",
    "cases.AnonymisedPerson": "term",
    "cases.CaseOffer": "state, answered_at, answered_by_id",
    "disbursements.Entitlement": (
        "state, lapsed_on, lapsed_at, lapsed_by_id, lapsed_because, lapse_kind, deposit_number"
    ),
    "disbursements.ProgrammeChange": "state, decided_at, decided_by_id",
    "disbursements.PaymentList": "state, revision, order_number, ordered_on, batch_code",
    "disbursements.PaymentLine": (
        "state, snapshot, payee_mark, result_on, result_at, result_by_id, result_reason, "
        "result_note, deposit_slip"
    ),
}


def grants_by_table() -> dict[str, str]:
    """Table name → what the app role may do with it."""
    grants: dict[str, str] = {"django_migrations": READ}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        if model._meta.proxy or label in CLOSED:
            continue
        if label in COLUMNS:
            allowed = f"{APPEND}, UPDATE ({COLUMNS[label]})"
        elif label in DELETABLE:
            allowed = ALL
        elif label in READ_ONLY or not model._meta.managed:
            allowed = READ
        elif issubclass(model, ImmutableModel) or hasattr(model, "pgh_tracked_model"):
            allowed = APPEND
        elif model._meta.auto_created:
            allowed = ALL
        else:
            allowed = WRITE
        grants[model._meta.db_table] = allowed
    return grants


# What the policies of the person tables decide by; nobody else calls them.
FUNCTIONS = r"""
    SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'kotim\_%'
"""


def apply_grants(connection: BaseDatabaseWrapper) -> None:
    """Gives the app role exactly these rights; run as the owner, after each migration."""
    role = connection.ops.quote_name(settings.DATABASES[DEFAULT_DB_ALIAS]["USER"])
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor, include_views=True))
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}, PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        for table, wanted in grants_by_table().items():
            if table not in existing:
                continue
            allowed = wanted
            if "(" in wanted:
                described = connection.introspection.get_table_description(cursor, table)
                allowed = _of_columns(wanted, {column.name for column in described})
            cursor.execute(f"GRANT {allowed} ON {connection.ops.quote_name(table)} TO {role}")
        cursor.execute(FUNCTIONS)
        for (function,) in cursor.fetchall():
            cursor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {role}")


def _of_columns(allowed: str, known: set[str]) -> str:
    """The same for a table that was migrated back: columns that it has not got are left out.

    A column that is named wrongly would go unseen here; doctor compares with what was given.
    """
    before, update, columns = allowed.partition(", UPDATE (")
    there = [column for column in columns.rstrip(")").split(", ") if column in known]
    return f"{before}{update}{', '.join(there)})" if there else before
