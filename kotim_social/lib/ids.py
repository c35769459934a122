"""Record ids made in Python: UUID version 7, ordered by time and strictly rising in a process."""

import secrets
import threading
import time
from uuid import UUID

_NS_PER_MS = 1_000_000
_lock = threading.Lock()
_stamps = {"last": 0}


def uuid7() -> UUID:
    """Return a new UUIDv7: 48 bits of milliseconds, 12 bits of their fraction, 62 random bits."""
    ms, rest = divmod(time.time_ns(), _NS_PER_MS)
    stamp = ms << 12 | rest * 4096 // _NS_PER_MS
    with _lock:
        # Rows of one bulk insert keep their order even when the clock stands still.
        stamp = _stamps["last"] = max(stamp, _stamps["last"] + 1)
    high = (stamp >> 12) << 16 | 0x7 << 12 | stamp & 0xFFF
    return UUID(int=high << 64 | 0b10 << 62 | secrets.randbits(62))
