"""Answers the same POST once."""

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "kotim_social.idempotency"
    label = "idempotency"
