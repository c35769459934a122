"""Addresses of the money."""

from django.urls import path, re_path

from disbursements.views import (
    acts,
    bank_files,
    decrees,
    lines,
    list_papers,
    lists,
    paying,
    programme,
    refunds,
    reports,
)

app_name = "disbursements"

LIST = "daftar-bayar/<uuid:pk>/"
KIND = r"^laporan/(?P<kind>rekap|nominatif)"

urlpatterns = [
    path("daftar-bayar/", lists.list_index, name="list_index"),
    path("daftar-bayar/baru/", lists.list_create, name="list_create"),
    path(LIST, lists.list_detail, name="list_detail"),
    path(f"{LIST}tambah/", lines.lines_add, name="lines_add"),
    path(f"{LIST}keluarkan/", lines.lines_take_out, name="lines_take_out"),
    path(f"{LIST}ajukan/", acts.list_submit, name="list_submit"),
    path(f"{LIST}verifikasi/", acts.list_verify, name="list_verify"),
    path(f"{LIST}setujui/", acts.list_approve, name="list_approve"),
    path(f"{LIST}kembalikan/", acts.list_send_back, name="list_send_back"),
    path(f"{LIST}batalkan/", acts.list_cancel, name="list_cancel"),
    path(f"{LIST}perintah-bayar/", acts.list_order, name="list_order"),
    path(f"{LIST}hasil/", lines.list_results, name="list_results"),
    path(f"{LIST}baris/<uuid:line_pk>/balik/", lines.line_reverse, name="line_reverse"),
    path(f"{LIST}rekonsiliasi/", acts.list_reconcile, name="list_reconcile"),
    path(f"{LIST}tutup/", acts.list_close, name="list_close"),
    path(f"{LIST}nominatif.pdf", reports.list_nominatif, name="list_nominatif"),
    path(f"{LIST}nominatif/terbitkan/", reports.list_nominatif_issue, name="list_nominatif_issue"),
    path(f"{LIST}kas/", paying.list_cash, name="list_cash"),
    path(f"{LIST}kas/catat/", paying.cash_move, name="list_cash_move"),
    path(f"{LIST}susulan/", paying.list_follow_up, name="list_follow_up"),
    re_path(
        r"^daftar-bayar/(?P<pk>[0-9a-f-]{36})/transfer\.(?P<form>csv|xlsx)$",
        paying.list_transfer,
        name="list_transfer",
    ),
    path(f"{LIST}kertas/", list_papers.list_papers, name="list_papers"),
    path(f"{LIST}kertas/kwitansi/", list_papers.list_receipts, name="list_receipts"),
    path(
        f"{LIST}kertas/<slug:kind>/konsep.pdf",
        list_papers.list_paper_draft,
        name="list_paper_draft",
    ),
    path(
        f"{LIST}kertas/<slug:kind>/terbitkan/",
        list_papers.list_paper_issue,
        name="list_paper_issue",
    ),
    path(f"{LIST}hasil/berkas/", bank_files.result_file_upload, name="result_file_upload"),
    path("berkas-hasil/<uuid:pk>/", bank_files.result_file, name="result_file"),
    path("berkas-hasil/<uuid:pk>/bukukan/", bank_files.result_file_apply, name="result_file_apply"),
    path(
        "berkas-hasil/<uuid:pk>/sisihkan/",
        bank_files.result_file_discard,
        name="result_file_discard",
    ),
    path(f"{LIST}baris/<uuid:line_pk>/", refunds.line_detail, name="line_detail"),
    path(f"{LIST}baris/<uuid:line_pk>/tagih/", refunds.line_demand, name="line_demand"),
    path("pengembalian/", refunds.refund_list, name="refund_list"),
    path("sk/", decrees.decree_list, name="decree_list"),
    path("sk/baru/", decrees.decree_create, name="decree_create"),
    path("sk/<uuid:pk>/", decrees.decree_detail, name="decree_detail"),
    path("program/", programme.programme, name="programme"),
    path("laporan/", reports.report_index, name="report_index"),
    re_path(rf"{KIND}\.pdf$", reports.report_draft, name="report_draft"),
    re_path(rf"{KIND}/terbitkan/$", reports.report_issue, name="report_issue"),
    path("kertas/<uuid:pk>/", reports.paper_page, name="paper_page"),
    path("kertas/<uuid:pk>/berkas/", reports.paper_file, name="paper_file"),
    path("kertas/<uuid:pk>/salinan/", reports.paper_copy, name="paper_copy"),
]
