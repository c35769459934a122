"""Finding the text of certain people in snapshots and in the trail, and taking it out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps

from cases.models import (
    Alias,
    BankAccount,
    BreachNotice,
    ChildReferral,
    DataRequest,
    Referral,
    Worker,
)
from kotim_social.documents.models import IssuedPaper
from kotim_social.lib.nik import mask_account, mask_nik, mask_phone

MASK = "(dihapus)"
SHORTEST = 4
# Fields of the trail that hold text about her, whatever stands in them.
PERSONAL_FIELDS = {
    "name", "aliases", "mother_name", "birth_place", "birth_date", "nik", "nik_note", "phone",
    "wisma", "remark", "home_address", "home_district_id", "holder", "number", "evidence", "note",
    "shared_because",
}  # fmt: skip
# Of a snapshot of a payment: what is hers alone.
PERSONAL_KEYS = ("name", "nik", "account", "holder")


@dataclass
class Scrubber:
    """What is known of the people: numbers that are theirs alone, names, and what is masked."""

    ids: set[str]
    object_ids: set[str]
    paper_subjects: set[tuple[str, str]]
    strong: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    weak: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, ids: Iterable[Any], *, using: str) -> Scrubber:
        """Reads their records and the history of these, before anything is blanked."""
        wanted = list(ids)
        made = cls({str(pk) for pk in wanted}, {str(pk) for pk in wanted}, set())
        histories = {
            m.pgh_tracked_model: m for m in apps.get_models() if hasattr(m, "pgh_tracked_model")
        }
        for model in (Worker, histories[Worker]):
            for row in model._base_manager.using(using).filter(id__in=wanted):
                made._learn_person(row)
        for child in ChildReferral._base_manager.using(using).filter(pk__in=wanted):
            made._learn_child(child)
        accounts = BankAccount._base_manager.using(using).filter(worker__in=wanted)
        for model in (BankAccount, histories[BankAccount]):
            for row in model._base_manager.using(using).filter(worker_id__in=wanted):
                made._learn_account(row)
        made.names |= set(
            Alias.objects.using(using).filter(worker__in=wanted).values_list("name", flat=True)
        )
        made.object_ids |= {str(pk) for pk in accounts.values_list("pk", flat=True)}
        made._learn_subjects(wanted, using)
        made.strong = {text for text in made.strong if len(text) >= SHORTEST}
        made.names = {text for text in made.names if len(text) >= SHORTEST and text != MASK}
        return made

    def _learn_person(self, row: Any) -> None:
        self.strong |= {text for text in (row.nik, row.phone, row.register_no) if text}
        self.names |= {text for text in (row.name, row.mother_name) if text}
        masked = (mask_nik(row.nik or ""), mask_phone(row.phone or ""), row.home_address)
        self.weak |= {text for text in masked if text}

    def _learn_child(self, row: ChildReferral) -> None:
        """Her name and what the workbook told of her; nothing more was ever asked."""
        told = row.facts
        self.names |= {text for text in (row.name, told.get("name"), told.get("mother")) if text}
        numbers = (told.get("nik"), told.get("phone"), told.get("account"))
        self.strong |= {text for text in numbers if text}

    def _learn_account(self, row: Any) -> None:
        if row.number:
            self.strong.add(row.number)
            self.weak.add(mask_account(row.number))
        if row.holder:
            self.names.add(row.holder)

    def _learn_subjects(self, wanted: list[Any], using: str) -> None:
        """Papers that are about her alone, by what they are kept under."""
        about: list[tuple[Any, str]] = [(Referral, "worker"), (DataRequest, "worker")]
        self.paper_subjects = {(Worker._meta.label_lower, str(pk)) for pk in wanted}
        for model, name in about:
            rows = model._base_manager.using(using).filter(**{f"{name}__in": wanted})
            keys = {str(pk) for pk in rows.values_list("pk", flat=True)}
            self.paper_subjects |= {(model._meta.label_lower, key) for key in keys}
            self.object_ids |= keys
        notices = BreachNotice._base_manager.using(using).filter(worker__in=wanted)
        self._letters = set(notices.values_list("letter_id", flat=True))

    @property
    def texts(self) -> set[str]:
        """What a row of the trail is searched for."""
        return {*self._numbers(), *self.names}

    def _numbers(self) -> set[str]:
        """Numbers of hers alone, without the register number: that one stays on record."""
        return {text for text in self.strong if text.isdigit()}

    def is_hers(self, paper: IssuedPaper) -> bool:
        subject = (paper.subject_type, paper.subject_id)
        return subject in self.paper_subjects or paper.pk in self._letters

    def plain(self, text: str) -> str:
        """A free text without her numbers and her whole names."""
        for number in self._numbers():
            text = text.replace(number, MASK)
        for name in self.names:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", MASK, text, flags=re.IGNORECASE)
        return text

    def changes(self, changes: Any, *, whole: bool) -> Any:
        """Changes in the trail; in rows about her the personal fields go `whole`."""
        if not isinstance(changes, dict):
            return changes
        return {
            name: [MASK if value not in (None, "") else value for value in values]
            if whole and name in PERSONAL_FIELDS and isinstance(values, list)
            else self._leaves(values, self.plain)
            for name, values in changes.items()
        }

    def scrubbed_row(self, snapshot: dict[str, Any]) -> dict[str, Any]:
        """The snapshot of her own payment: amount, kind and rate stay."""
        return {k: MASK if k in PERSONAL_KEYS and v else v for k, v in snapshot.items()}

    def scrubbed(self, node: Any) -> tuple[Any, bool]:
        """A snapshot without the rows' text about them, and whether any was found."""
        if isinstance(node, dict | list):
            values = list(node.values()) if isinstance(node, dict) else node
            if any(self._tells(value) for value in values):
                return self._leaves(node, self._all), True
            parts = [self.scrubbed(value) for value in values]
            kept = [part for part, _found in parts]
            found = any(one for _part, one in parts)
            return (dict(zip(node, kept, strict=True)) if isinstance(node, dict) else kept), found
        return node, False

    def _tells(self, value: Any) -> bool:
        """Whether this text says that the row is hers: a number of hers, or her whole name."""
        if not isinstance(value, str):
            return False
        folded = value.casefold()
        return any(text in value for text in (*self.strong, *self.ids)) or any(
            folded == name.casefold() for name in self.names if " " in name
        )

    def _all(self, text: str) -> str:
        for known in (*self.strong, *self.weak):
            text = text.replace(known, MASK)
        return self.plain(text)

    def _leaves(self, node: Any, change: Any) -> Any:
        if isinstance(node, dict):
            return {key: self._leaves(value, change) for key, value in node.items()}
        if isinstance(node, list):
            return [self._leaves(value, change) for value in node]
        return change(node) if isinstance(node, str) else node
