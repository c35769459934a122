"""One transaction a request; a refusal or an error leaves its row although its work is undone."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse

from kotim_social.audit.context import new_request
from kotim_social.audit.scope import group_of, set_actor
from kotim_social.audit.trail import record

Handler = Callable[[HttpRequest], HttpResponse]
REFUSED = 400
FAILED = 500


class RequestTransactionMiddleware:
    """Outermost of what speaks to the database: templates render inside the transaction."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = new_request()  # type: ignore[attr-defined]
        with transaction.atomic():
            response = self.get_response(request)
            undone = response.status_code >= REFUSED
            if undone:
                transaction.set_rollback(True)
        if undone:
            self._leave_a_row(request, response)
        return response

    def _leave_a_row(self, request: HttpRequest, response: HttpResponse) -> None:
        """Records a refusal of a known user, or a failure, in a transaction of its own."""
        user = getattr(request, "actor", None)
        if user is None and response.status_code < FAILED:
            return
        act = "request.failed" if response.status_code >= FAILED else "request.refused"
        match = request.resolver_match
        with transaction.atomic():
            record(
                act,
                by=user,
                object_type="url",
                object_id=(match.view_name if match else "")[:60],
                changes={"status": response.status_code, "method": request.method},
            )


class ActorMiddleware:
    """Tells the database who acts, for policies, triggers and row history."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            request.actor = request.user  # type: ignore[attr-defined]
            set_actor(request.user.pk, people=group_of(request))
        return self.get_response(request)


def is_lock_timeout(error: DatabaseError) -> bool:
    """Whether the database gave up waiting for a row that somebody else holds."""
    return getattr(error.__cause__, "pgcode", None) in ("55P03", "57014")
