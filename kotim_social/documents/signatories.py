"""Signature blocks from the master data, and the made-up officials of the demo office."""

from datetime import date

from kotim_social.documents.models import Signatory
from kotim_social.documents.signatures import SignatureBlock

# What is printed over the dotted line while the office has not said who signs.
_TITLES = {
    Signatory.Function.KEPALA_DINAS: "Kepala Dinas Sosial",
    Signatory.Function.KABID: "Kepala Bidang Rehabilitasi Sosial",
    Signatory.Function.BENDAHARA: "Bendahara Pengeluaran",
    Signatory.Function.PPK: "Pejabat Pembuat Komitmen",
    Signatory.Function.PPTK: "Pejabat Pelaksana Teknis Kegiatan",
    Signatory.Function.PA_KPA: "Pengguna Anggaran/Kuasa Pengguna Anggaran",
    Signatory.Function.BUPATI: "Bupati",
}
_DEMO = (
    (Signatory.Function.KEPALA_DINAS, "Drs. Contoh Kepala, M.Si.", "Pembina Utama Muda", "1965"),
    (Signatory.Function.KABID, "Contoh Bidang, S.Sos.", "Pembina", "1972"),
    (Signatory.Function.BENDAHARA, "Contoh Bendahara, S.E.", "Penata Muda", "1984"),
    (Signatory.Function.PPK, "Contoh Komitmen, S.H.", "Penata Tingkat I", "1976"),
    (Signatory.Function.PPTK, "Contoh Kegiatan, S.Sos.", "Penata", "1979"),
    (Signatory.Function.PA_KPA, "Drs. Contoh Anggaran, M.Si.", "Pembina Tingkat I", "1968"),
    # A regent is elected: neither rank nor NIP.
    (Signatory.Function.BUPATI, "H. Contoh Bupati, S.H.", "", ""),
)


def signature_block(function: str, day: date, *, lead: str = "") -> SignatureBlock:
    """The block of a function on a day; nobody appointed gives a title over dotted lines."""
    signatory = Signatory.objects.on(function, day)
    if signatory is None:
        return SignatureBlock(_TITLES[Signatory.Function(function)], lead=lead)
    return SignatureBlock.from_snapshot(signatory.snapshot(), lead=lead)


def load_demo_signatories() -> None:
    """Made-up officials for the demo office; what is there already stays."""
    for function, name, rank, year in _DEMO:
        if not Signatory.objects.filter(function=function).exists():
            Signatory.objects.create(
                function=function,
                title=_TITLES[function],
                name=name,
                rank=rank,
                nip=f"{year}01011990031001" if year else "",
                valid_from=date(2017, 1, 1),
            )
