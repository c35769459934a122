"""The machine under the program: folders, disk, backups, settings, fonts, static files."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core import checks
from django.utils import timezone
from reportlab.pdfbase.ttfonts import TTFError

from kotim_social.documents.fonts import load_fonts
from kotim_social.operations.doctor.findings import Finding, error, good, warning

MEGABYTE = 1024 * 1024
DISK_ERROR = 500 * MEGABYTE
DISK_WARNING = 2_000 * MEGABYTE
BACKUP_WARNING = timedelta(hours=26)
BACKUP_ERROR = timedelta(days=7)
OTHERS = 0o077
LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "::1"}
BACKUP_PATTERN = "kotim-*.backup"


def check_folders() -> Iterator[Finding]:
    """Nobody but the program's own user reads what it keeps."""
    var = Path(settings.VAR_DIR)
    private = [Path(settings.PRIVATE_FILES_DIR), Path(settings.BACKUP_DIR)]
    secrets = [var / "secret_key", var / "demo.txt", Path(settings.BASE_DIR) / ".env"]
    bad = [path for path in [*private, *secrets] if path.exists() and _mode(path) & OTHERS]
    for path in bad:
        mode = "700" if path.is_dir() else "600"
        yield error("folders", f"{path} terbuka bagi pemakai lain.", f"chmod {mode} {path}")
    if var.exists() and _mode(var) & stat.S_IWOTH:
        yield error("folders", f"{var} dapat ditulis siapa pun.", f"chmod o-w {var}")
    elif not bad:
        yield good("folders", "Folder data tertutup bagi pemakai lain.")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def check_disk() -> Iterator[Finding]:
    free = min(shutil.disk_usage(_existing(folder)).free for folder in _folders())
    sentence = f"Sisa cakram {free // MEGABYTE} MB."
    remedy = "Kosongkan cakram atau pindahkan cadangan lama ke tempat lain."
    if free < DISK_ERROR:
        yield error("disk", sentence, remedy)
    elif free < DISK_WARNING:
        yield warning("disk", sentence, remedy)
    else:
        yield good("disk", sentence)


def _folders() -> list[Path]:
    return [Path(settings.VAR_DIR), Path(settings.PRIVATE_FILES_DIR), Path(settings.BACKUP_DIR)]


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def backups() -> list[Path]:
    """Finished backups, oldest first: their names begin with their time."""
    return sorted(Path(settings.BACKUP_DIR).glob(BACKUP_PATTERN))


def check_backup() -> Iterator[Finding]:
    """A demo office has nothing to lose."""
    if settings.IS_DEMO:
        yield good("backup", "Kantor contoh: tidak perlu dicadangkan.")
        return
    if not Path(settings.BACKUP_PUBLIC_KEY).exists():
        yield warning("backup", "Kunci cadangan belum dibuat.", "Jalankan: ./run manage backup_key")
        return
    found = backups()
    if not found:
        yield warning("backup", "Belum ada cadangan.", "Jalankan: ./run manage backup")
        return
    made = datetime.fromtimestamp(found[-1].stat().st_mtime, tz=timezone.get_current_timezone())
    age = timezone.now() - made
    sentence = f"Cadangan terakhir dibuat {int(age.total_seconds() // 3600)} jam lalu."
    remedy = "Periksa pewaktu kotim-backup, lalu jalankan: ./run manage backup"
    if age > BACKUP_ERROR:
        yield error("backup", sentence, remedy)
    elif age > BACKUP_WARNING:
        yield warning("backup", sentence, remedy)
    else:
        yield good("backup", sentence)


def check_settings() -> Iterator[Finding]:
    """What a server that others reach must have switched on, and what it must not know."""
    hosts = set(settings.ALLOWED_HOSTS)
    if settings.DEBUG:
        yield error("settings", "DEBUG menyala: halaman galat membuka isi program.", "DEBUG=off")
    if "*" in hosts:
        yield error(
            "settings", "ALLOWED_HOSTS menerima nama apa pun.", "ALLOWED_HOSTS=alamat.kantor.go.id"
        )
    open_to_others = bool(hosts - LOOPBACK)
    if open_to_others and not settings.HTTPS:
        yield error(
            "settings",
            "Orang lain dapat membuka program ini tanpa HTTPS; kuki masuk dapat disadap.",
            "Pasang nginx dengan TLS (deploy/nginx) dan setel HTTPS=on",
        )
    if not settings.USES_EMBEDDED_POSTGRES and settings.KNOWS_OWNER:
        yield warning(
            "settings",
            "Proses ini mengenal DATABASE_OWNER_URL.",
            "Berikan hanya kepada setup, migrate, backup, dan restore.",
        )
    if settings.HTTPS:
        yield from _deployment()
    yield good("settings", "Setelan dibaca.")


def _deployment() -> Iterator[Finding]:
    for message in checks.run_checks(include_deployment_checks=True):
        if message.level >= checks.WARNING:
            yield warning("settings", f"{message.id}: {message.msg}", str(message.hint or ""))


def check_papers() -> Iterator[Finding]:
    try:
        load_fonts()
    except (OSError, TTFError):
        yield error(
            "papers", "Huruf untuk surat tidak dapat dibuka.", "Pasang ulang berkas program."
        )
    else:
        yield good("papers", "Huruf untuk surat lengkap.")


def check_static() -> Iterator[Finding]:
    """Style sheets are collected, words are compiled."""
    remedy = "Jalankan: ./run manage set_up"
    try:
        staticfiles_storage.url("app.css")
        found = True
    except ValueError:
        found = False
    if not found or not any(Path(settings.STATIC_ROOT).glob("app*.css")):
        yield error("static", "Berkas tampilan belum dikumpulkan.", remedy)
    elif not any(Path(settings.LOCALE_PATHS[0]).glob("id/LC_MESSAGES/*.mo")):
        yield error("static", "Kata-kata layar belum disusun.", remedy)
    else:
        yield good("static", "Berkas tampilan dan kata-kata layar ada.")
