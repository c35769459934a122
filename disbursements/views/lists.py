"""Payment lists: all of them, a new one, and one with its road and its lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.forms.fields import refuse
from disbursements.actions.following import came_back
from disbursements.actions.lists import create_list
from disbursements.cautions import cautions, cautions_on
from disbursements.forms.lists import ListFilter, NewListForm
from disbursements.lines_now import changed_payees, lines_now, reasons_against
from disbursements.listing import (
    LINE_GROUPS,
    ListSums,
    line_rows,
    lists_in_rows,
    may_book,
    sums_of,
    with_sums,
)
from disbursements.models import ListDecision, PaymentList
from disbursements.rules import (
    APPROVED_STATES,
    find_candidates,
)
from disbursements.views.showing import (
    buttons_for,
    facts_of,
    filter_tags,
    fits,
    group_tags,
    left_out_people,
    only_because,
    reasons_to_choose,
    road_of,
    timeline_of,
)
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.idempotency.forms import idempotent
from kotim_social.workflow import Refused

PAGE = 50
ALL = 1000
# States in which lines can still turn out to be unpayable.
CHECKED_STATES = ("draft", "submitted", "verified", "approved")


@require(Perm.LIST_VIEW)
@require_safe
def list_index(request: HttpRequest) -> HttpResponse:
    form = ListFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    lists = lists_in_rows(
        request.user,
        state=chosen.get("state", ""),
        waiting=bool(chosen.get("waiting")),
    )
    page = Paginator(lists, PAGE).get_page(request.GET.get("page"))
    page.object_list = with_sums(page.object_list)
    context = {
        "filter": form,
        "page": page,
        "tags": filter_tags(request, form),
        "may_prepare": request.user.can(Perm.LIST_PREPARE),
    }
    return render(request, "disbursements/list_index.html", context)


@require(Perm.LIST_PREPARE)
@idempotent
def list_create(request: HttpRequest) -> HttpResponse:
    """First what it is for, then who is in and who is left out, then the draft."""
    posted = request.method == "POST"
    source = request.POST if posted else request.GET
    preset = {"batch": request.GET.get("batch", "")[:30]}
    form = NewListForm(source if "kinds" in source or posted else None, user=request.user,
                       initial=preset)  # fmt: skip
    if not form.is_bound or not form.is_valid():
        status = 422 if posted else 200
        return render(request, "disbursements/list_create.html", {"form": form}, status=status)
    ticked = request.POST.getlist("line") if posted else None
    if posted:
        made = _make(form, ticked or [], request.user)
        if made is not None:
            _tell(request, made, len(ticked or []))
            return redirect("disbursements:list_detail", made.pk)
    context = {"form": form, **_choice(form, request.user, ticked)}
    status = 422 if posted else 200
    return render(request, "disbursements/list_check.html", context, status=status)


def _make(form: NewListForm, ticked: list[str], by: User) -> PaymentList | None:
    data = form.cleaned_data
    try:
        return create_list(
            funder=data["funder"],
            kinds=data["kinds"],
            places=list(data["places"]),
            budget_year=data["budget_year"],
            batch_code=data["batch"],
            only=ticked,
            by=by,
        )
    except Refused as refused:
        refuse(form, refused.sentences)
        return None


def _tell(request: HttpRequest, made: PaymentList, ticked: int) -> None:
    """The draft, and whoever could no longer be paid between the look and the yes."""
    messages.success(request, _("The list %(number)s is made.") % {"number": made.number})
    missing = ticked - made.lines.count()
    if missing > 0:
        messages.warning(
            request,
            _("%(n)s of those you chose can no longer be paid and are not on the list.")
            % {"n": missing},
        )


def _choice(form: NewListForm, user: User, ticked: list[str] | None) -> dict[str, Any]:
    data = form.cleaned_data
    found = find_candidates(
        user,
        kinds=data["kinds"],
        places=list(data["places"]),
        batch_code=data["batch"],
        budget_year=data["budget_year"],
    )
    soft = cautions({one.worker.pk for one in found.included})
    names = {kind.code: kind.name for kind in data["kinds"]}
    chosen = None if ticked is None else set(ticked)
    rows = [
        {
            "key": one.position.key,
            "worker": one.worker,
            "kind": names[one.position.kind_id],
            "amount": one.position.entitled - one.position.paid,
            "checked": chosen is None or one.position.key in chosen,
            "again": one.position.last_line_id is not None,
            "cautions": soft.get(one.worker.pk, []),
        }
        for one in found.included
        if fits(data["readiness"], one, soft)
    ]
    left_out = left_out_people(found.left_out, user)
    return {
        "rows": rows,
        "total": sum(row["amount"] for row in rows),
        "people": len({row["worker"].pk for row in rows}),
        "reasons": reasons_to_choose(left_out),
        "left_out": only_because(left_out, data["because"]),
        "all_left_out": len(left_out),
        "hidden": form.as_hidden(),
    }


@require(Perm.LIST_VIEW)
@require_safe
def list_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    payment_list = get_visible_or_404(
        PaymentList.objects.select_related(
            "funder", "budget_year", "created_by", "follows"
        ).prefetch_related(Prefetch("decisions", _newest_first())),
        request.user,
        pk,
    )
    sums = sums_of(payment_list)
    group = request.GET.get("lines", "")
    page = _page_of_lines(request, payment_list, group, sums)
    decisions = list(payment_list.decisions.all())
    record("paymentlist.view", by=request.user, obj=payment_list)
    context = {
        "list": payment_list,
        "sums": sums,
        "facts": facts_of(payment_list, sums, lines_url="?lines=standing#lines-title"),
        "road": road_of(payment_list),
        "page": page,
        "all_url": _all_of(group) if page.has_other_pages() else "",
        "tags": group_tags(group),
        "sent_back": _sent_back(payment_list, decisions),
        "timeline": timeline_of(decisions),
        "may_book": may_book(payment_list, request.user) and sums.waiting,
        "may_follow": sums.returned
        and request.user.can(Perm.LIST_PREPARE)
        and bool(came_back(payment_list)),
        "may_see_papers": request.user.can(Perm.LIST_PAY) or request.user.can(Perm.PAPER_ISSUE),
        # What comes back after the year was closed is booked in the year that is open then.
        "may_reverse": request.user.can(Perm.LIST_PAY)
        and payment_list.budget_year.closed_on is None,
        "may_export": request.user.can(Perm.REPORT_EXPORT),
        "may_issue": request.user.can(Perm.PAPER_ISSUE) and payment_list.state in APPROVED_STATES,
        **buttons_for(payment_list, request.user, waiting=bool(sums.waiting)),
        **_warnings(payment_list, sums, everything="all" in request.GET),
    }
    return render(request, "disbursements/list_detail.html", context)


def _newest_first() -> QuerySet[ListDecision]:
    return ListDecision.objects.select_related("recorded_by").order_by("-pk")


def _page_of_lines(
    request: HttpRequest, payment_list: PaymentList, group: str, sums: ListSums
) -> Page[Any]:
    """One page of a list's lines; how many there are is known by then and not counted again."""
    lines = payment_list.lines.filter(LINE_GROUPS.get(group, Q())).order_by("number")
    paginator = Paginator(lines, ALL if request.GET.get("all") else PAGE)
    paginator.count = sums.lines_of(group)
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = line_rows(page.object_list, actor(request))
    return page


def _all_of(group: str) -> str:
    return f"?all=1&lines={group}" if group in LINE_GROUPS else "?all=1"


def _sent_back(payment_list: PaymentList, decisions: Sequence[ListDecision]) -> ListDecision | None:
    """Why a draft lies here again: whoever must mend it reads it first."""
    if payment_list.state != "draft":
        return None
    return next((one for one in decisions if one.act.startswith("send_back")), None)


def _warnings(payment_list: PaymentList, sums: ListSums, *, everything: bool) -> dict[str, Any]:
    """What has changed since the approval, and who could not be paid as things stand now.

    How many there are of each is told whole; so many are named as the page has lines.
    """
    if payment_list.state not in CHECKED_STATES:
        return {"changed": [], "problems": {}, "cautions": []}
    approved = payment_list.state == "approved"
    shown = None if everything else PAGE
    lines = lines_now(payment_list, counted=sums.waiting)
    problems = reasons_against(lines)
    soft = cautions_on(payment_list)
    return {
        "changed": changed_payees(lines) if approved else [],
        "problems": problems,
        "problems_shown": list(problems.items())[:shown],
        "cautions": soft,
        "cautions_shown": soft[:shown],
    }
