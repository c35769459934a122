"""The Indonesian forms of values on a page."""

from datetime import UTC, date, datetime

import pytest

from kotim_social.templatetags import formats


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (formats.rupiah(5_050_000), "Rp5.050.000"),
        (formats.rupiah(0), "Rp0"),
        (formats.rupiah(None), "–"),
        (formats.rupiah_cents(2_413_900_000), "Rp2.413.900.000,00"),
        (formats.rupiah_cents(None), "–"),
        (formats.angka(10_000), "10.000"),
        (formats.angka(239), "239"),
        (formats.angka(None), "–"),
        (formats.tanggal(date(2017, 12, 5)), "5 Desember 2017"),
        (formats.tanggal(None), "–"),
        (formats.waktu(None), "–"),
        (formats.masked_nik("6202064110960001"), "620206******0001"),
        (formats.masked_nik(""), "–"),
        (formats.masked_account(None), "–"),
        (formats.masked_phone(None), "–"),
    ],
)
def test_value_is_shown_in_the_indonesian_form(written: str, expected: str) -> None:
    assert written == expected


def test_times_are_shown_in_the_zone_of_the_office() -> None:
    late_on_new_years_eve_in_utc = datetime(2017, 12, 31, 17, 30, tzinfo=UTC)
    assert formats.waktu(late_on_new_years_eve_in_utc) == "1 Jan 2018 00.30 WIB"
    assert formats.tanggal(late_on_new_years_eve_in_utc) == "1 Januari 2018"


def test_masks_hide_the_middle() -> None:
    assert "12345678" not in formats.masked_account("00123456789012")
    assert "12345678" not in formats.masked_phone("081234567890")
