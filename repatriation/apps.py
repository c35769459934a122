"""The way home: batches, escorts, roll-calls and hand-over."""

from django.apps import AppConfig


class RepatriationConfig(AppConfig):
    name = "repatriation"
    label = "repatriation"
