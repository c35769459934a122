"""Whether the store of files and its rows still speak of the same files."""

from __future__ import annotations

from collections.abc import Iterator

from kotim_social.files import store
from kotim_social.operations.doctor.findings import Finding, error, good, warning


def check_files() -> Iterator[Finding]:
    """A file that is gone is an error; what is left over takes room and should go."""
    if lost := store.lost():
        yield error(
            "files",
            f"{len(lost)} berkas tidak ada di cakram (yang pertama: {lost[0]}).",
            "Pulihkan folder berkas dari cadangan terakhir: ./run manage restore",
        )
    if left := sum(1 for _path in store.leftovers()):
        yield warning(
            "files",
            f"{left} berkas sisa pekerjaan yang batal.",
            "Hapus dengan: ./run manage doctor --sweep",
        )
    if unowned := store.unowned():
        yield warning(
            "files",
            f"{len(unowned)} berkas tersimpan tidak dipakai halaman mana pun "
            f"(yang pertama: {unowned[0]}).",
            "Catat nomornya dan beri tahu pengembang: sebuah pekerjaan berhenti di tengah jalan.",
        )
    if not (lost or left or unowned):
        yield good("files", "Setiap berkas tersimpan ada dan ada yang memakainya.")
