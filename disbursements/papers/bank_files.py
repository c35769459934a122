"""The list for the bank in its three forms, and what stands against making one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from disbursements.models import PaymentList
from disbursements.papers.payments import Payments, payments_in_snapshot
from disbursements.papers.transfer import transfer_csv, transfer_xlsx
from disbursements.rules import APPROVED_STATES
from kotim_social.documents.models import IssuedPaper
from kotim_social.files.serving import content_of

KIND = "transfer_list"
PDF = "pdf"
_MAKERS = {"csv": transfer_csv, "xlsx": transfer_xlsx}


def against_bank_file(payments: Payments, form: str) -> list[str]:
    """The PDF is the issued paper, as it was signed: it must speak of the same payments."""
    payment_list = payments.payment_list
    assert payment_list is not None, "the files of part of a list are its issued paper's"
    if payment_list.method != "transfer" or payment_list.state not in APPROVED_STATES:
        return [_("A file for the bank is made of an approved list by transfer.")]
    if form != PDF:
        return []
    paper = issued_list(payment_list)
    if paper is None:
        return [_("Issue the bank transfer list first: its PDF is the signed paper.")]
    if paper.snapshot.get("check_sum") != payments.check_sum:
        return [
            _("The issued transfer list %(number)s speaks of other payments. Take its files on its "
              "own page, or void it and issue a new one.") % {"number": paper.number}
        ]  # fmt: skip
    return []


def bank_file(payments: Payments, form: str) -> bytes:
    """Without protection: whoever hands it out puts the password on it."""
    if form == PDF:
        paper = issued_list(payments.payment_list) if payments.payment_list else None
        assert paper is not None, "against_bank_file was asked first"
        return content_of(paper.file)
    return _MAKERS[form](payments)


def issued_list(payment_list: PaymentList) -> IssuedPaper | None:
    """The last transfer list that counts of its payments, if one was issued."""
    papers = IssuedPaper.objects.filter(
        kind=KIND, void__isnull=True, payment_lines__line__payment_list=payment_list
    )
    return papers.select_related("file").order_by("-pk").first()


def bank_file_of_paper(paper: IssuedPaper, form: str) -> bytes:
    """The same payments as on an issued paper, with the same check sum."""
    return _MAKERS[form](payments_in_snapshot(paper.snapshot))
