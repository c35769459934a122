"""Issued papers."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "kotim_social.documents"
    label = "documents"
