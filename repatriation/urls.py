"""Addresses of the way home."""

from django.urls import path

from kotim_social.audit.scope import people_of
from repatriation.views import (
    batch,
    costs,
    incidents,
    origin,
    papers,
    people,
    preparing,
    proposing,
    regrouping,
    travel,
)

app_name = "repatriation"
_BATCH = "rombongan/<uuid:pk>/"
_MEMBER = f"{_BATCH}anggota/<uuid:member_pk>/"
_PAPER = f"{_BATCH}cetakan/<slug:paper>/"

urlpatterns = [
    path("rombongan/", proposing.batch_list, name="batch_list"),
    path("rombongan/usulan/", proposing.propose_batches, name="propose"),
    path(_BATCH, batch.batch_detail, name="batch_detail"),
    path(f"{_BATCH}ubah/", batch.batch_edit, name="batch_edit"),
    path(f"{_BATCH}darurat/", batch.emergency, name="emergency"),
    path(f"{_BATCH}ajukan/", batch.submit, name="submit"),
    path(f"{_BATCH}kembalikan/", batch.send_back, name="send_back"),
    path(f"{_BATCH}setujui/", batch.approve, name="approve"),
    path(f"{_BATCH}batalkan/", batch.cancel, name="cancel"),
    path(f"{_BATCH}selesai/", batch.finish, name="finish"),
    path(f"{_BATCH}tambah/", people.member_add, name="member_add"),
    path(f"{_BATCH}konfirmasi/", origin.origin, name="origin"),
    path(f"{_BATCH}daerah-asal/", origin.offices, name="offices"),
    path(f"{_BATCH}daerah-asal/<str:regency>/jawaban/", origin.origin, name="origin_answer"),
    path(f"{_BATCH}daerah-asal/<str:regency>/surat/", origin.ask, name="origin_ask"),
    path(f"{_BATCH}pindah/", regrouping.move, name="move"),
    path(f"{_BATCH}gabung/", regrouping.merge, name="merge"),
    path("rombongan/urungkan/<uuid:pk>/", regrouping.undo, name="undo"),
    path(f"{_BATCH}biaya/", costs.cost_list, name="costs"),
    path(f"{_BATCH}biaya/<uuid:cost_pk>/coret/", costs.cost_strike, name="cost_strike"),
    path(f"{_BATCH}perjalanan/<uuid:leg_pk>/panggil/", incidents.call_leg, name="call_leg"),
    path(f"{_MEMBER}kejadian/", incidents.report, name="incident"),
    path(f"{_MEMBER}penyelesaian/", incidents.outcome, name="outcome"),
    path(f"{_BATCH}kejadian/<uuid:incident_pk>/selesai/", incidents.settle, name="settle"),
    path(f"{_BATCH}kejadian/<uuid:incident_pk>/petugas/", incidents.hand_on, name="hand_on"),
    path(f"{_MEMBER}keluarkan/", people.member_remove, name="member_remove"),
    path(f"{_MEMBER}batal-tiba/", travel.undo_arrival, name="undo_arrival"),
    path(f"{_MEMBER}tidak-ditemukan/", travel.lose, name="lose"),
    path(f"{_BATCH}perjalanan/baru/", preparing.leg_add, name="leg_add"),
    path(f"{_BATCH}perjalanan/<uuid:leg_pk>/", preparing.leg_edit, name="leg_edit"),
    path(f"{_BATCH}perjalanan/<uuid:leg_pk>/keluarkan/", preparing.leg_remove, name="leg_remove"),
    path(f"{_BATCH}pendamping/", preparing.escorts, name="escorts"),
    path(f"{_BATCH}pendamping/baru/", preparing.officer_add, name="officer_add"),
    path(
        f"{_BATCH}pendamping/<uuid:escort_pk>/keluarkan/",
        preparing.escort_remove,
        name="escort_remove",
    ),
    path(f"{_BATCH}pendamping/<uuid:escort_pk>/ketua/", preparing.escort_head, name="escort_head"),
    path(f"{_BATCH}tiba/", travel.arrive, name="arrive"),
    path(f"{_BATCH}tiba/<uuid:marks>/urungkan/", travel.undo_arrivals, name="undo_arrivals"),
    path(f"{_BATCH}serah-terima/", travel.hand_over, name="hand_over"),
    path(_PAPER, papers.paper_draft, name="paper_draft"),
    path(f"{_PAPER}terbitkan/", papers.paper_issue, name="paper_issue"),
    path(f"{_PAPER}<uuid:escort_pk>/", papers.paper_draft, name="paper_draft"),
    path(f"{_PAPER}<uuid:escort_pk>/terbitkan/", papers.paper_issue, name="paper_issue"),
    path(f"{_BATCH}surat/<uuid:paper_pk>/", papers.paper_file, name="paper_file"),
]

# Whoever sees a batch sees its whole manifest.
people_of("batch", urlpatterns, _BATCH)
people_of("regrouping", urlpatterns, "rombongan/urungkan/")
