"""Every act on a list by POST, in every state, by every role: the allowed ones and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from disbursements.models import PaymentList
from kotim_social.accounts.roles import Role
from kotim_social.lib.dates import today
from tests.disbursements.browsing import address, browser, post
from tests.disbursements.test_actions_lists import ALLOWED, SITUATIONS, everything, lead_to
from tests.factories import Four, make_user, ready_people

pytestmark = pytest.mark.django_db
Sent = tuple[str, dict[str, Any]]
DAY = f"{today():%d-%m-%Y}"


def _page(name: str, **data: Any) -> Callable[[PaymentList], Sent]:
    return lambda it: (address(name, it.pk), data)


def _take_out(it: PaymentList) -> Sent:
    line = it.lines.order_by("number")[0]
    return address("lines_take_out", it.pk), {"line": [str(line.pk)]}


def _book(it: PaymentList) -> Sent:
    rows = {f"outcome-{line.pk}": "paid" for line in it.lines.all()}
    return address("list_results", it.pk), {"happened_on": DAY, **rows}


def _reverse(it: PaymentList) -> Sent:
    line = it.lines.order_by("number")[0]
    data = {"happened_on": DAY, "paper": "STS-1", "reason": "uang kembali"}
    return address("line_reverse", it.pk, line.pk), data


FORMS: dict[str, Callable[[PaymentList], Sent]] = {
    "add_people": _page("lines_add"),
    "take_out": _take_out,
    "submit": _page("list_submit"),
    "verify": _page("list_verify"),
    "approve": _page("list_approve"),
    "send_back": _page("list_send_back", reason="periksa lagi"),
    "cancel": _page("list_cancel", reason="salah"),
    "order": _page("list_order", order_number="SP2D/1", ordered_on=DAY),
    "book": _book,
    "reverse": _reverse,
    "reconcile": _page("list_reconcile"),
    "close": _page("list_close"),
}


def facts() -> list[Any]:
    """All that an act on a list could change but the trail, in which refusals stand too."""
    return everything()[:-1]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_act_by_post_in_every_state_by_every_role(four: Four, situation: str) -> None:
    ready_people(2, four=four)
    payment_list = lead_to(situation, four)
    ready_people(1, four=four)  # somebody who could be added
    browsers = {role.value: browser(make_user(role)) for role in Role}
    before, wrong = facts(), []
    assert set(FORMS) == set(ALLOWED)
    for act, form in FORMS.items():
        url, data = form(payment_list)
        for role, client in browsers.items():
            with transaction.atomic():
                answer = post(client, url, **data)
                done = facts() != before
                transaction.set_rollback(True)
            assert answer.status_code in (200, 302, 403, 422), (act, role)
            if done != (role in ALLOWED[act].get(situation, set())):
                wrong.append((act, role, "done" if done else "refused", answer.status_code))
    assert facts() == before
    assert wrong == []
