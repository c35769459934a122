"""Addresses of the background jobs."""

from django.urls import path

from kotim_social.jobs import views

app_name = "jobs"
urlpatterns = [
    path("proses/", views.job_list, name="job_list"),
    path("proses/<uuid:pk>/", views.job_detail, name="job_detail"),
    path("proses/berkas/<uuid:pk>/", views.made_file, name="made_file"),
    path("proses/<uuid:pk>/ulangi/", views.job_retry, name="job_retry"),
]
