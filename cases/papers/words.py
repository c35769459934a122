"""What the states and reasons are called on paper."""

from cases.models import ReasonCode

FINDINGS = {
    "registered": "belum diverifikasi",
    "verified": "terverifikasi, belum diputuskan",
    "eligible": "layak",
    "not_eligible": "tidak layak",
    "on_hold": "ditangguhkan",
}
REASONS = {
    ReasonCode.NO_ID_CARD: "belum punya KTP-el",
    ReasonCode.NEWCOMER: "penghuni baru",
    ReasonCode.NIK_UNMATCHED: "NIK tidak padan",
    ReasonCode.DUPLICATE: "tercatat dua kali",
    ReasonCode.NOT_RESIDENT: "bukan penghuni",
    ReasonCode.MINOR: "di bawah umur",
    ReasonCode.WENT_HOME_ALONE: "pulang mandiri",
    ReasonCode.REFUSED: "menolak bantuan",
    ReasonCode.OTHER: "alasan lain",
}
# The same in a letter to her.
PLAIN_REASONS = {
    ReasonCode.NO_ID_CARD: "Anda belum mempunyai KTP elektronik.",
    ReasonCode.NEWCOMER: "Anda tercatat mulai tinggal di tempat itu setelah pendataan dimulai.",
    ReasonCode.NIK_UNMATCHED: "NIK Anda belum cocok dengan data kependudukan.",
    ReasonCode.DUPLICATE: "Nama Anda sudah tercatat satu kali pada data lain.",
    ReasonCode.NOT_RESIDENT: "Petugas tidak menemukan bukti bahwa Anda tinggal di tempat itu.",
    ReasonCode.MINOR: "Umur Anda belum 18 tahun. Anda mendapat pendampingan tersendiri.",
    ReasonCode.WENT_HOME_ALONE: "Anda tercatat sudah pulang sendiri sebelum penetapan.",
    ReasonCode.REFUSED: "Anda menyatakan tidak menerima bantuan.",
    ReasonCode.OTHER: "Alasan lain, seperti tertulis di bawah ini.",
}
