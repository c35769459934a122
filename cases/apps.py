"""The people: who she is, what was decided about her, what she chose, and her way home."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
    label = "cases"
