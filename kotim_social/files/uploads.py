"""Takes uploads into memory only: a scan never lies in clear in a temporary file."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler

# What any form takes is less; of a longer file the rest is read and thrown away.
KEPT_BYTES = 6 * 1024 * 1024


class MemoryUploadHandler(MemoryFileUploadHandler):
    """Keeps the beginning of each file; its size is the true one, so that a form can refuse it."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start < KEPT_BYTES:
            super().receive_data_chunk(raw_data[: KEPT_BYTES - start], start)
