"""Log lines without personal data: the kind and place of an error, never its values."""

import logging
import traceback
from types import TracebackType

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class NoValuesFormatter(logging.Formatter):
    """Writes the exception's class and frames; its message may hold a name and is dropped."""

    def formatException(self, ei: ExceptionInfo) -> str:  # type: ignore[override]  # noqa: N802
        kind, _value, trace = ei
        frames = "".join(traceback.format_tb(trace))
        return f"{frames}{kind.__module__}.{kind.__qualname__}"
