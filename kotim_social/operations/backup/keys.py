"""The key pair of backups: the public half on this machine, the private half on paper only."""

from __future__ import annotations

import base64
import getpass
import os
import sys
from pathlib import Path

from django.conf import settings

from kotim_social.lib.crypto import CryptoError
from kotim_social.lib.envelope import KEY, new_pair, paper_key, read_paper_key


def make_pair(*, replace: bool = False) -> tuple[bytes, str]:
    """Stores the public key; returns (public key, paper key). The paper key is kept nowhere."""
    path = Path(settings.BACKUP_PUBLIC_KEY)
    if path.exists() and not replace:
        raise FileExistsError(path)
    private, public = new_pair()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    fresh.write_text(base64.b64encode(public).decode() + "\n")
    fresh.replace(path)
    return public, paper_key(private)


def public_key() -> bytes:
    try:
        public = base64.b64decode(Path(settings.BACKUP_PUBLIC_KEY).read_text(), validate=False)
    except FileNotFoundError:
        raise CryptoError("there is no key for backups: run manage.py backup_key") from None
    except ValueError:
        public = b""
    if len(public) != KEY:
        raise CryptoError("the public key for backups cannot be read")
    return public


def ask_private(where: str | None) -> bytes:
    """The private key from a file, from standard input ("-") or typed without an echo.

    Never from the command line itself: everybody on the machine reads that.
    """
    if where is None:
        text = getpass.getpass("Kunci kertas: ")
    elif where == "-":
        text = sys.stdin.read()
    else:
        text = Path(where).read_text()
    return read_paper_key(text)
