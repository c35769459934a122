"""Private files."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "kotim_social.files"
    label = "files"
