"""Database ENGINE: PostgreSQL that is started on the first connection."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base, creation

from kotim_social.embedded_postgres import server


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the private server where it listens, the moment somebody connects."""

    def get_connection_params(self) -> dict[str, Any]:
        place = server.start()
        self.settings_dict["HOST"] = place["host"]
        self.settings_dict["PORT"] = str(place["port"])
        return super().get_connection_params()


DatabaseCreation = creation.DatabaseCreation
