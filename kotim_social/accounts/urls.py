"""Addresses of sign-in and of one's own account; allauth's other pages are not served."""

from django.urls import include, path

from kotim_social.accounts import session_views, views

own_pages = [
    path("akun/", views.profile, name="profile"),
    path("akun/keluar-semua/", views.sign_out_everywhere, name="sign_out_everywhere"),
    path("akun/sesi/", session_views.sessions, name="sessions"),
    path("akun/sesi/lanjut/", session_views.keep_alive, name="keep_alive"),
    path("akun/sesi/<slug:mark>/akhiri/", session_views.end_one, name="end_session"),
    path("akun/<int:pk>/faktor-kedua/", session_views.reset_factor, name="reset_factor"),
    path("akun/aktifkan/<str:uid>/<str:token>/", views.activate, name="activate"),
]

# Allauth knows its pages by these names, without a namespace.
urlpatterns = [
    path("masuk/", views.sign_in, name="account_login"),
    path("masuk/kode/", views.second_factor, name="mfa_authenticate"),
    path("keluar/", views.sign_out, name="account_logout"),
    path("akun/bukti/", views.prove_by_password, name="account_reauthenticate"),
    path("akun/bukti/kode/", views.prove_by_code, name="mfa_reauthenticate"),
    path("akun/kata-sandi/", views.change_password, name="account_change_password"),
    path("akun/faktor-kedua/", views.second_factor_index, name="mfa_index"),
    path("akun/faktor-kedua/pasang/", views.enrol, name="mfa_activate_totp"),
    path("akun/faktor-kedua/lepas/", views.remove_factor, name="mfa_deactivate_totp"),
    path("akun/kode-cadangan/", views.spare_codes, name="mfa_view_recovery_codes"),
    path("akun/kode-cadangan/baru/", views.new_spare_codes, name="mfa_generate_recovery_codes"),
    path("", include((own_pages, "accounts"))),
]
