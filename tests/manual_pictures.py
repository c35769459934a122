"""Makes the pictures of docs/panduan again: `python -m tests.manual_pictures` (invented office)."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.served import HERE, Served, served_office

FOLDER = HERE / "docs" / "panduan" / "gambar"
WIDTH, HEIGHT, COLOURS = 1000, 720, 48
MOST_BYTES = 1_500_000


def pages() -> list[tuple[str, str, str]]:
    """Name of the picture, role, address."""
    from cases.models import RegisterImport, Worker
    from disbursements.models import PaymentList

    worker = Worker.objects.order_by("register_no")[0].pk
    newest = PaymentList.objects.order_by("-pk")[0].pk
    source = RegisterImport.objects.order_by("-pk")[0].pk
    return [
        ("petugas-penerima", "petugas", "/penerima/"),
        ("petugas-orang", "petugas", f"/penerima/{worker}/"),
        ("petugas-impor", "petugas", f"/impor/{source}/"),
        ("verifikator-beranda", "verifikator", "/"),
        ("pimpinan-beranda", "pimpinan", "/"),
        ("pimpinan-total", "pimpinan", "/total/"),
        ("bendahara-daftar", "bendahara", f"/daftar-bayar/{newest}/"),
        ("bendahara-laporan", "bendahara", "/laporan/"),
        ("admin-pengguna", "admin", "/admin/accounts/user/"),
        ("auditor-jejak", "auditor", "/jejak/"),
    ]


def take(served: Served, folder: Path) -> None:
    """Each page at its top, in few colours: small enough for a manual that is carried along."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        for name, role, address in pages():
            context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
            context.add_cookies(
                [{"name": "sessionid", "value": served.cookie(role), "url": served.base}]
            )
            page = context.new_page()
            answer = page.goto(served.base + address, timeout=120_000)
            if answer is None or answer.status != 200:
                raise SystemExit(f"{address} does not open for {role}.")
            picture = Image.open(io.BytesIO(page.screenshot()))
            picture.convert("RGB").quantize(COLOURS).save(folder / f"{name}.png", optimize=True)
            context.close()
        browser.close()
    size = sum(path.stat().st_size for path in folder.glob("*.png"))
    if size > MOST_BYTES:
        raise SystemExit(f"The pictures weigh {size} bytes, more than {MOST_BYTES}.")


if __name__ == "__main__":
    with served_office() as served:
        take(served, FOLDER)
