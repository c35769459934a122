"""Addresses of the desk."""

from django.urls import path

from kotim_social.desk.views import journey
from kotim_social.desk.views.batch_money import batch_money
from kotim_social.desk.views.destinations import destinations_page
from kotim_social.desk.views.home import home
from kotim_social.desk.views.more import more
from kotim_social.desk.views.totals import totals_page
from kotim_social.desk.views.worker import worker_page

app_name = "desk"
urlpatterns = [
    path("", home, name="home"),
    path("penerima/<uuid:pk>/", worker_page, name="worker_page"),
    path("menu/", more, name="more"),
    path("total/", totals_page, name="totals"),
    path("tujuan/", destinations_page, name="destinations"),
    path("rombongan/<uuid:pk>/uang-jalan/", batch_money, name="batch_money"),
    path("penerima/<uuid:pk>/perjalanan/", journey.journey_page, name="journey"),
    path("penerima/<uuid:pk>/perjalanan/mandiri/", journey.went_alone, name="went_alone"),
    path("penerima/<uuid:pk>/perjalanan/hilang/", journey.not_found, name="not_found"),
    path("penerima/<uuid:pk>/perjalanan/kembali/", journey.found_again, name="found_again"),
    path("penerima/<uuid:pk>/perjalanan/meninggal/", journey.deceased, name="deceased"),
]
