"""Places and provinces for the filters of lists: only the owner changes them, and seldom.

Each process reads them once a minute, not for each page.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from kotim_social.regions.models import Place, Province

SECONDS = 60
Names = tuple[tuple[str, str], ...]


class Known:
    """What one question answered last, and until when that is good."""

    def __init__(self, ask: Callable[[], Names]) -> None:
        self._ask = ask
        self._names: Names = ()
        self.until = 0.0

    def __call__(self) -> Names:
        if time.monotonic() >= self.until:
            self._names, self.until = self._ask(), time.monotonic() + SECONDS
        return self._names


place_names = Known(lambda: tuple(Place.objects.values_list("code", "label")))
lokalisasi_of_places = Known(lambda: tuple(Place.objects.values_list("code", "lokalisasi_id")))
province_names = Known(lambda: tuple(Province.objects.order_by("name").values_list("code", "name")))
