"""What she agreed to, who may get her data, and the letters that go out with her consent."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.consents import Answer, record_consent, withdraw_consent
from cases.actions.providers import add_provider
from cases.actions.referrals import answer_referral, refuse_opening
from cases.actions.sets import is_open
from cases.casework_facts import consents_of
from cases.consents import home_office
from cases.file_facts import hidden_portrait
from cases.forms import casework as casework_forms
from cases.forms.fields import refuse
from cases.models import Consent, Provider, Referral, Worker
from cases.read_only import notes_on_case
from cases.referral_letter import FILE_NAME, send_referral
from cases.views.casework import CaseAct, case_act, case_or_404
from kotim_social.accounts.access import actor, get_visible_or_404, require
from kotim_social.accounts.roles import Perm
from kotim_social.asking import sentences_of
from kotim_social.audit.trail import record
from kotim_social.files.serving import file_response
from kotim_social.idempotency.forms import idempotent
from kotim_social.workflow import Refused

WITHDRAW = CaseAct(
    gettext_lazy("She takes her consent back"),
    gettext_lazy("Record it"),
    gettext_lazy("Her consent no longer stands."),
    casework_forms.WithdrawForm,
    lambda consent, form, by: withdraw_consent(consent=consent, **form.cleaned_data, by=by),
    back="cases:consents",
    also_closed=True,
)
REFER = CaseAct(
    gettext_lazy("Refer her to a provider"),
    gettext_lazy("Issue the letter"),
    gettext_lazy("The letter is issued; open it below to print it."),
    casework_forms.ReferralForm,
    lambda worker, form, by: send_referral(worker=worker, **form.cleaned_data, by=by),
    warning=gettext_lazy("Only with her consent that her data go to this very provider."),
)
ANSWER = CaseAct(
    gettext_lazy("Record the answer"),
    gettext_lazy("Record the answer"),
    gettext_lazy("The answer is recorded."),
    casework_forms.AnswerForm,
    lambda referral, form, by: answer_referral(referral=referral, **form.cleaned_data, by=by),
)


@require(Perm.CASEWORK_VIEW)
def consents(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = case_or_404(pk, actor(request))
    return _consent_page(request, worker)


@idempotent
def _consent_page(request: HttpRequest, worker: Worker) -> HttpResponse:
    user = actor(request)
    home = home_office(worker.home_regency) if worker.home_regency else ""
    form = casework_forms.ConsentForm(
        request.POST or None, home_office=home, initial={"subject": request.GET.get("about")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            record_consent(worker=worker, answer=Answer(**form.answer()), by=user)
        except Refused as refusal:
            refuse(form, refusal.sentences)
        else:
            messages.success(request, _("Her answer is recorded."))
            return redirect("cases:consents", worker.pk)
    record("consent.view", by=user, obj=worker)
    read_only = is_open(worker)
    context = {
        "form": form,
        "worker": worker,
        "consents": consents_of(worker, user),
        "hidden_photo": hidden_portrait(worker, user),
        "case_notes": notes_on_case(worker, user) if read_only else [],
        "may_write": user.can(Perm.CASEWORK_EDIT) and not read_only,
        "may_take_back": user.can(Perm.CASEWORK_EDIT),
    }
    return render(request, "cases/consents.html", context, status=422 if form.errors else 200)


@require(Perm.CASEWORK_EDIT)
def consent_withdraw(request: HttpRequest, consent: UUID) -> HttpResponse:
    rows = Consent.objects.select_related("worker")
    found = get_visible_or_404(rows, actor(request), consent)
    return case_act(request, found.worker, found, WITHDRAW)


@require(Perm.CASEWORK_EDIT)
def referral_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    worker = case_or_404(pk, actor(request))
    return case_act(request, worker, worker, REFER)


@require(Perm.CASEWORK_EDIT)
def referral_answer(request: HttpRequest, referral: UUID) -> HttpResponse:
    found = get_visible_or_404(_referrals(), actor(request), referral)
    return case_act(request, found.worker, found, ANSWER)


@require(Perm.CASEWORK_EDIT)
def referral_letter(request: HttpRequest, referral: UUID) -> HttpResponse:
    """The issued letter, for printing; not after she has taken her consent back."""
    user = actor(request)
    found = get_visible_or_404(_referrals(), user, referral)
    if found.letter is None:
        raise Http404
    try:
        refuse_opening(found, by=user)
    except Refused as refusal:
        [sentence] = sentences_of(refusal)
        messages.error(request, sentence)
        return redirect("cases:casework", found.worker_id)
    return file_response(found.letter.file, filename=FILE_NAME, by=user)


@require(Perm.CASEWORK_VIEW)
@idempotent
def providers(request: HttpRequest) -> HttpResponse:
    form = casework_forms.ProviderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_provider(**form.cleaned_data, by=actor(request))
        except Refused as refusal:
            refuse(form, refusal.sentences)
        else:
            messages.success(request, _("The provider is added."))
            return redirect("cases:providers")
    context = {"form": form, "providers": Provider.objects.order_by("name")}
    return render(request, "cases/providers.html", context, status=422 if form.errors else 200)


def _referrals():  # type: ignore[no-untyped-def]
    return Referral.objects.select_related("worker", "provider", "letter__file")
