"""The tables of regions are complete, and loading them again mends without harm."""

from datetime import date
from time import perf_counter

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connections, transaction

from kotim_social.regions.models import (
    District,
    Lokalisasi,
    Place,
    Province,
    Regency,
    Spelling,
)

# The app role only reads most of these tables, so what writes here is the owner.
OWNER = "owner" if "owner" in connections else "default"

pytestmark = pytest.mark.django_db(databases=sorted({"default", OWNER}))


def test_the_migration_filled_the_tables() -> None:
    assert Province.objects.count() == 38
    assert Regency.objects.count() == 514
    assert District.objects.count() == 7285
    regency = Regency.objects.get(pk="35.09")
    assert (regency.name, regency.short_name, regency.kind) == (
        "Kabupaten Jember",
        "Jember",
        "kabupaten",
    )
    assert Regency.objects.get(pk="31.74").short_name == "Jakarta Selatan"
    assert Spelling.objects.get(kind="province", text="jatim").province_id == "35"


def test_places_belong_to_the_three_lokalisasi() -> None:
    assert dict(Place.objects.values_list("code", "lokalisasi_id")) == {
        "KM12": "KM12",
        "TANGAR": "TANGAR",
        "MEKAR_JAYA": "PARENGGEAN",
        "BUKIT_HARAPAN": "PARENGGEAN",
    }
    for place in Place.objects.all():
        district = District.objects.get(pk=place.district_code)
        assert district.name == place.district_name
        assert place.village_code.startswith(district.code)
    assert set(Lokalisasi.objects.values_list("planned_closing", flat=True)) == {date(2017, 11, 28)}


def test_loading_again_mends_names_and_keeps_closing_dates() -> None:
    Regency.objects.using(OWNER).filter(pk="35.09").update(name="Jember")
    District.objects.using(OWNER).filter(pk="62.02.17").delete()
    Lokalisasi.objects.using(OWNER).filter(pk="KM12").update(planned_closing=date(2018, 1, 31))
    before = (Spelling.objects.using(OWNER).count(), Place.objects.using(OWNER).count())

    started = perf_counter()
    call_command("load_regions", verbosity=0)
    taken = perf_counter() - started

    assert Regency.objects.using(OWNER).get(pk="35.09").name == "Kabupaten Jember"
    assert District.objects.using(OWNER).count() == 7285
    assert Lokalisasi.objects.using(OWNER).get(pk="KM12").planned_closing == date(2018, 1, 31)
    assert (Spelling.objects.using(OWNER).count(), Place.objects.using(OWNER).count()) == before
    assert taken < 10  # two seconds on a quiet machine


@pytest.mark.parametrize(
    "broken",
    [
        Province(code="3x", name="Nowhere"),
        Regency(code="36.99", province_id="35", name="Kota X", short_name="X", kind="kota"),
        Regency(code="35.99", province_id="35", name="Desa X", short_name="X", kind="desa"),
        District(code="35.10.99", regency_id="35.09", name="X"),
        Spelling(kind="province", text="x", regency_id="35.09"),
        Spelling(kind="regency", text="x"),
        Spelling(kind="province", text="jatim", province_id="35"),
    ],
)
def test_the_database_refuses_what_cannot_be(
    broken: Province | Regency | District | Spelling,
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(using=OWNER):
        broken.save(force_insert=True, using=OWNER)
