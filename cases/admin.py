"""The people in the admin: to look at, masked, with a row in the trail; corrections to propose."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cases.actions.correcting import propose
from cases.forms.correcting import ProposalForm
from cases.masks import masked_number, masked_of
from cases.models import BankAccount, Correction, Journey, Worker
from kotim_social.accounts.access import actor
from kotim_social.accounts.admin_site import OfficeModelAdmin, column
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.templatetags.formats import waktu
from kotim_social.workflow import Refused


class LookedAt(OfficeModelAdmin):
    """Rows about people: nothing is added, changed or deleted, and each look is in the trail."""

    perm = Perm.WORKER_VIEW
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        record(
            f"{self.opts.model_name}.view",
            by=actor(request),
            object_type=self.opts.label_lower,
            object_id=object_id[:60],
        )
        return response

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        record(f"{self.opts.model_name}.list", by=actor(request), object_type=self.opts.label_lower)
        return super().changelist_view(request, extra_context)


@admin.register(Worker)
class WorkerAdmin(LookedAt):
    list_display = ("register_no", "name", "place", "choice", "eligibility", "case_state")
    list_select_related = ("place",)
    list_filter = ("place", "choice", "eligibility", "case_state")
    fields = (
        "register_no", "name", "masked_nik", "masked_phone", "place", "home_regency", "choice",
        "eligibility", "case_state", "registered_on", "determined_on",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("NIK"))
    def masked_nik(self, worker: Worker) -> str:
        return masked_of(worker)["nik"]

    @admin.display(description=_("Telephone"))
    def masked_phone(self, worker: Worker) -> str:
        return masked_of(worker)["phone"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Worker]:
        return Worker.objects.visible_to(actor(request))


@admin.register(BankAccount)
class BankAccountAdmin(LookedAt):
    list_display = ("worker", "bank", "masked", "state", "checked_on")
    list_select_related = ("worker",)
    list_filter = ("state", "bank")
    fields = ("worker", "bank", "masked", "holder", "state", "opened_on", "checked_on")
    readonly_fields = fields

    def title_of(self, obj: BankAccount) -> str:
        return f"{obj.worker}: {obj.bank} {masked_number(obj)}"

    @admin.display(description=_("Account number"))
    def masked(self, account: BankAccount) -> str:
        return masked_number(account)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankAccount]:
        return BankAccount.objects.filter(worker__in=Worker.objects.visible_to(actor(request)))


@admin.register(Journey)
class JourneyAdmin(LookedAt):
    list_display = ("worker", "state", "batch_code", "current")
    list_select_related = ("worker",)
    list_filter = ("state", "current")
    fields = ("worker", "state", "batch_code", "approved_on", "boarded_on", "arrived_on")
    readonly_fields = fields

    def title_of(self, obj: Journey) -> str:
        return f"{obj.worker}: {obj.get_state_display()}"  # type: ignore[attr-defined]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Journey]:
        return Journey.objects.filter(worker__in=Worker.objects.visible_to(actor(request)))


@admin.register(Correction)
class CorrectionAdmin(OfficeModelAdmin):
    """One of the office's ways in: proposed here, accepted by a supervisor on a page of hers."""

    perm = Perm.CORRECTION_PROPOSE
    actions = None
    form = ProposalForm
    list_display = ("worker", "field", "state", "proposed_at", "proposed_by")
    list_select_related = ("worker", "proposed_by")
    list_filter = ("state", "field")
    shown = (
        "worker", "field", "state", "proposed_at", "proposed_by",
        column("decided_at", _("Decided on"), waktu), column("decided_by", _("Decided by")),
    )  # fmt: skip

    def title_of(self, obj: Correction) -> str:
        return f"{obj.worker}: {obj.get_field_display()}"  # type: ignore[attr-defined]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Correction]:
        return Correction.objects.visible_to(actor(request))

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The form finds only whom this user sees."""
        form = super().get_form(request, *args, **kwargs)
        return type(form.__name__, (form,), {"user": actor(request)})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.shown if obj else ("register_no", "field", "new_value", "why", "seen_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.shown if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What the action refuses is said on the form again."""
        try:
            return super().add_view(request, form_url, extra_context)
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            request.method = "GET"
            return super().add_view(request, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        data = form.cleaned_data
        made = propose(
            worker=form.worker,
            field=data["field"],
            new=data["new_value"],
            reason=data["why"],
            evidence=data["seen_on"],
            by=actor(request),
        )
        obj.__dict__.update(made.__dict__)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """Says what follows; Django would name it by its id."""
        words = _("The correction is proposed; a supervisor decides about it.")
        self.message_user(request, words, messages.SUCCESS)
        return self.response_post_save_add(request, obj)
