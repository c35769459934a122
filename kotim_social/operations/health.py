"""/healthz says that this process lives, /readyz whether it can work: plain words, no data."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from django.http import HttpRequest, HttpResponse
from django.urls import path

from kotim_social.accounts.access import public
from kotim_social.operations.doctor.findings import Level
from kotim_social.operations.doctor.rounds import readiness

WORDS = {Level.OK: "ok", Level.WARNING: "warning", Level.ERROR: "error"}
# A monitor may ask as often as it likes: the database is asked once in this many seconds.
KEEP_SECONDS = 5


class _LastAnswer:
    """The last look of this process, shared by its threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at = float("-inf")
        self._levels: dict[str, Level] = {}

    def levels(self) -> dict[str, Level]:
        with self._lock:
            if time.monotonic() - self._at > KEEP_SECONDS:
                self._levels = readiness()
                self._at = time.monotonic()
            return self._levels

    def forget(self) -> None:
        self._at = float("-inf")


last_answer = _LastAnswer()


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive; asks nothing of anybody."""
    return _plain("ok\n")


@public
def readyz(request: HttpRequest) -> HttpResponse:
    """503 while something that serving needs is broken; warnings are said and let through."""
    levels = last_answer.levels()
    body = "".join(f"{name} {WORDS[level]}\n" for name, level in levels.items())
    return _plain(body, status=503 if Level.ERROR in levels.values() else 200)


def _plain(body: str, *, status: int = 200) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type="text/plain; charset=utf-8")
    if status == 503:
        response["Retry-After"] = "30"
    return response


urlpatterns = [path("healthz", healthz, name="healthz"), path("readyz", readyz, name="readyz")]
PROBES = {"/healthz": healthz, "/readyz": readyz}


class ProbeMiddleware:
    """Answers the probes before anything opens a transaction: they must work without a database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        if probe is not None and request.method in ("GET", "HEAD"):
            return probe(request)
        return self.get_response(request)
