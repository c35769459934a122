"""Addresses of requests about personal data."""

from django.urls import path

from cases.views import data_requests as views

ONE = "permintaan-data/<uuid:pk>/"

urlpatterns = [
    path("permintaan-data/", views.data_request_list, name="data_request_list"),
    path(ONE, views.data_request, name="data_request"),
    path(f"{ONE}surat/", views.data_request_letter, name="data_request_letter"),
    path(f"{ONE}jawab/<str:act>/", views.data_request_answer, name="data_request_answer"),
    path("penerima/<uuid:pk>/permintaan-data/", views.ask_about_data, name="ask_about_data"),
]
