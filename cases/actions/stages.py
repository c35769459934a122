"""Freezing a stage of a lokalisasi, lifting the freeze, and who is kept out by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import FrozenPerson, LateProposal, Objection, Stage, StageFreeze, Worker
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.lib.dates import format_date, today
from kotim_social.regions.models import Lokalisasi, Place
from kotim_social.workflow import Refused

ORDER = list(Stage)


def frozen_places(stage: Stage) -> set[str]:
    """The places whose stage is frozen now."""
    freezes = StageFreeze.objects.in_force().filter(stage=stage)
    return set(
        Place.objects.filter(lokalisasi__in=freezes.values("lokalisasi")).values_list(
            "code", flat=True
        )
    )


def kept_out(workers: Collection[Worker], stage: Stage) -> set[UUID]:
    """Those of a frozen place who came neither by a late proposal nor by an upheld objection."""
    places = frozen_places(stage)
    inside = {worker.pk for worker in workers if worker.place_id in places}
    return inside - _let_in(inside) if inside else set()


def _let_in(workers: set[UUID]) -> set[UUID]:
    late = LateProposal.objects.filter(worker__in=workers).values_list("worker_id", flat=True)
    upheld = Objection.objects.filter(worker__in=workers, state="upheld")
    return {pk for pk in late if pk} | set(upheld.values_list("worker_id", flat=True))


def refuse_frozen(place_codes: Iterable[str]) -> None:
    """Nobody new is registered where registration is frozen."""
    frozen = frozen_places(Stage.REGISTRATION) & set(place_codes)
    if frozen:
        labels = Place.objects.filter(code__in=frozen).values_list("label", flat=True)
        raise Refused(
            _("Registration is frozen in %(places)s: put her forward as a late proposal.")
            % {"places": ", ".join(labels)}
        )


def against_freezing(lokalisasi: Lokalisasi, stage: Stage, *, on: date, by: User) -> list[str]:
    """The sentences that stand against freezing this stage here."""
    if not by.can(Perm.STAGE_FREEZE):
        return [_("You do not have the right to do this.")]
    in_force = {row.stage: row for row in lokalisasi.freezes.in_force()}
    if stage in in_force:
        return [_("This stage is frozen already.")]
    before = ORDER[: ORDER.index(stage)]
    if before and before[-1] not in in_force:
        return [_("Freeze the stage before it first: %(stage)s.") % {"stage": before[-1].label}]
    if on > today():
        return [_("The date lies in the future.")]
    first = max((in_force[step].frozen_on for step in before), default=on)
    if on < first:
        shown = {"date": format_date(first)}
        return [_("The date lies before %(date)s, the step before it.") % shown]
    return []


@transaction.atomic
def freeze_stage(*, lokalisasi: Lokalisasi, stage: Stage, frozen_on: date, by: User) -> StageFreeze:
    """Closes the stage and keeps who stood on its list, and how."""
    lokalisasi = Lokalisasi.objects.select_for_update().get(pk=lokalisasi.pk)
    against = against_freezing(lokalisasi, stage, on=frozen_on, by=by)
    if against:
        raise Refused(*against)
    people = list(Worker.objects.filter(place__lokalisasi=lokalisasi).only("pk", "eligibility"))
    freeze = StageFreeze.objects.create(
        stage=stage,
        lokalisasi=lokalisasi,
        frozen_on=frozen_on,
        people=len(people),
        recorded_by=by,
    )
    FrozenPerson.objects.bulk_create(
        FrozenPerson(freeze=freeze, worker=worker, eligibility=worker.eligibility)
        for worker in people
    )
    changes = {"frozen_on": [None, frozen_on.isoformat()], "people": [None, len(people)]}
    record(f"stage.freeze_{stage}", by=by, obj=freeze, changes=changes)
    return freeze


@transaction.atomic
def lift_freeze(*, freeze: StageFreeze, because: str, by: User) -> StageFreeze:
    """Opens the stage again; the list that was frozen stays on record."""
    Lokalisasi.objects.select_for_update().get(pk=freeze.lokalisasi_id)
    freeze = StageFreeze.objects.select_for_update().get(pk=freeze.pk)
    if not by.can(Perm.STAGE_FREEZE):
        raise Refused(_("You do not have the right to do this."))
    if freeze.lifted_at is not None:
        raise Refused(_("This stage is open already."))
    if not because.strip():
        raise Refused(_("Say why the stage is opened again."))
    later = ORDER[ORDER.index(Stage(freeze.stage)) + 1 :]
    rows = StageFreeze.objects.in_force().filter(lokalisasi=freeze.lokalisasi_id, stage__in=later)
    if rows.exists():
        raise Refused(_("Open the stage after it first."))
    freeze.lifted_on, freeze.lifted_at, freeze.lifted_by = today(), timezone.now(), by
    freeze.lifted_because = because.strip()
    freeze.save(update_fields=["lifted_on", "lifted_at", "lifted_by", "lifted_because"])
    record(f"stage.lift_{freeze.stage}", by=by, obj=freeze)
    return freeze
