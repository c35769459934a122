"""Addresses of the referral path of children."""

from django.urls import path

from cases.views import children

urlpatterns = [
    path("anak/", children.child_list, name="child_list"),
    path("anak/baru/", children.child_open, name="child_open"),
    path("anak/<uuid:child>/", children.child_detail, name="child_detail"),
    path("anak/<uuid:child>/petugas/", children.child_assign, name="child_assign"),
    path("anak/<uuid:child>/rujuk/", children.child_refer, name="child_refer"),
    path("anak/<uuid:child>/jawaban/", children.child_answer, name="child_answer"),
    path("anak/<uuid:child>/serah/", children.child_hand_over, name="child_hand_over"),
    path("anak/<uuid:child>/tanggal-lahir/", children.child_birth_date, name="child_birth_date"),
    path("anak/<uuid:child>/tutup/", children.child_close, name="child_close"),
]
