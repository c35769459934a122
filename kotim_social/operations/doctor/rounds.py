"""Which checks make a full round, which are vital at each start, and which answer /readyz."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import Error

from kotim_social.operations.doctor import database, keys, machine, stored_files, trail
from kotim_social.operations.doctor.findings import Finding, Level, error

Check = Callable[[], Iterable[Finding]]
NEEDS_NO_DATABASE: tuple[Check, ...] = (
    keys.check_key_file,
    machine.check_folders,
    machine.check_disk,
    machine.check_backup,
    machine.check_settings,
    machine.check_papers,
    machine.check_static,
)
# A start without these would lose or open data.
VITAL_IN_DATABASE: tuple[Check, ...] = (
    database.check_role,
    database.check_durability,
    database.check_time_zone,
    database.check_migrations,
    database.check_grants,
    database.check_policies,
)
WHOLE_DATABASE: tuple[Check, ...] = (
    *VITAL_IN_DATABASE,
    keys.check_key_use,
    trail.check_trail,
    database.check_limits,
    database.check_replica,
    stored_files.check_files,
)


def full_round(*, chain: bool = True) -> list[Finding]:
    """Everything; `chain` also walks the whole trail."""
    found = [finding for check in NEEDS_NO_DATABASE for finding in check()]
    more: tuple[Check, ...] = (trail.check_chain,) if chain else ()
    return found + _in_database((*WHOLE_DATABASE, *more))


def vital_round() -> list[Finding]:
    """What must hold before the first page is served."""
    return [*keys.check_key_file(), *_in_database(VITAL_IN_DATABASE)]


def readiness() -> dict[str, Level]:
    """One plain word and its level for each thing that serving needs."""
    probes: dict[str, Iterable[Check]] = {
        "database": (database.check_server,),
        "migrations": (database.check_migrations,),
        "disk": (machine.check_disk,),
        "backup": (machine.check_backup,),
        "trail": (trail.check_trail,),
    }
    return {name: max(map(_level, checks)) for name, checks in probes.items()}


def _level(check: Check) -> Level:
    try:
        return max((finding.level for finding in check()), default=Level.OK)
    except Error:
        return Level.ERROR


def _in_database(checks: Iterable[Check]) -> list[Finding]:
    """The server first: without it the others have nothing to say."""
    try:
        found = list(database.check_server())
    except Error:
        return [
            error(
                "database",
                "Basis data tidak dapat dihubungi.",
                "Nyalakan PostgreSQL dan periksa DATABASE_URL dalam berkas setelan.",
            )
        ]
    for check in checks:
        try:
            found += check()
        except Error as problem:
            name = getattr(check, "__name__", "check").removeprefix("check_")
            code = getattr(problem.__cause__, "pgcode", None) or type(problem).__name__
            found.append(
                error(name, f"Pemeriksaan gagal ({code}).", "Jalankan: ./run manage migrate")
            )
    return found
