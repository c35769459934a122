"""The append-only trail."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kotim_social.audit"
    label = "audit"
