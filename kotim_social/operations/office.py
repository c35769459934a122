"""Setting up an office: keys, tables, words; and the synthetic demo office."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from cases.actions.importing import confirm_import, stage_register
from cases.models import RegisterImport, Worker
from kotim_social.accounts.actions import (
    assign,
    choose_password,
    create_user,
    enrol_demo_totp,
    grant_role,
)
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.audit.scope import set_actor, whole_office
from kotim_social.documents.signatories import load_demo_signatories
from kotim_social.lib.crypto import create_key_file
from kotim_social.regions.models import Lokalisasi

DEMO_REGISTER = settings.BASE_DIR / "cases" / "data" / "register-demo.xlsx"
# The day on which the demo register was signed, as its last lines say.
DEMO_REGISTERED_ON = date(2017, 10, 29)
# Roles count from before the first date of business of the demo.
DEMO_FROM = date(2017, 1, 1)
DEMO_PEOPLE = (
    ("petugas", "Petugas Contoh", Role.PETUGAS),
    ("verifikator", "Verifikator Contoh", Role.VERIFIKATOR),
    ("pimpinan", "Pimpinan Contoh", Role.PIMPINAN),
    ("bendahara", "Bendahara Contoh", Role.BENDAHARA),
    ("admin", "Admin Contoh", Role.ADMIN),
    ("auditor", "Auditor Contoh", Role.AUDITOR),
)


def demo_file() -> Path:
    return Path(settings.VAR_DIR) / "demo.txt"


def set_up() -> None:
    """Everything up to an empty office; a second run changes nothing."""
    key_file = Path(settings.KOTIM_KEY_FILE)
    if not key_file.exists():
        key_file.parent.mkdir(parents=True, exist_ok=True)
        create_key_file(key_file)
    call_command("compilemessages", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", interactive=False, verbosity=0)


@whole_office()
def is_empty() -> bool:
    """Whether nobody works here and nobody is registered yet."""
    return not (User.objects.exists() or Worker.objects.exists() or RegisterImport.objects.exists())


@transaction.atomic
def make_demo_office(say: Callable[[str], None]) -> list[tuple[str, str]]:
    """Six people, the register imported by the caseworker; returns (name, password) pairs."""
    log_ins = [_make_person(*person) for person in DEMO_PEOPLE]
    petugas = User.objects.get(username="petugas")
    set_actor(petugas.pk)
    say("Mengimpor register contoh …")
    staged = stage_register(
        DEMO_REGISTER.read_bytes(),
        file_name=DEMO_REGISTER.name,
        by=petugas,
        registered_on=DEMO_REGISTERED_ON,
    )
    confirm_import(staged, by=petugas)
    load_demo_signatories()
    return log_ins


def _make_person(username: str, full_name: str, role: Role) -> tuple[str, str]:
    user = create_user(username=username, full_name=full_name, by=None, is_demo=True)
    grant_role(user=user, role=role, by=None, valid_from=DEMO_FROM)
    if role == Role.PETUGAS:
        for lokalisasi in Lokalisasi.objects.all():
            assign(user=user, lokalisasi=lokalisasi, by=None, valid_from=DEMO_FROM)
    password = "-".join(secrets.token_hex(3) for _ in range(3))
    choose_password(user=user, password=password)
    user.refresh_from_db()
    if user.needs_second_factor:
        enrol_demo_totp(user)
    return username, password


def write_demo_file(log_ins: list[tuple[str, str]]) -> None:
    """The passwords exist in this file only, readable by its owner."""
    path = demo_file()
    path.touch(mode=0o600)
    path.chmod(0o600)
    lines = [f"{name:<14}{password}" for name, password in log_ins]
    path.write_text("\n".join(["nama          kata sandi", *lines]) + "\n")
