"""Who signs, which numbers were given, and the papers that carry them."""

from kotim_social.documents.models.issued import (
    CHECK_LETTERS,
    DEFAULT_TEMPLATE,
    IssuedPaper,
    NumberSeries,
    PaperCopy,
    PaperVoid,
    new_check_code,
)
from kotim_social.documents.models.signatory import Signatory

__all__ = [
    "CHECK_LETTERS",
    "DEFAULT_TEMPLATE",
    "IssuedPaper",
    "NumberSeries",
    "PaperCopy",
    "PaperVoid",
    "Signatory",
    "new_check_code",
]
