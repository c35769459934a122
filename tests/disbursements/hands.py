"""Helpers of the money tests: hands on a list, raw rows, and acts at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections

from disbursements.actions import lists
from disbursements.models import PaymentList
from kotim_social.accounts.models import User
from kotim_social.lib.ids import uuid7
from kotim_social.workflow import Refused
from tests.factories import Four, walk_to

ROLE_OF = {
    "prepare": "petugas",
    "verify": "verifikator",
    "approve": "pimpinan",
    "pay": "bendahara",
}
# The state in which the list lies before each duty.
STATE_OF = {"prepare": "draft", "verify": "submitted", "approve": "verified", "pay": "approved"}
PAIRS = [(one, other) for one in ROLE_OF for other in ROLE_OF if one != other]

INSERT_DECISION = """
    INSERT INTO disbursements_listdecision
        (id, payment_list_id, revision, act, duty, target, decided_on, recorded_at,
         recorded_by_id, reason)
    VALUES (%s, %s, %s, %s, %s, %s, current_date, now(), %s, '\\x00')
"""
INSERT_LINE = """
    INSERT INTO disbursements_paymentline
        (id, payment_list_id, number, entitlement_id, amount, state, added_at, added_by_id,
         payee_mark, result_reason, deposit_slip)
    VALUES (%s, %s, %s, %s, %s, %s, now(), %s, '', '', '')
"""
BOOK_LINE = """
    UPDATE disbursements_paymentline
    SET state = %s, result_on = current_date, result_at = now(), result_by_id = %s,
        result_reason = 'other'
    WHERE id = %s
"""


def first_hand(duty: str, payment_list: PaymentList, person: User, four: Four) -> None:
    """The person does this duty on the list, which then lies in draft again, a revision later."""
    walk_to(payment_list, STATE_OF[duty], four=four)
    if duty == "prepare":
        lists.submit(payment_list=payment_list, by=person)
        lists.send_back(payment_list=payment_list, reason="uji", by=four.verifikator)
    elif duty == "approve":
        lists.approve(payment_list=payment_list, by=person)
        lists.send_back(payment_list=payment_list, reason="uji", by=four.bendahara)
    else:
        lists.send_back(payment_list=payment_list, reason="uji", by=person)
    payment_list.refresh_from_db()


def decision(payment_list: PaymentList, act: str, duty: str, target: str, by: User) -> list[Any]:
    """The parameters of INSERT_DECISION."""
    revision = PaymentList.objects.values_list("revision", flat=True).get(pk=payment_list.pk)
    return [uuid7(), payment_list.pk, revision, act, duty, target, by.pk]


def in_threads(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Runs all at once, each on a connection of its own; a result or an exception for each."""
    start = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            outcomes[number] = act()
        except Exception as error:
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def count(outcomes: list[Any]) -> tuple[int, int]:
    """How many did it, how many were refused; nothing else may happen."""
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    errors = [o for o in outcomes if isinstance(o, Exception) and not isinstance(o, Refused)]
    assert errors == []
    return len(outcomes) - len(refused), len(refused)
