"""Addresses of the register import; cases/urls.py includes them under its own name."""

from django.urls import path

from cases.views import import_rows, importing

urlpatterns = [
    path("impor/", importing.import_list, name="import_list"),
    path("impor/baru/", importing.import_upload, name="import_upload"),
    path("impor/contoh/", importing.import_template, name="import_template"),
    path("impor/<uuid:pk>/", importing.import_detail, name="import_detail"),
    path("impor/<uuid:pk>/setuju/", importing.import_confirm, name="import_confirm"),
    path("impor/<uuid:pk>/batal/", importing.import_undo, name="import_undo"),
    path("impor/<uuid:pk>/buang/", importing.import_discard, name="import_discard"),
    path("impor/<uuid:pk>/ditolak/", importing.import_rejected, name="import_rejected"),
    path("impor/baris/<uuid:pk>/", import_rows.import_row, name="import_row"),
    path("impor/baris/<uuid:pk>/sama/", import_rows.import_row_same, name="import_row_same"),
    path("impor/baris/<uuid:pk>/beda/", import_rows.import_row_other, name="import_row_other"),
    path("impor/baris/<uuid:pk>/betulkan/", import_rows.import_row_mend, name="import_row_mend"),
    path(
        "impor/baris/<uuid:pk>/lewati/", import_rows.import_row_dismiss, name="import_row_dismiss"
    ),
]
