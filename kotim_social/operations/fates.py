"""What becomes of each personal column when its person is anonymised; none may be forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field

from cases.models.readiness import KEPT

# What becomes of a column.
NULL, EMPTY, MASKED, CIPHER, RANDOM, YEAR = "null", "empty", "masked", "cipher", "random", "year"
SNAPSHOT, BARE = "snapshot", "bare"


@dataclass(frozen=True)
class Fate:
    """One table: how its rows are hers (a lookup that ends at the worker), and what becomes of
    each personal column. What is in `kept` stays, because counts or money are made of it."""

    model: str
    hers: tuple[str, ...]
    columns: dict[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()


def _cipher(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, CIPHER)


FATES = (
    Fate(
        "cases.Worker",
        ("pk",),
        {
            "name": MASKED, "name_folded": MASKED, "mother_name": EMPTY, "mother_folded": EMPTY,
            "birth_place": EMPTY, "birth_date": YEAR, "nik": CIPHER, "nik_index": RANDOM,
            "nik_tail_index": NULL, "nik_note": EMPTY, "phone": NULL, "phone_index": NULL,
            "wisma": EMPTY, "home_district": NULL, "home_address": NULL, "remark": EMPTY,
        },
        (
            "nik_status", "place", "home_regency", "children", "eligibility", "choice",
            "case_state", *KEPT,
        ),
    ),
    Fate(
        "cases.BankAccount",
        ("worker",),
        {
            "number": CIPHER, "number_index": RANDOM, "holder": MASKED, "holder_folded": MASKED,
            "evidence": EMPTY, "shared_because": EMPTY,
        },
        ("bank", "state"),
    ),
    Fate("cases.Attendance", ("worker",), {}, ("active",)),
    Fate("cases.CaseOffer", ("cases__worker",), _cipher("reason")),
    Fate(
        "cases.Consent",
        ("worker",),
        {"witness": MASKED, "withdrawn_because": CIPHER},
        ("layer", "receiver", "receiver_folded", "agreed"),
    ),
    Fate("cases.Assessment", ("worker",), _cipher("summary"), ("risk",)),
    Fate("cases.AssessmentReview", ("assessment__worker",), _cipher("note")),
    Fate("cases.PlanLine", ("worker",), _cipher("what", "outcome"), ("provider",)),
    Fate("cases.Note", ("worker",), _cipher("text")),
    Fate("cases.Visit", ("worker",), _cipher("note"), ("was_met",)),
    Fate(
        "cases.CaseClosing",
        ("worker",),
        _cipher("note", "decided_because", "reopened_because"),
        ("reason", "state"),
    ),
    Fate(
        "cases.Correction",
        ("worker",),
        _cipher("old", "new", "reason", "evidence", "decided_because"),
    ),
    Fate(
        "cases.ChildReferral",
        # A child who was found at an import is her own; so are her steps and her row.
        ("worker", "pk"),
        {"name": CIPHER, "birth_date": YEAR, "facts": CIPHER},
        ("place", "provider", "state", "outcome"),
    ),
    Fate(
        "cases.ChildStep",
        ("child__worker", "child"),
        _cipher("received_by", "note"),
        ("provider",),
    ),
    Fate("cases.BreachPerson", ("worker",), _cipher("removal_reason"), ("worker",)),
    Fate("cases.BreachNotice", ("worker",), _cipher("evidence"), ("worker",)),
    Fate("cases.DataRequest", ("worker",), _cipher("wanted", "outcome"), ("kind",)),
    Fate("cases.FrozenPerson", ("worker",), {}, ("eligibility",)),
    Fate("cases.Objection", ("worker",), _cipher("grounds", "outcome"), ("state",)),
    Fate(
        "cases.EligibilityDecision", ("worker",), _cipher("note"), ("state", "reason_code")
    ),
    Fate("cases.ChoiceChange", ("worker",), _cipher("note"), ("before", "choice")),
    Fate("cases.SignedStatement", ("worker",), {"witnesses": MASKED}, ("choice", "by_thumb")),
    Fate(
        "cases.BookHandOver",
        ("account__worker",),
        {"handed_by_name": MASKED, "witnesses": MASKED, "because": CIPHER},
        ("book", "card", "no_card", "by_thumb"),
    ),
    Fate("cases.DifferentPeople", ("first", "second"), _cipher("reason")),
    Fate("cases.Merge", ("kept", "gone"), _cipher("reason", "taken", "undone_because")),
    Fate("cases.Journey", ("worker",), _cipher("note"), ("state",)),
    Fate("cases.OriginConfirmation", ("worker",), {}, ("regency", "answer")),
    Fate("cases.Referral", ("worker",), _cipher("need", "answer"), ("provider", "state")),
    Fate(
        "cases.StayBreach", ("worker",), _cipher("evidence", "her_side", "finding"), ("state",)
    ),
    # Their files are destroyed beside.
    Fate("cases.PersonFile", ("worker",), _cipher("remark", "asked_because"), ("kind", "stored")),
    Fate("cases.Portrait", ("worker",), {}, ("stored",)),
    Fate(
        "cases.LateProposal",
        ("worker",),
        {
            "name": MASKED, "nik": CIPHER, "nik_note": EMPTY, "birth_place": EMPTY,
            "birth_date": YEAR, "mother_name": EMPTY, "wisma": MASKED, "rt_witness": MASKED,
            "home_district": NULL, **_cipher("evidence", "check_note", "outcome"),
        },
        ("home_regency", "place", "arrived_on", "state"),
    ),
    Fate(
        "cases.StagedRow",
        ("worker", "repeats_worker", "pk"),
        {**_cipher("fields", "cells", "settled_because"), "problems": BARE},
        ("place", "outcome"),
    ),
    Fate(
        "disbursements.Entitlement",
        ("worker",),
        _cipher("lapsed_because"),
        ("amount", "paid", "state"),
    ),
    Fate(
        "disbursements.PaymentLine",
        ("entitlement__worker",),
        {"snapshot": SNAPSHOT, "payee_mark": RANDOM, "result_note": CIPHER},
        ("amount", "state", "result_reason"),
    ),
    Fate("disbursements.Reversal", ("line__entitlement__worker",), _cipher("reason"), ("amount",)),
    Fate(
        "disbursements.RefundDemand", ("line__entitlement__worker",), _cipher("reason"), ("amount",)
    ),
    Fate("disbursements.ResultRow", ("line__entitlement__worker",), _cipher("cells")),
    Fate(
        "repatriation.Member",
        ("worker",),
        _cipher("removal_reason"),
        ("children", "did_not_board"),
    ),
    Fate("repatriation.Incident", ("member__worker",), _cipher("note", "outcome"), ("kind",)),
    Fate(
        "repatriation.HandOver",
        ("member__worker",),
        {"received_by": MASKED, "differences": CIPHER},
        ("condition",),
    ),
    # Counted anew by triggers from what is left of her.
    Fate("desk.PersonGroup", ("worker",), {}, ("people", "money")),
)  # fmt: skip
# Deleted whole: a name is all that such a row holds.
GONE = ("cases.Alias",)
# Personal tables that are not about one registered person; papers and files have their own way.
ELSEWHERE = {
    "accounts.User", "audit.Entry", "cases.Alias",
    "desk.Group", "desk.GroupDifference", "desk.PeopleGroup", "desk.PositionGroup",
    "cases.DataBreach", "cases.RegisterImport", "cases.StageFreeze", "cases.VerificationSession",
    "cases.ReadinessDifference", "cases.Whereabouts", "disbursements.ListDecision",
    "disbursements.Position",
    "disbursements.ProgrammeChange",
    "disbursements.ResultFile", "documents.IssuedPaper", "documents.PaperVoid",
    "drafts.Draft", "files.StoredFile", "repatriation.Batch",
}  # fmt: skip
