"""Users, roles, scope and sign-in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "kotim_social.accounts"
    label = "accounts"
    verbose_name = _("Accounts and roles")
