"""States and acts: one table per thing, from which buttons, checks, triggers and docs all come."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _

from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record

Text = str | Any  # a lazy translation


@dataclass(frozen=True)
class Mend:
    """The page on which what stands in the way is put right, and what its link says."""

    url: str
    label: Text


class Refused(Exception):  # noqa: N818
    """An act that may not be done now; its sentences are fit for the user's screen."""

    def __init__(self, *sentences: str, mend: Mend | None = None) -> None:
        super().__init__("The act is refused.")
        self.sentences = [str(sentence) for sentence in sentences]
        self.mend = mend

    def __str__(self) -> str:
        return " ".join(self.sentences)


@dataclass(frozen=True)
class State:
    """A state with its label, whose turn it is, and how it is shown."""

    code: str
    label: Text
    owner: Text = ""
    tone: str = "neutral"
    final: bool = False


@dataclass(frozen=True)
class Transition:
    """An act that leads from some states to another."""

    act: str
    label: Text
    sources: tuple[str, ...]
    target: str
    perm: Perm
    reason_required: bool = False
    # The reason tells of her life: it is kept encrypted with the row, and not in the trail.
    reason_apart: bool = False
    # Names of foreign keys to users on the row whose holders may not do this act.
    differs_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class Workflow:
    """The table of one thing; `guards` give the reasons against an act that only it knows."""

    model_label: str
    field: str
    label: Text
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    guards: dict[str, Callable[[Any, User], list[str]]] = dataclasses.field(default_factory=dict)

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.model_label)

    @property
    def choices(self) -> list[tuple[str, Text]]:
        return [(state.code, state.label) for state in self.states]

    def state(self, code: str) -> State:
        return next(state for state in self.states if state.code == code)

    def transition(self, act: str) -> Transition:
        return next(transition for transition in self.transitions if transition.act == act)

    def pairs(self) -> list[tuple[str, str]]:
        """Every allowed step, for the trigger that guards the column."""
        steps = {(s, t.target) for t in self.transitions for s in t.sources if s != t.target}
        return sorted(steps)

    def can(self, obj: models.Model, user: User, act: str) -> list[str]:
        """The sentences that stand against the act; an empty list means that it may be done."""
        step = self.transition(act)
        if not user.can(step.perm):
            return [_("You do not have the right to do this.")]
        now = self.state(getattr(obj, self.field))
        if now.code not in step.sources:
            return [_("This cannot be done while the state is “%(state)s”.") % {"state": now.label}]
        against = self._same_person(obj, user, step)
        if act in self.guards:
            against += self.guards[act](obj, user)
        return against

    def acts_for(self, obj: models.Model, user: User) -> list[Transition]:
        """The acts this user may do now, in the order of the table."""
        return [step for step in self.transitions if not self.can(obj, user, step.act)]

    @transaction.atomic
    def apply(
        self, obj: models.Model, act: str, *, by: User, reason: str = "", **values: Any
    ) -> Any:
        """Locks the row, checks again, moves it with its `values`, and writes the trail."""
        step = self.transition(act)
        locked = self.model._default_manager.select_for_update(of=("self",)).get(pk=obj.pk)
        against = self.can(locked, by, act)
        if step.reason_required and not reason.strip():
            against.append(_("Give a reason."))
        if against:
            raise Refused(*against)
        before = getattr(locked, self.field)
        setattr(locked, self.field, step.target)
        for name, value in values.items():
            setattr(locked, name, value)
        locked.save(update_fields=[self.field, *values])
        record(
            f"{locked._meta.model_name}.{act}",
            by=by,
            obj=locked,
            reason="" if step.reason_apart else reason.strip(),
            changes={self.field: [before, step.target]},
        )
        return locked

    @staticmethod
    def _same_person(obj: models.Model, user: User, step: Transition) -> list[str]:
        for name in step.differs_from:
            if getattr(obj, f"{name}_id") == user.pk:
                return [_("Somebody else must do this: you already had a hand in it.")]
        return []


def road(workflow: Workflow) -> pgtrigger.FSM:
    """The database's own guard: the column moves only along the workflow's table."""
    return pgtrigger.FSM(
        name=f"{workflow.field}_road", field=workflow.field, transitions=workflow.pairs()
    )


def known_states(workflow: Workflow) -> models.CheckConstraint:
    """The column holds a state of the workflow and nothing else."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{workflow.field}__in": [s.code for s in workflow.states]}),
        name=f"%(class)s_known_{workflow.field}",
    )


def states_as_markdown(workflows: Iterable[Workflow]) -> str:
    """The generated page docs/states.md."""
    lines = ["# States", "", "Generated by `manage.py write_docs`; do not edit.", ""]
    for workflow in workflows:
        lines += [f"## {workflow.model_label}.{workflow.field}: {workflow.label}", ""]
        lines += ["| State | Label | Whose turn | Final |", "|---|---|---|---|"]
        lines += [
            f"| `{s.code}` | {s.label} | {s.owner or '–'} | {'yes' if s.final else 'no'} |"
            for s in workflow.states
        ]
        lines += [
            "",
            "| Act | From | To | Permission | Reason | Not the same as |",
            "|---|---|---|---|---|---|",
        ]
        lines += [
            f"| `{t.act}` {t.label} | {', '.join(t.sources)} | {t.target} | `{t.perm}` | "
            f"{'yes' if t.reason_required else 'no'} | {', '.join(t.differs_from) or '–'} |"
            for t in workflow.transitions
        ]
        lines.append("")
    return "\n".join(lines)
