"""The money: funders, rates, decrees, entitlements, payment lists and what became of them."""

from django.apps import AppConfig


class DisbursementsConfig(AppConfig):
    name = "disbursements"
    label = "disbursements"
