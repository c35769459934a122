"""Django's admin, opened by our own door."""

from django.contrib.admin.apps import AdminConfig


class OfficeAdminConfig(AdminConfig):
    default_site = "kotim_social.accounts.admin_site.OfficeAdminSite"
