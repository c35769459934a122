"""The main navigation: what stands in it, in order, and who sees each entry."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kotim_social.accounts.roles import Perm

HOME = "desk:home"
NAVIGATION: tuple[tuple[str, str, Perm | None], ...] = (
    (gettext_noop("Home"), HOME, None),
    (gettext_noop("Beneficiaries"), "cases:worker_list", Perm.WORKER_VIEW),
    (gettext_noop("Import"), "cases:import_list", Perm.REGISTER_IMPORT),
    (gettext_noop("Decrees"), "disbursements:decree_list", Perm.DECREE_VIEW),
    (gettext_noop("Payment lists"), "disbursements:list_index", Perm.LIST_VIEW),
    (gettext_noop("Batches"), "repatriation:batch_list", Perm.BATCH_VIEW),
    (gettext_noop("Totals"), "desk:totals", Perm.REPORT_VIEW),
)


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    is_here: bool  # this very page
    is_section: bool  # a page under this entry


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
            url = reverse(url_name)
        except NoReverseMatch:
            continue
        is_here = request.path == url
        below = url_name != HOME and request.path.startswith(url)
        items.append(NavItem(_(msgid), url, is_here, is_here or below))
    return items
