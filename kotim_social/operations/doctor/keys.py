"""The key file, and whether it holds every key that something stored was written with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from kotim_social.audit.scope import whole_office
from kotim_social.lib.crypto import CryptoError, Keyring, load_keyring
from kotim_social.operations.doctor.findings import Finding, error, good
from kotim_social.operations.rotation import UNREADABLE, key_uses


def check_key_file() -> Iterator[Finding]:
    path = Path(settings.KOTIM_KEY_FILE)
    try:
        ring = load_keyring()
    except CryptoError as problem:
        yield error("keys", f"Berkas kunci {path} tidak dapat dipakai: {problem}.", _remedy(path))
    else:
        yield good("keys", f"Berkas kunci memuat {len(ring.key_ids)} kunci data.")


def _remedy(path: Path) -> str:
    if path.exists():
        return f"chmod 600 {path}; bila isinya rusak, kembalikan dari cadangan (manage restore)."
    return "Kembalikan berkas kunci dari cadangan. Jangan membuat yang baru: data lama tak terbuka."


def check_key_use() -> Iterator[Finding]:
    """Looks at every stored token's key id; opens none."""
    try:
        ring: Keyring = load_keyring()
    except CryptoError:
        return
    used = keys_in_use()
    missing = sorted(set(used) - set(ring.key_ids))
    if missing:
        lost = sum(used[key_id] for key_id in missing)
        yield error(
            "key use",
            f"Kunci {', '.join(missing)} tidak ada dalam berkas kunci; {lost} isian tidak terbuka.",
            "Kembalikan berkas kunci yang memuatnya dari cadangan.",
        )
        return
    idle = sorted(set(ring.key_ids) - set(used) - {ring.current})
    sentence = f"Semua {sum(used.values())} isian tersandi mempunyai kuncinya."
    if idle:
        sentence += f" Kunci {', '.join(idle)} tidak dipakai lagi."
    yield good("key use", sentence)


@whole_office()
def keys_in_use() -> Counter[str]:
    """Key id → how many stored tokens were written with it, as the role that serves sees them."""
    uses = key_uses(using=DEFAULT_DB_ALIAS)
    return Counter({k: sum(places.values()) for k, places in uses.items() if k != UNREADABLE})
