"""Small work that a worker does over and over; apps name theirs in their module `background`."""

from __future__ import annotations

import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)
_CHORES: list[Callable[[], object]] = []


def every_beat(chore: Callable[[], object]) -> None:
    """`chore` must be quick, and harmless when several workers do it at once."""
    _CHORES.append(chore)


def do_chores() -> None:
    """A chore that fails is told in the log and tried again at the next beat."""
    for chore in _CHORES:
        try:
            chore()
        except Exception:
            logger.exception("A chore failed.")
