"""Addresses of the background jobs."""

from django.urls import path

from kotim_social.jobs import views

app_name = "jobs"
urlpatterns = [
    path("pekerjaan/", views.job_list, name="job_list"),
    path("pekerjaan/<uuid:pk>/", views.job_detail, name="job_detail"),
    path("pekerjaan/<uuid:pk>/ulangi/", views.job_retry, name="job_retry"),
]
