"""Background jobs: what runs and ran, and one with its progress."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kotim_social.accounts.access import actor, fresh_proof, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.files.serving import file_response
from kotim_social.jobs.actions import has_worker, retry_job
from kotim_social.jobs.kinds import job_kind
from kotim_social.jobs.made_files import fetchable_or_404, gone_sentence
from kotim_social.jobs.models import Job, MadeFile
from kotim_social.workflow import Refused

PAGE = 50
# The page of a running job looks again by itself so often, and only so long: nobody may sit
# before it any more.
SECONDS_BETWEEN_LOOKS = 5
LOOKS_AT_MOST = timedelta(minutes=10)


@require(Perm.JOB_RUN, Perm.TRAIL_VIEW)
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    jobs = Job.objects.visible_to(request.user).select_related("requested_by").order_by("-pk")
    page = Paginator(jobs, PAGE).get_page(request.GET.get("page"))
    waits = any(not job.is_over for job in page.object_list)
    context = {"page": page, "nobody_works": waits and not has_worker()}
    return render(request, "jobs/job_list.html", context)


@require(Perm.JOB_RUN, Perm.TRAIL_VIEW)
@require_safe
def job_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One look at its progress; the page is opened again by its own link."""
    job = get_visible_or_404(Job.objects.select_related("requested_by"), request.user, pk)
    own = job.requested_by_id == request.user.pk
    nobody_works = not job.is_over and not has_worker()
    is_old = timezone.now() - job.requested_at > LOOKS_AT_MOST
    context = {
        "job": job,
        "nobody_works": nobody_works,
        "follows": 0 if job.is_over or nobody_works or is_old else SECONDS_BETWEEN_LOOKS,
        "result_url": _result_url(job) if own else "",
        "made": MadeFile.objects.visible_to(request.user).filter(job=job).first(),
        "may_retry": own and job.state == "failed",
    }
    return render(request, "jobs/job_detail.html", context)


def _result_url(job: Job) -> str:
    return reverse(job_kind(job.kind).result_page, args=[job.result_id]) if job.result_id else ""


@require(Perm.JOB_RUN)
@require_POST
def job_retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = get_visible_or_404(Job, request.user, pk)
    try:
        retry_job(job=job, by=request.user)
        messages.success(request, _("The work waits for the worker again."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("jobs:job_detail", job.pk)


@require(Perm.JOB_RUN)
@fresh_proof
@require_safe
def made_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file itself, for whoever asked for it and may still have it."""
    made = fetchable_or_404(pk, actor(request))
    if made.is_expired:
        messages.error(request, gone_sentence())
        return redirect("jobs:job_detail", made.job_id)
    return file_response(made.stored, filename=made.filename, by=actor(request))
