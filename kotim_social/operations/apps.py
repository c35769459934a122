"""Commands that keep the office running."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "kotim_social.operations"
    label = "operations"
