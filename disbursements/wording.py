"""What the office words itself in a decree: who signs, and the parts that change each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from disbursements.models import Decree
from kotim_social.documents.models import Signatory

SIGNERS = (Signatory.Function.BUPATI, Signatory.Function.PA_KPA, Signatory.Function.KEPALA_DINAS)
LAWS = (
    "Undang-Undang Nomor 17 Tahun 2003 tentang Keuangan Negara;",
    "Undang-Undang Nomor 11 Tahun 2009 tentang Kesejahteraan Sosial;",
    "Undang-Undang Nomor 23 Tahun 2014 tentang Pemerintahan Daerah;",
    "Peraturan Pemerintah Nomor 39 Tahun 2012 tentang Penyelenggaraan Kesejahteraan Sosial;",
)


@dataclass(frozen=True)
class Wording:
    """What the office writes itself: who signs, and the parts that change from decree to decree."""

    signer: str
    considering: Sequence[str]
    recalling: Sequence[str]
    copies: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        return {
            "signer": str(self.signer),
            "considering": list(self.considering),
            "recalling": list(self.recalling),
            "copies": list(self.copies),
        }


def first_wording(decree: Decree) -> Wording:
    """What the form begins with; the legal bases of the rates that the decree froze come last."""
    bases = decree.entitlements.order_by("legal_basis").values_list("legal_basis", flat=True)
    regent = decree.signed_by_title.casefold().startswith("bupati")
    return Wording(
        signer=Signatory.Function.BUPATI if regent else Signatory.Function.PA_KPA,
        considering=(
            "bahwa untuk memulihkan fungsi sosial penerima manfaat perlu diberikan bantuan sosial;",
            "bahwa nama yang tercantum dalam Lampiran telah diverifikasi dan divalidasi serta "
            "dinyatakan layak menerima bantuan;",
            "bahwa berdasarkan pertimbangan pada huruf a dan huruf b perlu ditetapkan penerima "
            "bantuan sosial;",
        ),
        recalling=(*LAWS, *(f"{basis.rstrip(';')};" for basis in bases.distinct() if basis)),
        copies=(f"Kepala {settings.OFFICE_NAME}", "Bendahara Pengeluaran", "Arsip"),
    )
