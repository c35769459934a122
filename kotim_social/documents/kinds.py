"""The kinds of papers this program issues."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kotim_social.documents.paper import CONFIDENTIAL, RESTRICTED


@dataclass(frozen=True, slots=True)
class PaperKind:
    """`classification` is what its footer says unless the paper decides otherwise."""

    label: str | Promise
    classification: str = RESTRICTED


PAPER_KINDS: dict[str, PaperKind] = {
    "verification_minutes": PaperKind(_("minutes of verification")),
    "refusal_notice": PaperKind(_("notice of the finding"), CONFIDENTIAL),
    "decree": PaperKind(_("decree with its annex")),
    "nominatif": PaperKind(_("nominal roll"), CONFIDENTIAL),
    "transfer_list": PaperKind(_("bank transfer list"), CONFIDENTIAL),
    "receipt": PaperKind(_("receipt")),
    "collective_receipt": PaperKind(_("collective receipt"), CONFIDENTIAL),
    "handover_of_goods": PaperKind(_("minutes of hand-over of assistance")),
    "handover_of_book": PaperKind(_("minutes of hand-over of book and card"), CONFIDENTIAL),
    "refund_demand": PaperKind(_("demand for a refund"), CONFIDENTIAL),
    "statement": PaperKind(_("signed statement"), CONFIDENTIAL),
    "assignment_order": PaperKind(_("assignment order")),
    "travel_order": PaperKind(_("travel order")),
    "manifest": PaperKind(_("manifest, office copy"), CONFIDENTIAL),
    "manifest_carrier": PaperKind(_("manifest, carrier copy")),
    "origin_request": PaperKind(_("request to confirm origin"), CONFIDENTIAL),
    "handover_of_people": PaperKind(_("minutes of hand-over of people"), CONFIDENTIAL),
    "referral_letter": PaperKind(_("referral letter"), CONFIDENTIAL),
    "trip_report": PaperKind(_("report of a journey"), CONFIDENTIAL),
    "stage_report": PaperKind(_("report of the stages"), CONFIDENTIAL),
    "rekap": PaperKind(_("disbursement report")),
    "realisation": PaperKind(_("report by funder")),
    "data_sheet": PaperKind(_("personal data sheet"), CONFIDENTIAL),
    "data_answer": PaperKind(_("answer to a request about data"), CONFIDENTIAL),
    "breach_notice": PaperKind(_("notice of a data breach"), CONFIDENTIAL),
    "statistics": PaperKind(_("statistics for outside")),
    "processing_record": PaperKind(_("record of processing")),
    "accountability_cover": PaperKind(_("accountability cover and checklist")),
}


def paper_kind(key: str) -> PaperKind:
    """ValueError on a kind that is not listed above."""
    try:
        return PAPER_KINDS[key]
    except KeyError:
        raise ValueError(f"unknown kind of paper: {key!r}") from None
