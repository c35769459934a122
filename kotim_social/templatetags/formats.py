"""Indonesian forms of values on a page: rupiah, dates, times, masked numbers."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from kotim_social.lib.dates import format_date
from kotim_social.lib.money import format_rupiah
from kotim_social.lib.nik import mask_account, mask_nik, mask_phone

register = template.Library()

NOTHING = "–"
SHORT_MONTHS = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]


@register.filter
def rupiah(amount: int | str | None) -> str:
    return format_rupiah(amount) if isinstance(amount, int) else NOTHING


@register.filter
def rupiah_cents(amount: int | str | None) -> str:
    return format_rupiah(amount, cents=True) if isinstance(amount, int) else NOTHING


@register.filter
def angka(number: int | str | None) -> str:
    """1234 → 1.234; not for ids and years."""
    return f"{number:,}".replace(",", ".") if isinstance(number, int) else NOTHING


@register.filter
def tanggal(moment: date | datetime | None) -> str:
    """5 Desember 2017, in the office's time zone."""
    if not moment:
        return NOTHING
    if isinstance(moment, datetime):
        moment = _local(moment).date()
    return format_date(moment)


@register.filter
def waktu(moment: datetime | None) -> str:
    """5 Des 2017 14.30 WIB."""
    if not moment:
        return NOTHING
    local = _local(moment)
    return f"{local.day} {SHORT_MONTHS[local.month - 1]} {local.year} {local:%H.%M} WIB"


@register.filter
def masked_nik(nik: str | None) -> str:
    return mask_nik(nik) if nik else NOTHING


@register.filter
def masked_account(account: str | None) -> str:
    return mask_account(account) if account else NOTHING


@register.filter
def masked_phone(phone: str | None) -> str:
    return mask_phone(phone) if phone else NOTHING


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment
