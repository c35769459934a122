"""The addresses of the whole program."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("kotim_social.accounts.urls")),
    path("", include("kotim_social.desk.urls")),
    path("", include("cases.urls")),
    path("", include("disbursements.urls")),
    path("", include("repatriation.urls")),
    path("admin/", admin.site.urls),
]
