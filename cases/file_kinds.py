"""The kinds of papers that are kept about a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class FileKind:
    """One kind; `is_of_the_case`: only whoever has her case in care may know of it (R64)."""

    code: str
    label: Any
    is_of_the_case: bool = False


FILE_KINDS = (
    FileKind("ktp", _("Identity card (KTP)")),
    FileKind("kk", _("Family card (KK)")),
    FileKind("statement", _("Signed statement")),
    FileKind("bank", _("Letter of the bank or savings book")),
    FileKind("legal", _("Paper of a court, the police or a notary"), is_of_the_case=True),
    FileKind("other", _("Other paper"), is_of_the_case=True),
)
CHOICES = [(kind.code, kind.label) for kind in FILE_KINDS]
OF_THE_CASE = [kind.code for kind in FILE_KINDS if kind.is_of_the_case]
