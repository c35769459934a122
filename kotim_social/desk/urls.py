"""Addresses of the desk."""

from django.urls import path

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
]
