"""Names for filters are read from the database once a minute, and not for each page."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kotim_social.regions import known
from kotim_social.regions.models import Place

pytestmark = pytest.mark.django_db


def test_a_new_name_is_there_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(known.time, "monotonic", lambda: now[0])
    names = known.Known(lambda: tuple(Place.objects.values_list("code", "label")))
    before = names()
    Place.objects.filter(pk="KM12").update(label="Km 12, baru")
    with CaptureQueriesContext(connection) as asked:
        assert names() == before
    assert len(asked) == 0
    now[0] += known.SECONDS
    assert ("KM12", "Km 12, baru") in names()
