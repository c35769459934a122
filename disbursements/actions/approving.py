"""What is checked and frozen when a list is approved and ordered: ceilings, people, payees."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import BankAccount
from disbursements.lines_now import LineNow, reasons_against
from disbursements.models import Ceiling, PaymentList
from disbursements.rules import payees_of, remainders
from kotim_social.lib.money import format_rupiah
from kotim_social.lib.nik import mask_nik
from kotim_social.workflow import Refused


def check_ceilings(payment_list: PaymentList) -> None:
    """Two approvals at once wait for each other on the ceiling's row."""
    list(
        Ceiling.objects.filter(budget_year=payment_list.budget_year)
        .select_for_update()
        .order_by("pk")
    )
    passed = [remainder for remainder in remainders(payment_list) if remainder.passed]
    if passed:
        raise Refused(
            *(
                _("The ceiling for %(kind)s would be passed: %(left)s is left, %(wanted)s wanted.")
                % {
                    "kind": remainder.kind.name,
                    "left": format_rupiah(remainder.left),
                    "wanted": format_rupiah(remainder.wanted),
                }
                for remainder in passed
            )
        )


def check_people(lines: Iterable[LineNow]) -> None:
    """Nobody on the list may lack by now what paying her needs."""
    reasons = reasons_against(lines)
    if reasons:
        raise Refused(
            _("Not everybody can be paid any more: %(numbers)s. Send the list back.")
            % {"numbers": ", ".join(sorted(reasons))}
        )


def take_snapshots(payment_list: PaymentList) -> None:
    """Freezes whom the approval is for: name, masked NIK, account, amount, kind and rate."""
    lines = list(
        payment_list.lines.filter(state="prepared").select_related(
            "entitlement__worker", "entitlement__kind"
        )
    )
    worker_ids = {line.entitlement.worker_id for line in lines}
    payees = payees_of(worker_ids)
    accounts = {
        account.worker_id: account
        for account in BankAccount.objects.filter(worker__in=worker_ids).exclude(state="closed")
    }
    for line in lines:
        entitlement = line.entitlement
        account = accounts.get(entitlement.worker_id)
        line.snapshot = {
            "register_no": entitlement.worker.register_no,
            "name": entitlement.worker.name,
            "nik": mask_nik(entitlement.worker.nik or ""),
            "bank": account.bank if account else "",
            "account": account.number if account else "",
            "holder": account.holder if account else "",
            "amount": line.amount,
            "kind": entitlement.kind_id,
            "rate": entitlement.rate_id,
            "legal_basis": entitlement.legal_basis,
            "at": timezone.now().isoformat(),
        }
        line.payee_mark = payees[entitlement.worker_id].mark(line.amount)
        line.save(update_fields=["snapshot", "payee_mark"])
