"""A list's road: every act in every state by every role, and four different people on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from disbursements.actions import lists, results
from disbursements.models import Entitlement, ListDecision, PaymentLine, PaymentList, Reversal
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from kotim_social.audit.models import Entry
from kotim_social.lib.dates import today
from kotim_social.workflow import Refused
from tests.disbursements.hands import PAIRS, ROLE_OF, first_hand
from tests.factories import (
    ROAD,
    Four,
    a_list,
    book,
    change_role,
    make_user,
    place_order,
    ready_people,
    walk_to,
)

pytestmark = pytest.mark.django_db
Act = Callable[[PaymentList, User], Any]

ACTS: dict[str, Act] = {
    "add_people": lambda it, by: lists.add_people(payment_list=it, by=by),
    "take_out": lambda it, by: lists.take_out(
        payment_list=it, lines=[it.lines.order_by("number")[0].pk], by=by
    ),
    "submit": lambda it, by: lists.submit(payment_list=it, by=by),
    "verify": lambda it, by: lists.verify(payment_list=it, by=by),
    "approve": lambda it, by: lists.approve(payment_list=it, by=by),
    "send_back": lambda it, by: lists.send_back(payment_list=it, reason="periksa lagi", by=by),
    "cancel": lambda it, by: lists.cancel(payment_list=it, reason="salah", by=by),
    "order": lambda it, by: place_order(it, by=by),
    "book": lambda it, by: book(it, by=by),
    "reverse": lambda it, by: results.reverse_line(
        line=it.lines.order_by("number")[0],
        happened_on=today(),
        paper="STS-1",
        reason="uang kembali",
        by=by,
    ),
    "reconcile": lambda it, by: lists.reconcile(payment_list=it, by=by),
    "close": lambda it, by: lists.close_list(payment_list=it, by=by),
}

# Act → situation → the roles that may. "ordered" still waits for results, "booked" has them.
ALLOWED: dict[str, dict[str, set[str]]] = {
    "add_people": {"draft": {"petugas"}},
    "take_out": {"draft": {"petugas"}},
    "submit": {"draft": {"petugas"}},
    "verify": {"submitted": {"verifikator"}},
    "approve": {"verified": {"pimpinan"}},
    "send_back": {
        "submitted": {"verifikator"},
        "verified": {"pimpinan"},
        "approved": {"pimpinan", "bendahara"},
    },
    "cancel": {
        "draft": {"petugas", "pimpinan"},
        "submitted": {"pimpinan"},
        "verified": {"pimpinan"},
        "approved": {"pimpinan"},
    },
    "order": {"approved": {"bendahara"}},
    "book": {"ordered": {"bendahara"}},
    "reverse": {
        "booked": {"bendahara"},
        "reconciled": {"bendahara"},
        "closed": {"bendahara"},
    },
    "reconcile": {"booked": {"bendahara"}},
    "close": {"reconciled": {"bendahara"}},
}
SITUATIONS = (*ROAD[:5], "booked", *ROAD[5:], "cancelled")


def lead_to(situation: str, four: Four) -> PaymentList:
    payment_list = a_list(by=four.petugas)
    if situation == "booked":
        payment_list = walk_to(payment_list, "ordered", four=four)
        book(payment_list, by=four.bendahara)
        return payment_list
    return walk_to(payment_list, situation, four=four)


def everything() -> list[Any]:
    """All that an act on a list could change."""
    return [
        list(model.objects.order_by("pk").values_list(*columns))
        for model, columns in (
            (PaymentList, ("pk", "state", "revision", "order_number", "ordered_on")),
            (PaymentLine, ("pk", "state", "amount", "payee_mark", "result_on", "deposit_slip")),
            (Entitlement, ("pk", "state", "paid")),
            (ListDecision, ("pk",)),
            (Reversal, ("pk",)),
            (Entry, ("pk",)),
        )
    ]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_act_by_every_role(four: Four, situation: str) -> None:
    ready_people(2, four=four)
    payment_list = lead_to(situation, four)
    strangers = {role.value: make_user(role) for role in Role}
    payment_list.refresh_from_db()
    before = everything()
    wrong = []
    for act, do in ACTS.items():
        for role, user in strangers.items():
            allowed = role in ALLOWED[act].get(situation, set())
            with transaction.atomic():
                try:
                    do(PaymentList.objects.get(pk=payment_list.pk), user)
                    done = True
                except Refused as refused:
                    done = False
                    assert refused.sentences and all(refused.sentences)
                    # Refused in an outer transaction: whatever had been written must be gone.
                    assert everything() == before, (act, role)
                transaction.set_rollback(True)
            if done != allowed:
                wrong.append((act, role, "done" if done else "refused"))
    assert wrong == []


def test_an_act_leaves_decision_and_trail(four: Four) -> None:
    ready_people(1, four=four)
    walk_to(a_list(by=four.petugas), "closed", four=four)
    hands = ListDecision.objects.order_by("pk").values_list("act", "duty", "recorded_by__username")
    users = [four.petugas, four.petugas, four.verifikator, four.pimpinan, *[four.bendahara] * 3]
    acts = ["prepare", "submit", "verify", "approve", "order", "reconcile", "close"]
    duties = ["prepare", "prepare", "verify", "approve", "pay", "pay", "pay"]
    assert list(hands) == [
        (act, duty, user.username) for act, duty, user in zip(acts, duties, users, strict=True)
    ]
    for act, user in zip(acts[1:], users[1:], strict=True):
        assert Entry.objects.filter(act=f"paymentlist.{act}", user_id=user.pk).count() == 1


@pytest.mark.parametrize("reason", ["", "   "])
def test_sending_back_and_cancelling_need_a_reason(four: Four, reason: str) -> None:
    ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "verified", four=four)
    for act in (lists.send_back, lists.cancel):
        with pytest.raises(Refused):
            act(payment_list=payment_list, reason=reason, by=four.pimpinan)
    payment_list.refresh_from_db()
    assert (payment_list.state, payment_list.revision) == ("verified", 1)


def test_sending_back_begins_a_revision_even_from_an_old_page(four: Four) -> None:
    ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "submitted", four=four)
    old = PaymentList.objects.get(pk=payment_list.pk)
    lists.send_back(payment_list=payment_list, reason="nama", by=four.verifikator)
    walk_to(payment_list, "submitted", four=four)
    moved = lists.send_back(payment_list=old, reason="lagi", by=four.verifikator)
    assert (moved.state, moved.revision) == ("draft", 3)


# -- four different people ---------------------------------------------------------------------

SECOND: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "prepare": (("draft", ("add_people", "take_out", "submit", "cancel")),),
    "verify": (("submitted", ("verify", "send_back")),),
    "approve": (("verified", ("approve", "send_back", "cancel")),),
    "pay": (("approved", ("order", "send_back")), ("ordered", ("book",))),
}


@pytest.mark.parametrize("is_superuser", [False, True], ids=["", "superuser"])
@pytest.mark.parametrize(("first", "second"), PAIRS, ids=lambda pair: pair)
def test_nobody_has_two_duties_over_all_revisions(
    four: Four, first: str, second: str, is_superuser: bool
) -> None:
    ready_people(2, four=four)
    person = make_user(ROLE_OF[first])
    User.objects.filter(pk=person.pk).update(is_superuser=is_superuser)
    payment_list = a_list(by=four.petugas)
    first_hand(first, payment_list, person, four)
    person = change_role(person, ROLE_OF[second])
    assert person.is_superuser == is_superuser
    stranger = make_user(ROLE_OF[second])
    for state, acts in SECOND[second]:
        walk_to(payment_list, state, four=four)
        before = everything()
        for act in acts:
            payment_list.refresh_from_db()
            with pytest.raises(Refused):
                ACTS[act](payment_list, person)
            assert everything() == before
            # It is the person, not the moment: somebody else may.
            with transaction.atomic():
                ACTS[act](PaymentList.objects.get(pk=payment_list.pk), stranger)
                transaction.set_rollback(True)


def test_who_prepared_reverses_nothing(four: Four) -> None:
    ready_people(1, four=four)
    payment_list = walk_to(a_list(by=four.petugas), "closed", four=four)
    person = change_role(four.petugas, "bendahara")
    with pytest.raises(Refused):
        ACTS["reverse"](payment_list, person)
    assert not Reversal.objects.exists()


def test_superuser_without_a_role_does_nothing(four: Four) -> None:
    ready_people(1, four=four)
    payment_list = a_list(by=four.petugas)
    boss = make_user("auditor")
    User.objects.filter(pk=boss.pk).update(is_superuser=True)
    boss = User.objects.get(pk=boss.pk)
    before = everything()
    for state in ("draft", "submitted", "verified", "approved", "ordered"):
        walk_to(payment_list, state, four=four)
        before = everything()
        for act, do in ACTS.items():
            with pytest.raises(Refused):
                do(PaymentList.objects.get(pk=payment_list.pk), boss)
            assert everything() == before, (state, act)
