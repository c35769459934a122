"""What every page knows: whose office it is, and whether it is the demo."""

from django.conf import settings
from django.http import HttpRequest


def office(request: HttpRequest) -> dict[str, object]:
    return {
        "OFFICE_NAME": settings.OFFICE_NAME,
        "SESSION_IDLE_SECONDS": settings.SESSION_IDLE_SECONDS,
        "IDLE_MINUTES": settings.SESSION_IDLE_SECONDS // 60,
        "IS_DEMO": getattr(settings, "IS_DEMO", False),
    }
