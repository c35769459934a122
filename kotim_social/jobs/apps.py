"""Background jobs."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "kotim_social.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Each app names its kinds of work in its own module `background`."""
        autodiscover_modules("background")
