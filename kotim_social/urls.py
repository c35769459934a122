"""The addresses of the whole program."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from kotim_social.components import components

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("kotim_social.accounts.urls")),
    path("", include("kotim_social.desk.urls")),
    path("", include("cases.urls")),
    path("", include("disbursements.urls")),
    path("", include("repatriation.urls")),
    path("", include("kotim_social.documents.urls")),
    path("", include("kotim_social.jobs.urls")),
    path("", include("kotim_social.operations.health")),
    path("admin/", admin.site.urls),
]
handler500 = "kotim_social.operations.failing.server_error"
if settings.DEBUG:
    urlpatterns.append(path("komponen/", components))
