"""The kinds of papers this program issues."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kotim_social.documents.paper import CONFIDENTIAL, RESTRICTED


@dataclass(frozen=True, slots=True)
class PaperKind:
    """`classification` is what its footer says unless the paper decides otherwise.

    `page` is the address that shows an issued one, of which `page_takes` goes into it: the
    "paper" itself, the "subject" that it is about, or nothing. `whole` says that NIK or account
    stand in it unmasked.
    """

    label: str | Promise
    classification: str = RESTRICTED
    page: str = "disbursements:paper_page"
    page_takes: str = "paper"
    whole: bool = False


# Where the papers of one thing are shown: on the page of what they are about.
_PERSON = "cases:eligibility", "subject"
_BATCH = "repatriation:batch_detail", "subject"

PAPER_KINDS: dict[str, PaperKind] = {
    "verification_minutes": PaperKind(
        _("minutes of verification"), RESTRICTED, "cases:session_detail", "subject"
    ),
    "refusal_notice": PaperKind(_("notice of the finding"), CONFIDENTIAL, *_PERSON),
    "decree": PaperKind(
        _("decree with its annex"), RESTRICTED, "disbursements:decree_detail", "subject"
    ),
    "nominatif": PaperKind(_("nominal roll"), CONFIDENTIAL, whole=True),
    "transfer_list": PaperKind(_("bank transfer list"), CONFIDENTIAL, whole=True),
    "receipt": PaperKind(_("receipt")),
    "collective_receipt": PaperKind(_("collective receipt"), CONFIDENTIAL),
    "handover_of_goods": PaperKind(_("minutes of hand-over of assistance")),
    "handover_of_book": PaperKind(
        _("minutes of hand-over of book and card"), CONFIDENTIAL, "cases:account", "subject"
    ),
    "refund_demand": PaperKind(_("demand for a refund"), CONFIDENTIAL),
    "statement": PaperKind(_("signed statement"), CONFIDENTIAL, *_PERSON),
    "assignment_order": PaperKind(_("assignment order"), RESTRICTED, *_BATCH),
    "travel_order": PaperKind(_("travel order"), RESTRICTED, *_BATCH),
    "manifest": PaperKind(_("manifest, office copy"), CONFIDENTIAL, *_BATCH),
    "manifest_carrier": PaperKind(_("manifest, carrier copy"), RESTRICTED, *_BATCH),
    "origin_request": PaperKind(_("request to confirm origin"), CONFIDENTIAL, *_BATCH),
    "handover_of_people": PaperKind(_("minutes of hand-over of people"), CONFIDENTIAL, *_BATCH),
    "referral_letter": PaperKind(
        _("referral letter"), CONFIDENTIAL, "documents:paper_check", "nothing"
    ),
    "trip_report": PaperKind(_("report of a journey"), CONFIDENTIAL, *_BATCH),
    "stage_report": PaperKind(
        _("report of the stages"), CONFIDENTIAL, "desk:stage_report", "nothing"
    ),
    "rekap": PaperKind(_("disbursement report")),
    "realisation": PaperKind(_("report by funder")),
    "data_sheet": PaperKind(
        _("personal data sheet"), CONFIDENTIAL, "desk:personal_data", "subject"
    ),
    "data_answer": PaperKind(
        _("answer to a request about data"), CONFIDENTIAL, "cases:data_request", "subject"
    ),
    "breach_notice": PaperKind(
        _("notice of a data breach"), CONFIDENTIAL, "cases:data_breach_list", "nothing"
    ),
    "statistics": PaperKind(_("statistics for outside"), RESTRICTED, "desk:statistics", "nothing"),
    "processing_record": PaperKind(
        _("record of processing"), RESTRICTED, "desk:processing", "nothing"
    ),
    "accountability_cover": PaperKind(_("accountability cover and checklist")),
}


# Those that only whoever may see whole numbers opens, and that leave the house under a password.
WHOLE_KINDS = tuple(key for key, kind in PAPER_KINDS.items() if kind.whole)


def paper_kind(key: str) -> PaperKind:
    """ValueError on a kind that is not listed above."""
    try:
        return PAPER_KINDS[key]
    except KeyError:
        raise ValueError(f"unknown kind of paper: {key!r}") from None
