"""Addresses of issued papers that every kind shares."""

from django.urls import path

from kotim_social.documents import views

app_name = "documents"
urlpatterns = [
    path("kertas/periksa/", views.paper_check, name="paper_check"),
    path("kertas/<uuid:pk>/batal/", views.paper_void, name="paper_void"),
    path("kertas/<uuid:pk>/terlindung/", views.paper_protected, name="paper_protected"),
]
