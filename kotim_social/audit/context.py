"""What the trail knows of the request it is written in."""

from __future__ import annotations

from contextvars import ContextVar
from uuid import uuid4

request_id: ContextVar[str] = ContextVar("request_id", default="")


def new_request() -> str:
    """Names the request that begins now."""
    name = str(uuid4())
    request_id.set(name)
    return name
