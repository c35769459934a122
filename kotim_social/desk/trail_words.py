"""The words of the trail: acts, the groups by which it is filtered, and kinds of things."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from cases.workflow import WORKFLOWS as CASES
from disbursements.workflow import WORKFLOWS as DISBURSEMENTS
from kotim_social.desk.latest import TOLD
from kotim_social.jobs.workflow import WORKFLOWS as JOBS
from repatriation.workflow import WORKFLOWS as REPATRIATION

# Looking, not changing: views, reveals, searches, files and exports.
LOOKS = (
    r"\.(view|list|people|compare|reveal|search|read|draft|copy|export|download\w*|data_sheet)$"
    r"|^export\."
)

# Code in the address → its label and which acts belong to it.
GROUPS = {
    "looks": (gettext_lazy("Looked at"), LOOKS),
    "reveals": (gettext_lazy("Restricted data shown"), r"\.reveal$"),
    "people": (gettext_lazy("About people"), r"^(worker|bankaccount|journey|case|child|origin)"),
    "money": (gettext_lazy("About money"), r"^(payment|decree|entitlement|programme|rate|ceil)"),
    "travel": (gettext_lazy("About batches"), r"^(batch|officer|leg|escort)"),
    "papers": (gettext_lazy("Papers and reports"), r"^(paper|report|totals|file|dokumen|export)"),
    "import": (gettext_lazy("Import"), r"^(register_import|staged_row)"),
    "signin": (gettext_lazy("Sign-in and sessions"), r"^session\."),
    "accounts": (gettext_lazy("User accounts"), r"^user\."),
    "refused": (gettext_lazy("Refused or failed"), r"^request\.|failed$|throttled$"),
}

ACTS = {
    "worker.view": gettext_noop("Looked at her page"),
    "childreferral.open": gettext_noop("Put a child on the referral path"),
    "childreferral.assign": gettext_noop("Gave a child to an officer"),
    "bankaccount.view": gettext_noop("Looked at her account"),
    "worker.reveal": gettext_noop("Had a restricted field shown"),
    "worker.search": gettext_noop("Searched"),
    "worker.not_the_same": gettext_noop("Decided: another person"),
    "worker.undo": gettext_noop("Taken back with an import"),
    "trail.view": gettext_noop("Looked at the trail"),
    "totals.view": gettext_noop("Looked at the totals"),
    "report.view": gettext_noop("Looked at a report"),
    "paper.draft": gettext_noop("Opened the draft of a paper"),
    "paper.issue": gettext_noop("Issued a paper"),
    "paper.copy": gettext_noop("Took a copy of a paper"),
    "paper.void": gettext_noop("Voided a paper"),
    "file.read": gettext_noop("Opened a file"),
    "decree.view": gettext_noop("Looked at a decree"),
    "decree.issue": gettext_noop("Issued a decree"),
    "paymentlist.view": gettext_noop("Looked at a payment list"),
    "paymentlist.create": gettext_noop("Made a payment list"),
    "paymentlist.book_results": gettext_noop("Recorded the results of a payment"),
    "paymentline.add": gettext_noop("Put into a payment list"),
    "paymentline.pay": gettext_noop("Recorded as paid"),
    "paymentline.return": gettext_noop("Recorded as returned"),
    "paymentline.reverse": gettext_noop("Reversed a payment"),
    "batch.view": gettext_noop("Looked at a batch"),
    "batch.create": gettext_noop("Made a batch"),
    "register_import.stage": gettext_noop("Uploaded a register"),
    "register_import.view": gettext_noop("Looked at an import"),
    "register_import.download_rejected": gettext_noop("Took the refused rows of an import"),
    "staged_row.view": gettext_noop("Looked at a row of an import"),
    "session.signed_in": gettext_noop("Signed in"),
    "session.signed_out": gettext_noop("Signed out"),
    "session.expired": gettext_noop("Session ended by itself"),
    "session.ended": gettext_noop("Ended a session"),
    "session.sign_in_failed": gettext_noop("Sign-in failed"),
    "session.second_factor_failed": gettext_noop("Wrong code of the second factor"),
    "session.proof_failed": gettext_noop("Proof failed"),
    "session.throttled": gettext_noop("Sign-in refused: too many attempts"),
    "user.created": gettext_noop("Made an account"),
    "user.renamed": gettext_noop("Changed the name of an account"),
    "user.activated": gettext_noop("Opened an account"),
    "user.deactivated": gettext_noop("Closed an account"),
    "user.role_granted": gettext_noop("Gave a role"),
    "user.role_ended": gettext_noop("Ended a role"),
    "user.assigned": gettext_noop("Assigned a place"),
    "user.unassigned": gettext_noop("Ended the assignment of a place"),
    "user.activation_link": gettext_noop("Made a link for choosing a password"),
    "user.password_chosen": gettext_noop("Chose a password by the link"),
    "user.password_changed": gettext_noop("Changed the password"),
    "user.second_factor_set": gettext_noop("Set up the second factor"),
    "user.second_factor_removed": gettext_noop("Removed the second factor"),
    "user.second_factor_reset": gettext_noop("Reset somebody's second factor"),
    "user.spare_codes_made": gettext_noop("Made new spare codes"),
    "user.sessions_ended": gettext_noop("Ended all sessions"),
    "audit.verify": gettext_noop("Checked the whole trail"),
    "backup.make": gettext_noop("Made a backup"),
    "backup.restore": gettext_noop("Restored a backup"),
    "batch.ask_origin": gettext_noop("Asked the home office to confirm her"),
    "batch.call_leg": gettext_noop("Took the roll-call of a leg"),
    "batch.conclude": gettext_noop("Recorded how her journey with the batch ended"),
    "batch.cost": gettext_noop("Recorded a cost of the journey"),
    "batch.cost_struck": gettext_noop("Struck out a cost of the journey"),
    "batch.edit": gettext_noop("Changed a batch"),
    "batch.escort": gettext_noop("Added an escort"),
    "batch.escort_order": gettext_noop("Recorded the order of an escort"),
    "batch.escort_out": gettext_noop("Took an escort out"),
    "batch.give": gettext_noop("Recorded papers handed over"),
    "batch.head": gettext_noop("Named the head of the batch"),
    "batch.leg": gettext_noop("Recorded a leg of the journey"),
    "batch.leg_out": gettext_noop("Took a leg out"),
    "batch.merge": gettext_noop("Merged batches"),
    "batch.move": gettext_noop("Moved people to another batch"),
    "batch.origin": gettext_noop("Recorded the answer of the home office"),
    "batch.split": gettext_noop("Split a batch"),
    "batch.travel_order": gettext_noop("Recorded a travel order"),
    "batch.undo_arrival": gettext_noop("Undid an arrival"),
    "batch.undo_regrouping": gettext_noop("Undid a regrouping"),
    "breach.report": gettext_noop("Reported a breach of the rules of staying"),
    "briefing.record": gettext_noop("Recorded an information session"),
    "budgetyear.close": gettext_noop("Closed a budget year"),
    "budgetyear.deposit_back": gettext_noop("Deposited money back"),
    "case.assess": gettext_noop("Assessed her situation"),
    "case.plan": gettext_noop("Added to her plan"),
    "case.review": gettext_noop("Reviewed an assessment"),
    "case.visit": gettext_noop("Recorded a visit"),
    "caseoffer.offer": gettext_noop("Offered cases to a colleague"),
    "cash.deposited": gettext_noop("Recorded a deposit slip"),
    "cash.drawn": gettext_noop("Recorded cash that was drawn"),
    "child.refer": gettext_noop("Put a child on the referral path"),
    "consent.give": gettext_noop("Recorded her answer about consent"),
    "consent.withdraw": gettext_noop("Recorded that she took a consent back"),
    "correction.propose": gettext_noop("Proposed a correction"),
    "datarequest.take_down": gettext_noop("Took down a request about data"),
    "databreach.report": gettext_noop("Reported a data breach"),
    "databreach.amend": gettext_noop("Changed what is known of a data breach"),
    "databreach.name_people": gettext_noop("Named whom a data breach touches"),
    "databreach.take_out": gettext_noop("Took somebody out of a data breach"),
    "databreach.tell": gettext_noop("Recorded that notices of a data breach went out"),
    "decree.change": gettext_noop("Issued a decree that changes amounts"),
    "draft.discard": gettext_noop("Threw a half-filled form away"),
    "draft.keep": gettext_noop("Kept a half-filled form"),
    "duplicate.compare": gettext_noop("Compared two records"),
    "entitlement.replace": gettext_noop("Put another right in its place"),
    "entitlement.restore": gettext_noop("Brought a lapsed right back"),
    "file.destroy": gettext_noop("Destroyed a file"),
    "incident.hand": gettext_noop("Handed an incident on"),
    "incident.open": gettext_noop("Recorded an incident on the way"),
    "incident.settle": gettext_noop("Settled an incident"),
    "job.failed": gettext_noop("Background work failed"),
    "job.finished": gettext_noop("Background work finished"),
    "job.request": gettext_noop("Asked for background work"),
    "keys.drop": gettext_noop("Took unused keys out"),
    "keys.rotate": gettext_noop("Rotated the keys"),
    "lokalisasi.reschedule": gettext_noop("Changed the closing dates"),
    "money.people": gettext_noop("Looked at the people behind a sum"),
    "note.add": gettext_noop("Wrote a note"),
    "note.correct": gettext_noop("Corrected a note"),
    "note.edit": gettext_noop("Changed a note"),
    "officer.create": gettext_noop("Added an officer"),
    "origin.answer": gettext_noop("Recorded the answer of the home office"),
    "origin.ask": gettext_noop("Asked the home office to confirm her"),
    "paper.check": gettext_noop("Checked a paper by its code"),
    "paymentline.refund_late": gettext_noop("Booked a late refund"),
    "paymentlist.export": gettext_noop("Took the file for the bank"),
    "personfile.add": gettext_noop("Put a paper in her file"),
    "personfile.list": gettext_noop("Looked at the papers in her file"),
    "portrait.add": gettext_noop("Added a photo"),
    "portrait.remove": gettext_noop("Destroyed a photo"),
    "programme.propose": gettext_noop("Proposed a change of the programme"),
    "proposal.propose": gettext_noop("Put somebody forward as a late proposal"),
    "provider.add": gettext_noop("Added a provider"),
    "receipts.stamp_duty": gettext_noop("Printed receipts with another stamp duty"),
    "referral.send": gettext_noop("Sent a referral"),
    "refund.demand": gettext_noop("Demanded a refund"),
    "report.export": gettext_noop("Took a report as a file"),
    "result_file.stage": gettext_noop("Read a file of the bank"),
    "session.record": gettext_noop("Recorded a verification session"),
    "stage.freeze_decree": gettext_noop("Froze a stage"),
    "stage.freeze_registration": gettext_noop("Froze a stage"),
    "stage.freeze_verification": gettext_noop("Froze a stage"),
    "stage.lift_decree": gettext_noop("Lifted a freeze"),
    "stage.lift_registration": gettext_noop("Lifted a freeze"),
    "stage.lift_verification": gettext_noop("Lifted a freeze"),
    "staged_row.dismissed": gettext_noop("Left a row of an import out"),
    "staged_row.mend": gettext_noop("Mended a row of an import"),
    "staged_row.refer": gettext_noop("Referred a row of an import"),
    "staged_row.same_person": gettext_noop("Found a row to be a person known already"),
    "stages.people": gettext_noop("Looked at who came no further, and why"),
    "system.self_check": gettext_noop("Checked the books against each other"),
    "worker.attend": gettext_noop("Recorded as present at a session"),
    "worker.data_sheet": gettext_noop("Issued her personal data sheet"),
    "worker.hand_over_case": gettext_noop("Case handed over"),
    "worker.not_attend": gettext_noop("Taken out of a session"),
    "worker.object": gettext_noop("Recorded an objection"),
    "worker.objection_rejected": gettext_noop("Objection rejected"),
    "worker.objection_upheld": gettext_noop("Objection upheld"),
    "request.refused": gettext_noop("Was refused"),
    "request.failed": gettext_noop("Met a failure of the program"),
}

TYPES = {
    "cases.worker": gettext_noop("beneficiary"),
    "cases.bankaccount": gettext_noop("account"),
    "cases.journey": gettext_noop("journey"),
    "cases.childreferral": gettext_noop("child"),
    "cases.registerimport": gettext_noop("import"),
    "cases.databreach": gettext_noop("data breach"),
    "cases.stagedrow": gettext_noop("row of an import"),
    "disbursements.paymentlist": gettext_noop("payment list"),
    "disbursements.paymentline": gettext_noop("payment"),
    "disbursements.decree": gettext_noop("decree"),
    "repatriation.batch": gettext_noop("batch"),
    "documents.issuedpaper": gettext_noop("paper"),
    "files.storedfile": gettext_noop("file"),
    "accounts.user": gettext_noop("user account"),
    "url": gettext_noop("page"),
}

# The acts of the state tables are called what their buttons say.
_STEPS = {
    f"{flow.model_label.partition('.')[2].lower()}.{step.act}": step.label
    for flow in (*CASES, *DISBURSEMENTS, *REPATRIATION, *JOBS)
    for step in flow.transitions
}
_VERBS = {"view": gettext_noop("Looked at a page"), "list": gettext_noop("Looked at a list")}


def said(act: str) -> str:
    """What was done, in words."""
    words = ACTS.get(act) or TOLD.get(act)
    if words is None and act in _STEPS:
        return str(_STEPS[act])
    words = words or _VERBS.get(act.rpartition(".")[2])
    return _(words) if words else act
