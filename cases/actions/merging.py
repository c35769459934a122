"""The person's side of merging two records; the money's side stands above, in the desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import workflow
from cases.actions.accounts import open_accounts
from cases.actions.sets import is_open, locked
from cases.actions.workers import shown, write_columns
from cases.identity import folded, nik_indexes
from cases.models import Alias, BankAccount, Journey, Merge, Worker
from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused

# What may be taken over from the record that goes: key → label and columns.
TAKEABLE: dict[str, tuple[Any, tuple[str, ...]]] = {
    "name": (gettext_lazy("Name"), ("name",)),
    "nik": (gettext_lazy("NIK"), ("nik", "nik_note")),
    "birth_place": (gettext_lazy("Place of birth"), ("birth_place",)),
    "birth_date": (gettext_lazy("Date of birth"), ("birth_date",)),
    "mother": (gettext_lazy("Mother's name"), ("mother_name",)),
    "phone": (gettext_lazy("Telephone"), ("phone",)),
    "wisma": (gettext_lazy("Wisma / room"), ("wisma",)),
    "home": (gettext_lazy("Home region"), ("home_regency_id", "home_district_id")),
    "address": (gettext_lazy("Home address"), ("home_address",)),
    "children": (gettext_lazy("Accompanying children"), ("children",)),
    "account": (gettext_lazy("Account number"), ()),
}
# An approval was given for these facts of hers: they come from no other record.
PAYEE = frozenset({"name", "nik", "account"})
_MAY_GO = ("on_site", "not_found")


def against_merging(kept: Worker, gone: Worker, by: User) -> list[str]:
    """What stands against it as far as the persons are concerned."""
    if kept.pk == gone.pk:
        return [_("Choose two records.")]
    against = [*is_open(kept), *workflow.CASE.can(gone, by, "merge")]
    if Merge.objects.standing().filter(kept=gone).exists():
        against.append(_("Another record is merged into this one: keep this one."))
    journey = Journey.objects.filter(worker=gone, current=True).first()
    if journey is not None and journey.state not in _MAY_GO:
        against.append(
            _("Her journey is in the state “%(state)s”: keep this one, or end it first.")
            % {"state": journey.state_shown.label}
        )
    return against


@transaction.atomic
def merge_records(
    *, kept: Worker, gone: Worker, take: Iterable[str], reason: str, put_aside: Any, by: User
) -> Merge:
    """`gone` keeps its number and history and is read only; `kept` leads on with what is taken.

    `put_aside` is what the act above has put aside, kept for the way back.
    """
    people = {worker.pk: worker for worker in locked([kept, gone], by=by)}
    kept, gone = people[kept.pk], people[gone.pk]
    if against := against_merging(kept, gone, by):
        raise Refused(*against)
    if not reason.strip():
        raise Refused(_("Give a reason."))
    chosen = [key for key in TAKEABLE if key in set(take)]
    columns = [column for key in chosen for column in TAKEABLE[key][1]]
    taken: dict[str, Any] = {
        "columns": _take_columns(kept, gone, columns),
        "aliases": _take_names(kept, gone),
        "account": _take_account(kept, gone) if "account" in chosen else None,
        "put_aside": put_aside,
    }
    merge = Merge.objects.create(
        kept=kept, gone=gone, reason=reason.strip(), taken=taken, merged_by=by
    )
    workflow.CASE.apply(gone, "merge", by=by, reason=reason)
    told = {
        name: [shown(name, _typed(name, values["kept"])), shown(name, _typed(name, values["gone"]))]
        for name, values in taken["columns"].items()
    }
    changes = {"merged": [None, gone.register_no], **told}
    record("worker.take_in", by=by, obj=kept, reason=reason.strip(), changes=changes)
    return merge


@transaction.atomic
def unmerge_records(*, merge: Merge, reason: str, by: User) -> Merge:
    """Gives back what is still as the merging left it; what was corrected since stays."""
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None:
        raise Refused(_("This merging is taken back already."))
    people = {worker.pk: worker for worker in locked([merge.kept_id, merge.gone_id], by=by)}
    kept, gone = people[merge.kept_id], people[merge.gone_id]
    if against := is_open(kept):
        raise Refused(*against)
    gone = workflow.CASE.apply(gone, "unmerge", by=by, reason=reason)
    _give_columns_back(kept, gone, merge.taken["columns"])
    kept.aliases.filter(pk__in=merge.taken["aliases"]).delete()
    account = BankAccount.objects.filter(pk=merge.taken["account"], worker=kept).first()
    if account is not None and not open_accounts([gone]):
        account.worker = gone
        account.save(update_fields=["worker"])
    merge.undone_at, merge.undone_by, merge.undone_because = timezone.now(), by, reason.strip()
    merge.save(update_fields=["undone_at", "undone_by", "undone_because"])
    changes = {"merged": [gone.register_no, None]}
    record("worker.give_back", by=by, obj=kept, reason=reason.strip(), changes=changes)
    return merge


def _take_columns(kept: Worker, gone: Worker, columns: list[str]) -> dict[str, Any]:
    """Writes them; column → what each of the two had before, as JSON keeps it."""
    before = {
        column: {"kept": _plain(getattr(kept, column)), "gone": _plain(getattr(gone, column))}
        for column in columns
    }
    values = {column: getattr(gone, column) for column in columns}
    if not values:
        return before
    if values.get("nik"):
        before["nik_status"] = {"kept": kept.nik_status, "gone": gone.nik_status}
        # The number stands at one record only; the merge row keeps whose it was.
        write_columns(gone, {"nik": None})
    write_columns(kept, values)
    if "nik_status" in before:
        kept.nik_status = before["nik_status"]["gone"]
        kept.save(update_fields=["nik_status"])
    return before


def _give_columns_back(kept: Worker, gone: Worker, columns: dict[str, Any]) -> None:
    back = {
        name: _typed(name, values["kept"])
        for name, values in columns.items()
        if name != "nik_status" and _plain(getattr(kept, name)) == values["gone"]
    }
    if back:
        write_columns(kept, back)
    if "nik_status" not in columns:
        return
    if "nik" in back:
        kept.nik_status = columns["nik_status"]["kept"]
        kept.save(update_fields=["nik_status"])
    if not Worker.objects.filter(nik_index=_index(columns["nik"]["gone"])).exists():
        write_columns(gone, {"nik": columns["nik"]["gone"]})
        gone.nik_status = columns["nik_status"]["gone"]
        gone.save(update_fields=["nik_status"])


def _take_names(kept: Worker, gone: Worker) -> list[int]:
    """She is found under the other record's names as well; returns the new rows."""
    known = {kept.name_folded, *kept.aliases.values_list("name_folded", flat=True)}
    names = [gone.name, *gone.aliases.order_by("pk").values_list("name", flat=True)]
    new = {folded(name)[:80]: name[:80] for name in names if folded(name)[:80] not in known}
    rows = [Alias(worker=kept, name=name, name_folded=key) for key, name in new.items()]
    return [row.pk for row in Alias.objects.bulk_create(rows)]


def _take_account(kept: Worker, gone: Worker) -> str | None:
    accounts = open_accounts([kept, gone])
    account = accounts.get(gone.pk)
    if account is None:
        return None
    if kept.pk in accounts:
        raise Refused(_("She already has an account; replace that one."))
    account.worker = kept
    account.save(update_fields=["worker"])
    return str(account.pk)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _typed(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name == "birth_date" and value else value


def _index(nik: str) -> str:
    return nik_indexes(nik)[0]
