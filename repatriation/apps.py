"""The way home: batches, escorts, roll-calls and hand-over."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RepatriationConfig(AppConfig):
    name = "repatriation"
    label = "repatriation"
    verbose_name = _("Batches")
