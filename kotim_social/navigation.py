"""The main navigation: what stands in it, in order, and who sees each entry."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm

HOME = "desk:home"
NAVIGATION: tuple[tuple[str, str, Perm | None], ...] = (
    (gettext_noop("Home"), HOME, None),
    (gettext_noop("Beneficiaries"), "cases:worker_list", Perm.WORKER_VIEW),
    (gettext_noop("Work list"), "cases:work_list", Perm.CASEWORK_VIEW),
    (gettext_noop("Import"), "cases:import_list", Perm.REGISTER_IMPORT),
    (gettext_noop("Decrees"), "disbursements:decree_list", Perm.DECREE_VIEW),
    (gettext_noop("Payment lists"), "disbursements:list_index", Perm.LIST_VIEW),
    (gettext_noop("Batches"), "repatriation:batch_list", Perm.BATCH_VIEW),
    (gettext_noop("Totals"), "desk:totals", Perm.REPORT_VIEW),
    (gettext_noop("Reports"), "disbursements:report_index", Perm.REPORT_VIEW),
    (gettext_noop("More"), "desk:more", None),
)

# The page "More": what is needed now and then, by subject.
MORE: tuple[tuple[str, tuple[tuple[str, str, Perm], ...]], ...] = (
    (
        gettext_noop("People"),
        (
            (gettext_noop("Import"), "cases:import_list", Perm.CHILD_VIEW),
            (gettext_noop("Caseloads"), "cases:caseloads", Perm.CASEWORK_VIEW),
            (gettext_noop("Providers"), "cases:providers", Perm.CASEWORK_VIEW),
            (gettext_noop("Children to be protected"), "cases:child_list", Perm.CHILD_CARE),
            (gettext_noop("Likely duplicates"), "cases:duplicate_list", Perm.WORKER_EDIT),
            (gettext_noop("Cases to close"), "desk:closing_list", Perm.WORKER_EDIT),
            (gettext_noop("Corrections of data"), "cases:correction_list", Perm.CORRECTION_ACCEPT),
            (gettext_noop("From registration to payment"), "desk:stage_report", Perm.REPORT_VIEW),
            (gettext_noop("Verification sessions"), "cases:session_list", Perm.REPORT_VIEW),
            (gettext_noop("Frozen stages"), "cases:stage_list", Perm.REPORT_VIEW),
            (gettext_noop("Objections"), "cases:objection_list", Perm.REPORT_VIEW),
            (gettext_noop("Requests about data"), "cases:data_request_list", Perm.DATA_REQUEST),
            (gettext_noop("Late proposals"), "cases:proposal_list", Perm.REPORT_VIEW),
            (gettext_noop("Information sessions"), "cases:briefing_list", Perm.REPORT_VIEW),
            (gettext_noop("Closing calendar"), "cases:closing_calendar", Perm.WORKER_VIEW),
            (gettext_noop("Where they go"), "desk:destinations", Perm.REPORT_VIEW),
        ),
    ),
    (
        gettext_noop("Money"),
        (
            (gettext_noop("Programme"), "disbursements:programme", Perm.PROGRAMME_VIEW),
            (gettext_noop("Reconciliation"), "disbursements:reconciliation", Perm.REPORT_VIEW),
            (gettext_noop("Money demanded back"), "disbursements:refund_list", Perm.LIST_PAY),
            (gettext_noop("Money demanded back"), "disbursements:refund_list", Perm.LIST_APPROVE),
            (gettext_noop("Money demanded back"), "disbursements:refund_list", Perm.TRAIL_VIEW),
        ),
    ),
    (
        gettext_noop("Papers"),
        (
            (gettext_noop("Check a paper"), "documents:paper_check", Perm.WORKER_VIEW),
            (
                gettext_noop("Blank forms for writing by hand"),
                "desk:blank_papers",
                Perm.WORKER_VIEW,
            ),
            (gettext_noop("Background work"), "jobs:job_list", Perm.JOB_RUN),
            (gettext_noop("Background work"), "jobs:job_list", Perm.TRAIL_VIEW),
        ),
    ),
    (
        gettext_noop("Office"),
        (
            (gettext_noop("Trail"), "desk:trail", Perm.TRAIL_VIEW),
            (gettext_noop("Record of processing"), "desk:processing", Perm.PROCESSING_VIEW),
            (gettext_noop("Statistics for outside"), "desk:statistics", Perm.STATISTICS_VIEW),
            (gettext_noop("Data breaches"), "cases:data_breach_list", Perm.BREACH_REPORT),
            (gettext_noop("Data breaches"), "cases:data_breach_list", Perm.BREACH_VIEW),
            (gettext_noop("How long data are kept"), "desk:retention", Perm.RETENTION_PROPOSE),
            (gettext_noop("Administration"), "admin:index", Perm.USER_ADMIN),
            (gettext_noop("Data correction"), "admin:index", Perm.CORRECTION_PROPOSE),
        ),
    ),
)

# The pages about one person, under her name; each takes her id.
PERSON: tuple[tuple[str, str, Perm], ...] = (
    (gettext_noop("Overview"), "desk:worker_page", Perm.WORKER_VIEW),
    (gettext_noop("Case"), "cases:casework", Perm.CASEWORK_VIEW),
    (gettext_noop("Consent"), "cases:consents", Perm.CASEWORK_VIEW),
    (gettext_noop("Files"), "cases:files", Perm.FILE_VIEW),
    (gettext_noop("Eligibility"), "cases:eligibility", Perm.WORKER_VIEW),
    (gettext_noop("Account"), "cases:account", Perm.WORKER_EDIT),
    (gettext_noop("Choice"), "desk:choice", Perm.WORKER_EDIT),
    (gettext_noop("Statement"), "cases:statement", Perm.WORKER_EDIT),
    (gettext_noop("Duplicates"), "cases:duplicates", Perm.WORKER_EDIT),
    (gettext_noop("Closing"), "desk:closing", Perm.WORKER_EDIT),
    (gettext_noop("Journey home"), "desk:journey", Perm.WORKER_VIEW),
    (gettext_noop("Trail"), "desk:worker_trail", Perm.TRAIL_VIEW),
    (gettext_noop("Personal data"), "desk:personal_data", Perm.CASEWORK_VIEW),
)


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    is_here: bool  # this very page
    is_section: bool  # a page under this entry


@cache
def _address(url_name: str, urlconf: str) -> str:
    """The addresses of the menu are the same on every page."""
    return reverse(url_name, urlconf)


def items_for(request: HttpRequest | None) -> list[NavItem]:
    """The entries that this request's user may open; none before sign-in."""
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return []
    items = []
    for msgid, url_name, perm in NAVIGATION:
        if perm is not None and not user.can(perm):
            continue
        try:
            url = _address(url_name, settings.ROOT_URLCONF)
        except NoReverseMatch:
            continue
        is_here = request.path == url
        below = url_name != HOME and request.path.startswith(url)
        items.append(NavItem(_(msgid), url, is_here, is_here or below))
    return items


@dataclass(frozen=True)
class Group:
    label: str
    items: list[NavItem]


def more_for(user: User) -> list[Group]:
    """The groups of the page "More" that hold anything this user may open, each address once."""
    groups = []
    for msgid, entries in MORE:
        items = {
            reverse(name): NavItem(_(label), reverse(name), False, False)
            for label, name, perm in entries
            if user.can(perm)
        }
        if items:
            groups.append(Group(_(msgid), list(items.values())))
    return groups


def person_tabs(user: User, worker_id: UUID, path: str) -> list[NavItem]:
    """The pages about one person that this user may open."""
    tabs = []
    for msgid, name, perm in PERSON:
        url = reverse(name, args=[worker_id])
        if user.can(perm):
            tabs.append(NavItem(_(msgid), url, url == path, url == path))
    return tabs
