"""Addresses of the people and of their import."""

from django.urls import include, path

from cases.views import accounts, choices, reveal, search, sets, verification, workers

app_name = "cases"
urlpatterns = [
    path("", include("cases.import_urls")),
    path("", include("cases.verval_urls")),
    path("cari/", search.search, name="search"),
    path("cari/<uuid:token>/", search.search_results, name="search_results"),
    path("penerima/", workers.worker_list, name="worker_list"),
    path("penerima/baru/", workers.worker_create, name="worker_create"),
    path("penerima/pilih/", sets.select, name="select"),
    path("penerima/verval/<uuid:token>/", verification.verification_set, name="verification_set"),
    path("penerima/cek-bank/<uuid:token>/", verification.bank_check_set, name="bank_check_set"),
    path("penerima/pernyataan/<uuid:token>/", verification.statement_set, name="statement_set"),
    path("penerima/<uuid:pk>/ubah/", workers.worker_edit, name="worker_edit"),
    path("penerima/<uuid:pk>/tampilkan/<str:field>/", reveal.reveal, name="reveal"),
    path("penerima/<uuid:pk>/verval/", verification.verification, name="verification"),
    path("penerima/<uuid:pk>/cek-bank/", verification.bank_check, name="bank_check"),
    path("penerima/<uuid:pk>/pernyataan/", verification.statement, name="statement"),
    path("penerima/<uuid:pk>/rencana/", choices.choice, name="choice"),
    path("penerima/<uuid:pk>/rekening/", accounts.account, name="account"),
    path("penerima/<uuid:pk>/rekening/baru/", accounts.account_add, name="account_add"),
    path("penerima/<uuid:pk>/rekening/ganti/", accounts.account_replace, name="account_replace"),
    path("penerima/<uuid:pk>/rekening/nomor/", accounts.account_number, name="account_number"),
    path("penerima/<uuid:pk>/rekening/nama/", accounts.account_holder, name="account_holder"),
]
