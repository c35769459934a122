"""Half-filled forms."""

from django.apps import AppConfig


class DraftsConfig(AppConfig):
    name = "kotim_social.drafts"
    label = "drafts"
