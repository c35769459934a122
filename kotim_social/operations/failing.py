"""What a user reads when a page fails: a wait that ended (503) is told apart from a fault (500)."""

from __future__ import annotations

import errno
import sys

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token
from psycopg2 import errorcodes

# Somebody else holds the row or was there first, or the work took too long.
BUSY = {
    errorcodes.LOCK_NOT_AVAILABLE,
    errorcodes.QUERY_CANCELED,
    errorcodes.DEADLOCK_DETECTED,
    errorcodes.SERIALIZATION_FAILURE,
}
FULL = {errorcodes.DISK_FULL}
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
RETRY_SECONDS = {"busy": "10", "full": "600", "away": "30"}


def why_unavailable(problem: BaseException | None) -> str:
    """ "busy", "full" or "away" for what ends by itself or by the operator; "" for a fault."""
    if isinstance(problem, OSError) and problem.errno in NO_ROOM:
        return "full"
    if not isinstance(problem, DatabaseError | InterfaceError):
        return ""
    code = getattr(problem.__cause__, "pgcode", None)
    if code in BUSY:
        return "busy"
    if code in FULL:
        return "full"
    # No code at all: there was no answer. Class 57 is a shutdown, 53 a server without room.
    if isinstance(problem, OperationalError | InterfaceError) and (
        code is None or code[:2] in ("08", "53", "57")
    ):
        return "away"
    return ""


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while the exception is being handled. The templates ask no database."""
    why = why_unavailable(sys.exc_info()[1])
    if not why:
        return HttpResponse(render_to_string("500.html"), status=500)
    response = HttpResponse(render_to_string("503.html", {"why": why}), status=503)
    response["Retry-After"] = RETRY_SECONDS[why]
    return response
