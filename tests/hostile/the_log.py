"""What would reach the office's log, in the form in which it would."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from kotim_social.logs import NoValuesFormatter


@contextmanager
def the_log() -> Iterator[io.StringIO]:
    """Everything that would reach the office's log, in the form in which it would."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(NoValuesFormatter("{asctime} {levelname} {name} {message}", style="{"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
