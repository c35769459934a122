"""The decorator for money forms: the same key gives the first answer, another body gives 409."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from kotim_social.idempotency.models import AnsweredKey

FIELD = "idempotency_key"
NOT_PART_OF_THE_BODY = {FIELD, "csrfmiddlewaretoken"}
View = Callable[..., HttpResponse]


def idempotent(view: View) -> View:
    """Runs a POST at most once per key. A POST without a key is refused: the form carries one."""

    @wraps(view)
    def once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        key = _key_of(request)
        if key is None:
            return render(request, "400.html", status=400)
        body_hash = _hash_of(request)
        _wait_for_twin(key)
        answered = AnsweredKey.objects.filter(pk=key).first()
        if answered is not None:
            if answered.body_hash != body_hash or answered.user_id != request.user.pk:
                return render(request, "409.html", status=409)
            return HttpResponseRedirect(answered.location)
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseRedirect):
            AnsweredKey.objects.create(
                key=key, user_id=request.user.pk, body_hash=body_hash, location=response.url
            )
        return response

    return once


def _key_of(request: HttpRequest) -> str | None:
    try:
        return str(UUID(request.POST.get(FIELD, "")))
    except ValueError:
        return None


def _wait_for_twin(key: str) -> None:
    """A double click: the second POST waits for the first, then finds its answer."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _hash_of(request: HttpRequest) -> str:
    """SHA-256 over the address and every field that the person filled in."""
    fields = sorted(
        (name, value)
        for name, values in request.POST.lists()
        if name not in NOT_PART_OF_THE_BODY
        for value in values
    )
    return hashlib.sha256(repr((request.path, fields)).encode()).hexdigest()
