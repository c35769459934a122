"""Response headers, compression, and the methods that are answered at all."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

METHODS = ("GET", "HEAD", "POST")
Handler = Callable[[HttpRequest], HttpResponse]


class HeadersMiddleware:
    """On every answer, refusals of other middlewares included; nothing is kept by a cache."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        always = {
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, nofollow",
        }
        for name, value in always.items():
            response.headers.setdefault(name, value)
        is_static = request.path.startswith("/static/") and response.status_code < 400
        if not is_static:
            response.headers["Cache-Control"] = "no-store"
        return response


class MethodsMiddleware:
    """Methods that no page knows are answered here, before anything reads the request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return self.get_response(request)


class PageGZipMiddleware(GZipMiddleware):
    """Pages go out a fifth as long; files are packed already.

    Their length tells no secret (BREACH): the CSRF token is masked anew in each page, the
    middleware adds bytes at random, and no other site's request carries the session's cookie.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)  # type: ignore[arg-type]
