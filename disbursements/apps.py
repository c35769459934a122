"""The money: funders, rates, decrees, entitlements, payment lists and what became of them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DisbursementsConfig(AppConfig):
    name = "disbursements"
    label = "disbursements"
    verbose_name = _("Money")
