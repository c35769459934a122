"""What a page or the trail may show of a person's restricted data."""

from __future__ import annotations

from cases.models import BankAccount, Worker
from kotim_social.lib.nik import mask_account, mask_nik, mask_phone

HIDDEN = "•••"


def masked_of(worker: Worker) -> dict[str, str]:
    """Column → its masked form; empty where nothing is stored."""
    return {
        "nik": mask_nik(worker.nik) if worker.nik else "",
        "phone": mask_phone(worker.phone) if worker.phone else "",
        "mother_name": HIDDEN if worker.mother_name else "",
        "home_address": HIDDEN if worker.home_address else "",
    }


def masked_number(account: BankAccount | None) -> str:
    return mask_account(account.number) if account is not None and account.number else ""
