"""The register of data breaches: the list by deadline, one breach with its clock, its acts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Case, Count, F, Q, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cases.actions import data_breaches as acts
from cases.data_breach_letter import FILE_NAME, issue_to_authority, issue_to_people
from cases.data_breach_workflow import DATA_BREACH
from cases.data_terms import term_of
from cases.forms.data_breaches import (
    AuthorityForm,
    BreachForm,
    ConclusionForm,
    NamePeopleForm,
    ReasonForm,
    SendingForm,
)
from cases.models import BreachPerson, DataBreach, Worker
from cases.models.data_breach import RUNNING
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import Asking, YesForm, ask, fact
from kotim_social.audit.trail import history_of, record
from kotim_social.files.serving import file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.rewriting import Page, hold, rewrite

PAGE = 50
_CAREFUL = {
    "close": gettext_lazy("The clock stops for good; the register keeps it."),
    "dismiss": gettext_lazy("It stays in the register as no breach. Nobody is told."),
}


@require(Perm.BREACH_REPORT, Perm.BREACH_VIEW)
@require_safe
def data_breach_list(request: HttpRequest) -> HttpResponse:
    """Those whose hours run first, the most urgent on top; `?state=running` shows these alone."""
    rows = DataBreach.objects.visible_to(actor(request))
    only = request.GET.get("state") == "running"
    shown = rows.running() if only else rows
    runs = Case(When(state__in=RUNNING, then=Value(0)), default=Value(1))
    shown = shown.annotate(named=Count("people", filter=Q(people__removed_at__isnull=True)))
    page = Paginator(shown.order_by(runs, F("deadline"), "pk"), PAGE)
    running = list(rows.running())
    context = {
        "page": page.get_page(request.GET.get("page")),
        "only": only,
        "running": len(running),
        "late": sum(one.is_late for one in running),
        "may_report": actor(request).can(Perm.BREACH_REPORT),
    }
    return render(request, "cases/data_breach_list.html", context)


@require(Perm.BREACH_REPORT)
@idempotent
def data_breach_report(request: HttpRequest) -> HttpResponse:
    user = actor(request)
    form = BreachForm(request.POST or None)
    asking = Asking(
        question=_("Report a data breach"),
        submit=_("Report it"),
        back=reverse("cases:data_breach_list"),
        done=_("It is reported. The 3 × 24 hours run from the discovery."),
        warning=_("Report at once; what is not known yet may follow."),
    )

    def run(_data: dict[str, Any]) -> str:
        return _url(acts.report(facts=form.facts(), by=user))

    return ask(request, form, asking, run)


@require(Perm.BREACH_REPORT, Perm.BREACH_VIEW)
@require_safe
def data_breach(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = actor(request)
    row = _row(request, pk)
    record("databreach.view", by=user, obj=row)
    people = row.people.filter(removed_at__isnull=True).select_related("worker")
    seen = people.filter(worker__in=Worker.objects.visible_to(user).values("pk"))
    pages = Paginator(seen.order_by("worker__register_no", "pk"), PAGE)
    page = pages.get_page(request.GET.get("page"))
    told = row.notices.filter(worker__in=[one.worker_id for one in page])
    letters = {one.worker_id: one for one in told.select_related("letter")}
    context = {
        "row": row,
        "term": term_of("breach", row.discovered.date()),
        "acts": DATA_BREACH.acts_for(row, user),
        "handles": user.can(Perm.BREACH_HANDLE) and row.state in RUNNING,
        "page": page,
        "people": [(one, letters.get(one.worker_id)) for one in page],
        "named": people.count(),
        "untold": row.untold().count(),
        "unwritten": row.unwritten().count(),
        "waiting": row.notices.filter(sent_at__isnull=True).count(),
        "notices": row.notices.filter(worker__isnull=True).select_related("letter", "sent_by"),
        "lacks": row.lacks_for_closing() if row.state == "confirmed" else [],
    }
    return render(request, "cases/data_breach.html", context)


@require(Perm.BREACH_HANDLE)
@idempotent
def data_breach_amend(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, row = actor(request), _row(request, pk)
    row = hold(request, row)
    about = Page(
        caption=row.get_kind_display(),
        back=_url(row),
        last=history_of(row).filter(act="databreach.amend").first,
    )
    form, conflict = rewrite(request, lambda data: BreachForm.of(row, data), about)
    if conflict is not None:
        return conflict
    asking = Asking(
        question=_("Change what is known"),
        submit=_("Record it"),
        back=_url(row),
        done=_("Recorded."),
    )

    def run(_data: dict[str, Any]) -> None:
        acts.amend(breach=row, facts=form.facts(), version=row.version, by=user)

    return ask(request, form, asking, run)


@require(Perm.BREACH_HANDLE)
@idempotent
def data_breach_people(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, row = actor(request), _row(request, pk)
    form = NamePeopleForm(request.POST or None)
    asking = Asking(
        question=_("Name whom it touches"),
        submit=_("Name them"),
        back=_url(row),
        done=_("They are named."),
    )
    people = form.people(user) if request.method == "POST" and form.is_valid() else []
    if request.method == "POST" and form.is_valid() and not people:
        form.add_error(None, _("Choose at least one person."))

    def run(_data: dict[str, Any]) -> None:
        acts.name_people(breach=row, workers=people, by=user)

    return ask(request, form, asking, run)


@require(Perm.BREACH_HANDLE)
@idempotent
def data_breach_take_out(request: HttpRequest, pk: UUID, person: UUID) -> HttpResponse:
    user, row = actor(request), _row(request, pk)
    people = row.people.filter(worker__in=Worker.objects.visible_to(user).values("pk"))
    one = get_object_or_404(people.select_related("worker"), pk=person, removed_at__isnull=True)
    asking = Asking(
        question=_("Take her out of this breach?"),
        submit=_("Take her out"),
        back=_url(row),
        done=_("She is taken out."),
        facts=_who(one),
    )

    def run(data: dict[str, Any]) -> None:
        acts.take_person_out(person=one, by=user, **data)

    return ask(request, ReasonForm(request.POST or None), asking, run)


@require(Perm.BREACH_HANDLE)
@idempotent
def data_breach_letters(request: HttpRequest, pk: UUID, receiver: str) -> HttpResponse:
    """The letters to the people named, or one to the authority: each with a number."""
    user, row = actor(request), _row(request, pk)
    if receiver not in ("person", "authority"):
        raise Http404
    to_people = receiver == "person"
    asking = Asking(
        question=_("Issue the letters to the people?")
        if to_people
        else _("Issue the letter to the authority?"),
        submit=_("Issue"),
        back=_url(row),
        done=_("Issued. Record below when they went out."),
        facts=[fact(_("Which data"), row.data), fact(_("What is done about it"), row.measures)],
        warning=_("The numbers are used up; an issued paper never changes. 50 letters at a time."),
    )

    def run(data: dict[str, Any]) -> None:
        if to_people:
            issue_to_people(breach=row, by=user)
        else:
            issue_to_authority(breach=row, by=user, **data)

    form_class = YesForm if to_people else AuthorityForm
    return ask(request, form_class(request.POST or None), asking, run)


@require(Perm.BREACH_HANDLE)
@idempotent
def data_breach_sent(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, row = actor(request), _row(request, pk)
    waiting = row.notices.filter(sent_at__isnull=True).select_related("letter", "worker")
    form = SendingForm(request.POST or None, notices=waiting.order_by("issued_at", "pk"))
    asking = Asking(
        question=_("Record which letters went out"),
        submit=_("Record it"),
        back=_url(row),
        done=_("Recorded."),
    )

    def run(data: dict[str, Any]) -> None:
        sending = acts.Sending(form.moment(), data["channel"], data["evidence"])
        chosen = [UUID(one) for one in data["notices"]]
        acts.record_sending(breach=row, notices=chosen, sending=sending, by=user)

    return ask(request, form, asking, run)


@require(Perm.BREACH_HANDLE)
@idempotent
def data_breach_move(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """The check page of each step of its road; closing says what is still missing."""
    user, row = actor(request), _row(request, pk)
    step = next((one for one in DATA_BREACH.transitions if one.act == act), None)
    if step is None:
        raise Http404
    against = DATA_BREACH.can(row, user, act)
    asking = Asking(
        question=step.label,
        submit=step.label,
        back=_url(row),
        done=_("Recorded."),
        facts=[
            fact(_("Which data"), row.data),
            fact(_("People named"), row.people.filter(removed_at__isnull=True).count()),
        ],
        warning=" ".join(against) or _CAREFUL.get(act, ""),
        danger=act in _CAREFUL,
    )

    def run(data: dict[str, Any]) -> None:
        acts.move(breach=row, act=act, conclusion=data.get("conclusion", ""), by=user)

    form_class = YesForm if act == "confirm" else ConclusionForm
    return ask(request, form_class(request.POST or None), asking, run)


@require(Perm.BREACH_VIEW)
@require_safe
def data_breach_letter(request: HttpRequest, pk: UUID, notice: UUID) -> HttpResponse:
    """A letter to a person stands open to whoever may see the person."""
    user, row = actor(request), _row(request, pk)
    seen = Worker.objects.visible_to(user).values("pk")
    notices = row.notices.filter(Q(worker__isnull=True) | Q(worker__in=seen))
    one = get_object_or_404(notices.select_related("letter__file"), pk=notice)
    if one.worker_id and not user.can(Perm.BREACH_HANDLE):
        raise Http404
    return file_response(one.letter.file, filename=FILE_NAME, by=user)


def _row(request: HttpRequest, pk: UUID) -> DataBreach:
    rows = DataBreach.objects.select_related("recorded_by", "ended_by")
    return get_visible_or_404(rows, actor(request), pk)


def _url(row: DataBreach) -> str:
    return reverse("cases:data_breach", args=[row.pk])


def _who(person: BreachPerson) -> list[dict[str, Any]]:
    worker = person.worker
    return [fact(_("Name"), worker.name), fact(_("Register number"), worker.register_no)]
