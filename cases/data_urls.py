"""Addresses of requests about personal data, and of breaches of their protection."""

from django.urls import path

from cases.views import data_breaches as breaches
from cases.views import data_requests as views

ONE = "permintaan-data/<uuid:pk>/"
BREACH = "insiden-data/<uuid:pk>/"

urlpatterns = [
    path("permintaan-data/", views.data_request_list, name="data_request_list"),
    path(ONE, views.data_request, name="data_request"),
    path(f"{ONE}surat/", views.data_request_letter, name="data_request_letter"),
    path(f"{ONE}jawab/<str:act>/", views.data_request_answer, name="data_request_answer"),
    path("insiden-data/", breaches.data_breach_list, name="data_breach_list"),
    path("insiden-data/lapor/", breaches.data_breach_report, name="data_breach_report"),
    path(BREACH, breaches.data_breach, name="data_breach"),
    path(f"{BREACH}ubah/", breaches.data_breach_amend, name="data_breach_amend"),
    path(f"{BREACH}orang/", breaches.data_breach_people, name="data_breach_people"),
    path(
        f"{BREACH}orang/<uuid:person>/keluar/",
        breaches.data_breach_take_out,
        name="data_breach_take_out",
    ),
    path(
        f"{BREACH}surat/<str:receiver>/", breaches.data_breach_letters, name="data_breach_letters"
    ),
    path(f"{BREACH}kirim/", breaches.data_breach_sent, name="data_breach_sent"),
    path(f"{BREACH}langkah/<str:act>/", breaches.data_breach_move, name="data_breach_move"),
    path(f"{BREACH}berkas/<uuid:notice>/", breaches.data_breach_letter, name="data_breach_letter"),
    path("penerima/<uuid:pk>/permintaan-data/", views.ask_about_data, name="ask_about_data"),
]
