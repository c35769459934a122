"""How long the newest rows of the trail wait for their seal, and what the last check said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from kotim_social.audit.models import Entry, Seal
from kotim_social.audit.sealing import verify
from kotim_social.operations.doctor.findings import Finding, error, good, warning

VERIFIED = "audit.verify"
SEALED_WITHIN = timedelta(hours=25)
VERIFIED_WITHIN = timedelta(days=8)
ASK = "Jalankan: ./run manage verify_audit (setiap malam lewat pewaktu, lihat deploy/)"


def check_trail() -> Iterator[Finding]:
    """Without walking the chain: what stands there about sealing and the last check."""
    now = timezone.now()
    last = Seal.objects.order_by("-sequence").first()
    waiting = Entry.objects.filter(pk__gt=last.entry_id if last else 0).order_by("pk").first()
    if waiting and now - waiting.at > SEALED_WITHIN:
        days = (now - waiting.at).days
        yield warning("trail", f"Ada jejak yang {days} hari belum disegel.", ASK)
    checked = Entry.objects.filter(act=VERIFIED).order_by("-pk").first()
    if checked is None:
        if last or waiting:
            yield warning("trail", "Jejak belum pernah diperiksa.", ASK)
    elif not checked.changes.get("ok", [None, False])[1]:
        yield error(
            "trail",
            "Pemeriksaan jejak yang terakhir menemukan baris yang diubah atau hilang.",
            "Jalankan ./run manage verify_audit, catat baris yang disebut, laporkan ke pimpinan.",
        )
    elif now - checked.at > VERIFIED_WITHIN:
        yield warning(
            "trail", f"Jejak terakhir diperiksa {(now - checked.at).days} hari lalu.", ASK
        )
    else:
        yield good("trail", "Jejak disegel dan diperiksa.")


def check_chain() -> Iterator[Finding]:
    """Walks the whole chain."""
    verdict = verify()
    if verdict.ok:
        yield good("chain", f"{verdict.sealed} baris jejak utuh, {verdict.unsealed} belum disegel.")
    else:
        yield error(
            "chain",
            f"Rantai jejak putus pada baris {verdict.first_bad}.",
            "Jangan ubah apa pun. Simpan salinan basis data dan laporkan ke pimpinan.",
        )
