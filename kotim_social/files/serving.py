"""Sending a stored file: as an attachment, never cached, with a row in the trail."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.files.models import DestroyedFile, StoredFile


def file_response(stored: StoredFile, *, filename: str, by: User) -> HttpResponse:
    """The caller has checked that this user may see it. The file name carries no person.

    The trail row is written before anything is sent: what cannot be recorded is not shown.
    """
    content = content_of(stored)
    record("file.read", by=by, obj=stored)
    return attachment(content, content_type=stored.content_type, filename=filename)


def content_of(stored: StoredFile) -> bytes:
    """What a page may give away. Destroyed content is not found; that it was stays on record."""
    if DestroyedFile.objects.filter(stored=stored).exists():
        raise Http404
    return stored.read()


def picture_response(stored: StoredFile, *, filename: str, by: User) -> HttpResponse:
    """A picture that the store made itself, shown in its place; recorded like any other look."""
    response = file_response(stored, filename=filename, by=by)
    response["Content-Disposition"] = content_disposition_header(False, filename) or "inline"
    return response


def attachment(content: bytes, *, content_type: str, filename: str) -> HttpResponse:
    """A download that no browser opens in place or keeps."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
