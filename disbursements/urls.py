"""Addresses of the money."""

from django.urls import path, re_path

from disbursements.views import (
    acts,
    bank_files,
    changed_rights,
    changes,
    decree_paper,
    decrees,
    lines,
    list_papers,
    lists,
    paying,
    payment_papers,
    programme,
    refunds,
    reports,
    sheets,
    years,
)
from kotim_social.audit.scope import COUNTED, people_of

app_name = "disbursements"

LIST = "daftar-bayar/<uuid:pk>/"
TRANSFER = r"^daftar-bayar/(?P<pk>[0-9a-f-]{36})/transfer/"
KIND = r"^laporan/(?P<kind>rekap|nominatif|realisasi|spj)"

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
        rf"{TRANSFER}(?P<form>pdf|xlsx|csv)/$",
        paying.list_transfer,
        name="list_transfer",
    ),
    path("transfer/<uuid:pk>/", paying.transfer_file, name="transfer_file"),
    path(f"{LIST}kertas/", list_papers.list_papers, name="list_papers"),
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
    path("sk/perubahan/", changed_rights.decree_change, name="decree_change"),
    path("sk/tahun-lalu/", changed_rights.decree_anew, name="decree_anew"),
    path("sk/<uuid:pk>/", decrees.decree_detail, name="decree_detail"),
    path("sk/<uuid:pk>/naskah.pdf", decree_paper.decree_draft, name="decree_draft"),
    path("sk/<uuid:pk>/terbitkan/", decree_paper.decree_issue, name="decree_issue"),
    path("sk/<uuid:pk>/kertas/<uuid:paper_pk>/", decree_paper.decree_print, name="decree_print"),
    path("program/", programme.programme, name="programme"),
    path("program/usul/<slug:subject>/", changes.change_propose, name="change_propose"),
    path("program/perubahan/<uuid:pk>/", changes.change_page, name="change_page"),
    path("program/perubahan/<uuid:pk>/terima/", changes.change_accept, name="change_accept"),
    path("program/perubahan/<uuid:pk>/tolak/", changes.change_decline, name="change_decline"),
    path("program/perubahan/<uuid:pk>/tarik/", changes.change_withdraw, name="change_withdraw"),
    path("program/tahun/<int:year>/", years.year_page, name="year_page"),
    path("program/tahun/<int:year>/hak/<slug:part>/", years.year_rights, name="year_rights"),
    path("program/tahun/<int:year>/kembali/", years.late_refund, name="late_refund"),
    path("program/tahun/<int:year>/setor/<slug:funder>/", years.year_deposit, name="year_deposit"),
    path("hak/<uuid:pk>/gugurkan/", changed_rights.entitlement_lapse, name="entitlement_lapse"),
    path("cocokkan/", years.reconciliation, name="reconciliation"),
    path("laporan/", reports.report_index, name="report_index"),
    path("pembayaran/<slug:kind>/", payment_papers.payment_paper, name="payment_paper"),
    path(
        "pembayaran/<slug:kind>/konsep.pdf",
        payment_papers.payment_paper_draft,
        name="payment_paper_draft",
    ),
    re_path(
        r"^pembayaran/(?P<kind>[a-z_]+)\.(?P<form>csv|xlsx)$",
        payment_papers.payment_paper_export,
        name="payment_paper_export",
    ),
    path(
        "pembayaran/<slug:kind>/terbitkan/",
        payment_papers.payment_paper_issue,
        name="payment_paper_issue",
    ),
    path(
        "kertas/<uuid:pk>/salinan-kwitansi/",
        payment_papers.receipt_copies,
        name="receipt_copies",
    ),
    re_path(
        r"^kertas/(?P<pk>[0-9a-f-]{36})/bank/(?P<form>xlsx|csv)/$",
        payment_papers.paper_bank_file,
        name="paper_bank_file",
    ),
    re_path(r"^laporan/(?P<sheet>realisasi|spj)/$", sheets.sheet_page, name="sheet_page"),
    re_path(rf"{KIND}\.(?P<form>csv|xlsx)$", sheets.report_export, name="report_export"),
    path(f"{LIST}spj.pdf", sheets.list_spj, name="list_spj"),
    path(f"{LIST}<slug:sheet>.<slug:form>", sheets.list_export, name="list_export"),
    path(f"{LIST}spj/terbitkan/", sheets.list_spj_issue, name="list_spj_issue"),
    re_path(rf"{KIND}\.pdf$", reports.report_draft, name="report_draft"),
    re_path(rf"{KIND}/terbitkan/$", reports.report_issue, name="report_issue"),
    path("kertas/<uuid:pk>/", reports.paper_page, name="paper_page"),
    path("kertas/<uuid:pk>/berkas/", reports.paper_file, name="paper_file"),
    path("kertas/<uuid:pk>/salinan/", reports.paper_copy, name="paper_copy"),
]

# A list shows all its lines to whoever sees it; sums and papers count a child who stands on one.
people_of("list", urlpatterns, LIST, TRANSFER)
people_of("file", urlpatterns, "berkas-hasil/<uuid:pk>/")
people_of(
    COUNTED,
    urlpatterns,
    "pengembalian/",
    "pembayaran/",
    "^pembayaran/",
    "transfer/",
    "kertas/",
    "^kertas/",
    "laporan/",
    "^laporan/",
    "program/tahun/",
    "cocokkan/",
    "sk/<uuid:pk>/naskah",
    "sk/<uuid:pk>/terbitkan/",
)
