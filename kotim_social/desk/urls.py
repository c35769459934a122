"""Addresses of the desk."""

from django.urls import path

from kotim_social.audit.scope import COUNTED, people_of
from kotim_social.desk.views import (
    anonymising,
    blank_papers,
    choice,
    closing,
    journey,
    merging,
    personal_data,
    processing,
    stages,
    statistics,
)
from kotim_social.desk.views.batch_money import batch_depart, batch_money
from kotim_social.desk.views.destinations import destinations_page
from kotim_social.desk.views.funding import money_people
from kotim_social.desk.views.home import home
from kotim_social.desk.views.more import more
from kotim_social.desk.views.totals import totals_page
from kotim_social.desk.views.trail import trail, worker_trail
from kotim_social.desk.views.worker import worker_page

app_name = "desk"
urlpatterns = [
    path("", home, name="home"),
    path("penerima/<uuid:pk>/", worker_page, name="worker_page"),
    path("penerima/<uuid:pk>/rencana/", choice.choice, name="choice"),
    path("penerima/<uuid:pk>/penutupan/", closing.closing, name="closing"),
    path("penerima/<uuid:pk>/penutupan/tarik/", closing.closing_withdraw, name="closing_withdraw"),
    path("penerima/<uuid:pk>/buka-lagi/", closing.reopen, name="reopen"),
    path("penerima/<uuid:pk>/gabung/<uuid:other>/", merging.merge, name="merge"),
    path("penutupan/", closing.closing_list, name="closing_list"),
    path("penutupan/<uuid:pk>/tutup/", closing.closing_confirm, name="closing_confirm"),
    path("penutupan/<uuid:pk>/tolak/", closing.closing_decline, name="closing_decline"),
    path("gabungan/<uuid:pk>/", merging.merge_detail, name="merge_detail"),
    path("gabungan/<uuid:pk>/batal/", merging.merge_undo, name="merge_undo"),
    path("penerima/<uuid:pk>/jejak/", worker_trail, name="worker_trail"),
    path("jejak/", trail, name="trail"),
    path("menu/", more, name="more"),
    path("lembar-kosong/", blank_papers.blank_papers, name="blank_papers"),
    path("lembar-kosong/<slug:kind>.pdf", blank_papers.blank_paper, name="blank_paper"),
    path("total/", totals_page, name="totals"),
    path("uang/", money_people, name="money_people"),
    path("tahap/", stages.stage_report_page, name="stage_report"),
    path("tahap/orang/", stages.stage_people, name="stage_people"),
    path("tahap/laporan.pdf", stages.stage_report_draft, name="stage_report_draft"),
    path("tahap/terbitkan/", stages.stage_report_issue, name="stage_report_issue"),
    path("tahap/kertas/<uuid:pk>/", stages.stage_report_paper, name="stage_report_paper"),
    path("tujuan/", destinations_page, name="destinations"),
    path("rombongan/<uuid:pk>/uang-jalan/", batch_money, name="batch_money"),
    path("rombongan/<uuid:pk>/berangkat/", batch_depart, name="batch_depart"),
    path("retensi/", anonymising.retention, name="retention"),
    path("retensi/usulkan/", anonymising.retention_propose, name="retention_propose"),
    path("retensi/<uuid:pk>/", anonymising.anonymising, name="anonymising"),
    path("retensi/<uuid:pk>/<str:act>/", anonymising.anonymising_decide, name="anonymising_decide"),
    path("statistik/", statistics.statistics, name="statistics"),
    path("statistik/berkas.csv", statistics.statistics_csv, name="statistics_csv"),
    path("statistik/konsep.pdf", statistics.statistics_draft, name="statistics_draft"),
    path("statistik/terbitkan/", statistics.statistics_issue, name="statistics_issue"),
    path("statistik/<uuid:paper_pk>/", statistics.statistics_file, name="statistics_file"),
    path("pemrosesan-data/", processing.processing, name="processing"),
    path("pemrosesan-data/konsep.pdf", processing.processing_draft, name="processing_draft"),
    path("pemrosesan-data/terbitkan/", processing.processing_issue, name="processing_issue"),
    path("pemrosesan-data/<uuid:paper_pk>/", processing.processing_file, name="processing_file"),
    path("penerima/<uuid:pk>/data-pribadi/", personal_data.personal_data, name="personal_data"),
    path(
        "penerima/<uuid:pk>/data-pribadi/lembar/",
        personal_data.data_sheet_issue,
        name="data_sheet_issue",
    ),
    path(
        "penerima/<uuid:pk>/data-pribadi/lembar/<uuid:paper_pk>/",
        personal_data.data_sheet_file,
        name="data_sheet_file",
    ),
    path("penerima/<uuid:pk>/perjalanan/", journey.journey_page, name="journey"),
    path("penerima/<uuid:pk>/perjalanan/mandiri/", journey.went_alone, name="went_alone"),
    path("penerima/<uuid:pk>/perjalanan/hilang/", journey.not_found, name="not_found"),
    path("penerima/<uuid:pk>/perjalanan/kembali/", journey.found_again, name="found_again"),
    path("penerima/<uuid:pk>/perjalanan/meninggal/", journey.deceased, name="deceased"),
]

people_of("batch", urlpatterns, "rombongan/<uuid:pk>/")
# A register number stands in a proposal also where she is a child.
people_of(COUNTED, urlpatterns, "retensi/")
