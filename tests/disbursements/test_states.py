"""Every table of states says whose turn it is and leads to an end; the database knows the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils.encoding import force_str

import cases.workflow
import disbursements.workflow
import kotim_social.jobs.workflow
import repatriation.workflow
from cases.models import BankAccount, Worker
from disbursements.workflow import DUTY_OF_ACT, PAYMENT_LIST
from kotim_social.accounts.roles import ROLE_PERMISSIONS, Perm
from kotim_social.workflow import Workflow, states_as_markdown
from tests.factories import Four, register

ALL = (
    *cases.workflow.WORKFLOWS,
    *disbursements.workflow.WORKFLOWS,
    *repatriation.workflow.WORKFLOWS,
    *kotim_social.jobs.workflow.WORKFLOWS,
)
each = pytest.mark.parametrize("table", ALL, ids=lambda it: f"{it.model_label}.{it.field}")


@each
def test_every_state_has_label_and_owner_or_is_final(table: Workflow) -> None:
    for state in table.states:
        assert force_str(state.label).strip(), state.code
        assert state.owner or state.final, f"{state.code}: whose turn is it?"


@each
def test_every_state_has_a_way_out_or_is_final(table: Workflow) -> None:
    leaving = {source for step in table.transitions for source in step.sources}
    for state in table.states:
        assert (state.code in leaving) != state.final, state.code


@each
def test_every_state_can_be_reached_and_every_step_be_taken(table: Workflow) -> None:
    codes = {state.code for state in table.states}
    begin = table.model._meta.get_field(table.field).default
    assert begin in codes
    reached = {begin}
    for _round in codes:
        reached |= {t.target for t in table.transitions if reached & set(t.sources)}
    assert reached == codes
    assert len({t.act for t in table.transitions}) == len(table.transitions)
    for step in table.transitions:
        assert {*step.sources, step.target} <= codes
        assert force_str(step.label).strip()
        assert isinstance(step.perm, Perm)
        assert any(step.perm in perms for perms in ROLE_PERMISSIONS.values()), step.perm
    assert set(table.guards) <= {t.act for t in table.transitions}


@each
def test_the_page_of_states_names_each(table: Workflow) -> None:
    page = states_as_markdown([table])
    assert all(f"`{state.code}`" in page for state in table.states)
    assert all(f"`{step.act}`" in page for step in table.transitions)


@each
def test_the_column_holds_known_states_alone(table: Workflow) -> None:
    field = table.model._meta.get_field(table.field)
    assert [code for code, _label in field.choices] == [state.code for state in table.states]
    names = {constraint.name for constraint in table.model._meta.constraints}
    assert f"{table.model._meta.model_name}_known_{table.field}" in names
    assert any(t.name == f"{table.field}_road" for t in table.model._meta.triggers)


# -- the database's own tables -----------------------------------------------------------------


def steps_in_the_database(table: Workflow, pk: Any, sql: Any, settle: str = "") -> set[Any]:
    """Tries every pair of states on one row by raw SQL; returns the pairs that were taken.

    The row is put into each state with the road switched off by pgtrigger's own setting.
    """
    name = table.model._meta.db_table
    [(triggers,)] = sql(
        "SELECT array_agg(tgname::text) FROM pg_trigger WHERE tgname LIKE 'pgtrigger_%%'"
        " AND tgrelid = %s::regclass",
        name,
    )
    taken = set()
    update = f"UPDATE {name} SET {table.field} = %s {settle} WHERE id = %s"
    codes = [state.code for state in table.states]
    for source in codes:
        with transaction.atomic():
            sql("SELECT set_config('pgtrigger.ignore', %s, true)", "{" + ",".join(triggers) + "}")
            sql(update, source, pk)
            sql("SELECT set_config('pgtrigger.ignore', '{}', true)")
            for target in codes:
                try:
                    with transaction.atomic():
                        sql(update, target, pk)
                except DatabaseError as error:
                    assert "transition" in str(error), (source, target)
                    continue
                taken.add((source, target))
                with transaction.atomic():
                    sql(
                        "SELECT set_config('pgtrigger.ignore', %s, true)",
                        "{" + ",".join(triggers) + "}",
                    )
                    sql(update, source, pk)
                    sql("SELECT set_config('pgtrigger.ignore', '{}', true)")
            transaction.set_rollback(True)
    return {pair for pair in taken if pair[0] != pair[1]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "table", [cases.workflow.ELIGIBILITY, cases.workflow.CHOICE, cases.workflow.CASE],
    ids=lambda it: it.field,
)  # fmt: skip
def test_a_persons_roads_in_the_database(four: Four, sql: Any, table: Workflow) -> None:
    register(1, by=four.petugas)
    assert steps_in_the_database(table, Worker.objects.get().pk, sql) == set(table.pairs())


@pytest.mark.django_db
def test_an_accounts_road_in_the_database(four: Four, sql: Any) -> None:
    register(1, by=four.petugas)
    taken = steps_in_the_database(
        cases.workflow.ACCOUNT, BankAccount.objects.get().pk, sql, ", checked_on = current_date"
    )
    assert taken == set(cases.workflow.ACCOUNT.pairs())


@pytest.mark.django_db
def test_a_journeys_road_in_the_database(four: Four, sql: Any) -> None:
    worker = register(1, by=four.petugas)[0]
    settle = (
        ", batch_code = 'R-01', arrived_on = current_date, arrived_at = now(),"
        f" arrived_by_id = {four.petugas.pk}, note = '\\x00'"
    )
    taken = steps_in_the_database(cases.workflow.JOURNEY, worker.journeys.get().pk, sql, settle)
    assert taken == set(cases.workflow.JOURNEY.pairs())


@pytest.mark.django_db
def test_a_lists_steps_in_the_database_are_those_of_the_table(sql: Any) -> None:
    """The function that guards decisions, asked for everything that one could write."""
    states = [state.code for state in PAYMENT_LIST.states]
    rows = sql(
        "SELECT s, a, d, t FROM unnest(%s::text[]) s, unnest(%s::text[]) a, unnest(%s::text[]) d,"
        " unnest(%s::text[]) t WHERE disbursements_list_step(s, a, d, t)",
        states,
        list(DUTY_OF_ACT),
        sorted({duty.value for duty in DUTY_OF_ACT.values()}),
        [*states, ""],
    )
    expected = {
        (source, step.act, DUTY_OF_ACT[step.act].value, step.target)
        for step in PAYMENT_LIST.transitions
        for source in step.sources
    }
    assert set(rows) == expected | {("draft", "prepare", "prepare", "")}


@pytest.mark.django_db
def test_the_app_role_alone_cannot_widen_the_steps(denied: Any) -> None:
    words = denied(
        "CREATE OR REPLACE FUNCTION disbursements_list_step(source text, act text, duty text,"
        " target text) RETURNS boolean LANGUAGE sql AS 'SELECT true'"
    )
    assert "permission denied" in words or "must be owner" in words
