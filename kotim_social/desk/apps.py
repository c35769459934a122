"""Pages and acts that need the facts of several apps."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "kotim_social.desk"
    label = "desk"
