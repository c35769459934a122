"""Addresses of verification, late proposals, information sessions and the closing calendar."""

from django.urls import path

from cases.views import (
    briefings,
    closing_calendar,
    eligibility,
    objections,
    proposals,
    sessions,
    stages,
)
from kotim_social.audit.scope import people_of

SESSION = "verval/sesi/<uuid:pk>/"
PERSON = "penerima/<uuid:pk>/"
STAGE = "verval/tahap/<str:code>/<str:stage>/"
BRIEFING = "sosialisasi/<uuid:pk>/"

urlpatterns = [
    path("verval/sesi/", sessions.session_list, name="session_list"),
    path("verval/sesi/baru/", sessions.session_create, name="session_create"),
    path(SESSION, sessions.session_detail, name="session_detail"),
    path(f"{SESSION}berita-acara.pdf", sessions.session_minutes, name="session_minutes"),
    path(f"{SESSION}terbitkan/", sessions.session_minutes_issue, name="session_minutes_issue"),
    path(f"{SESSION}kertas/<uuid:paper_pk>/", sessions.session_paper, name="session_paper"),
    path("verval/tahap/", stages.stage_list, name="stage_list"),
    path(f"{STAGE}bekukan/", stages.stage_freeze, name="stage_freeze"),
    path(f"{STAGE}buka/", stages.stage_lift, name="stage_lift"),
    path("keberatan/", objections.objection_list, name="objection_list"),
    path("keberatan/<uuid:pk>/", objections.objection_detail, name="objection_detail"),
    path("keberatan/<uuid:pk>/<str:act>/", objections.objection_answer, name="objection_answer"),
    path(f"{PERSON}keberatan/", objections.objection_raise, name="object"),
    path("usulan-susulan/", proposals.proposal_list, name="proposal_list"),
    path("usulan-susulan/baru/", proposals.proposal_create, name="proposal_create"),
    path("usulan-susulan/<uuid:pk>/", proposals.proposal_detail, name="proposal_detail"),
    path("usulan-susulan/<uuid:pk>/<str:act>/", proposals.proposal_act, name="proposal_act"),
    path("sosialisasi/", briefings.briefing_list, name="briefing_list"),
    path("sosialisasi/baru/", briefings.briefing_create, name="briefing_create"),
    path(BRIEFING, briefings.briefing_detail, name="briefing_detail"),
    path(f"{BRIEFING}hadir/", briefings.briefing_attendance, name="briefing_attendance"),
    path(f"{BRIEFING}hadir/<uuid:marks>/urungkan/", briefings.briefing_undo, name="briefing_undo"),
    path("kalender-penutupan/", closing_calendar.closing_calendar, name="closing_calendar"),
    path("kalender-penutupan/<str:code>/", closing_calendar.closing_edit, name="closing_edit"),
    path(f"{PERSON}kelayakan/", eligibility.eligibility, name="eligibility"),
    path(f"{PERSON}pemberitahuan.pdf", eligibility.notice, name="notice"),
    path(f"{PERSON}pemberitahuan/", eligibility.notice_issue, name="notice_issue"),
    path(
        f"{PERSON}surat-pernyataan/<str:variant>/",
        eligibility.statement_paper,
        name="statement_paper",
    ),
    path(f"{PERSON}surat/<uuid:paper_pk>/", eligibility.paper_of_person, name="paper_of_person"),
]

# Whoever sees a session sees everybody who was verified in it.
people_of("session", urlpatterns, SESSION)
