"""Pages of sign-in and of one's own account. Allauth's views, with our forms and our trail."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.tokens import default_token_generator
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kotim_social.accounts.access import actor, fresh_proof, on_the_way_in, public, signed_in
from kotim_social.accounts.actions import choose_password, end_sessions
from kotim_social.accounts.forms import (
    ChangePasswordForm,
    ChoosePasswordForm,
    CodeProofForm,
    EnrolForm,
    PasswordProofForm,
    SecondFactorForm,
    SignInForm,
)
from kotim_social.accounts.models import User
from kotim_social.audit.trail import record

sign_in = public(account_views.LoginView.as_view(form_class=SignInForm))
sign_out = public(require_POST(account_views.LogoutView.as_view()))


class SecondFactorView(mfa_views.AuthenticateView):
    form_class = SecondFactorForm

    def _build_forms(self) -> BaseForm | None:
        """Allauth's own looks for a security key when a POST carries no code; we have none."""
        data = self.request.POST if self.request.method == "POST" else None
        self.webauthn_form = None
        self.auth_form = self.form_class(user=self.stage.login.user, data=data)
        return self.auth_form if data is not None else None


second_factor = public(SecondFactorView.as_view())
prove_by_password = on_the_way_in(
    account_views.ReauthenticateView.as_view(form_class=PasswordProofForm)
)
prove_by_code = on_the_way_in(mfa_views.ReauthenticateView.as_view(form_class=CodeProofForm))
change_password = signed_in(account_views.PasswordChangeView.as_view(form_class=ChangePasswordForm))


class EnrolView(totp_views.ActivateTOTPView):
    form_class = EnrolForm

    def form_valid(self, form: EnrolForm) -> HttpResponse:
        response = super().form_valid(form)
        authenticator = Authenticator.objects.get(user=form.user, type=Authenticator.Type.TOTP)
        # The code just typed is a proof as good as any asked for later.
        post_authentication(self.request, authenticator, reauthenticated=True)
        record("user.second_factor_set", by=form.user, obj=form.user)
        # Allauth's own message comes after the commit, when the response is made already.
        messages.success(self.request, _("The second factor is set up."))
        return response


class RemoveFactorView(totp_views.DeactivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        user = actor(self.request)
        record("user.second_factor_removed", by=user, obj=user)
        return super().form_valid(form)


class NewSpareCodesView(recovery_views.GenerateRecoveryCodesView):
    def form_valid(self, form: Any) -> HttpResponse:
        user = actor(self.request)
        record("user.spare_codes_made", by=user, obj=user)
        return super().form_valid(form)


enrol = on_the_way_in(fresh_proof(EnrolView.as_view()))
remove_factor = signed_in(fresh_proof(RemoveFactorView.as_view()))
new_spare_codes = signed_in(fresh_proof(NewSpareCodesView.as_view()))
spare_codes = on_the_way_in(fresh_proof(recovery_views.ViewRecoveryCodesView.as_view()))


@on_the_way_in
def profile(request: HttpRequest) -> HttpResponse:
    """One's own account: name, roles, second factor, password."""
    user = actor(request)
    factor = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    spare = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    context = {
        "factor": factor,
        "spare_codes_left": len(spare.wrap().get_unused_codes()) if spare else 0,
        "grants": user.role_grants.order_by("valid_from"),
        "assignments": user.assignments.select_related("lokalisasi").order_by("valid_from"),
    }
    return render(request, "accounts/profile.html", context)


@signed_in
def second_factor_index(request: HttpRequest) -> HttpResponse:
    """Where allauth returns to after a change of the factor."""
    return redirect("accounts:profile")


@on_the_way_in
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Ends all sessions of this person, this one too."""
    end_sessions(user=actor(request), by=actor(request))
    logout(request)
    messages.success(request, _("You are signed out on every computer and phone."))
    return redirect("account_login")


@public
@sensitive_post_parameters("new_password1", "new_password2")
def activate(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Behind a one-time link: its owner chooses a password, then signs in with it."""
    user = _user_of(uid)
    if user is None or not user.is_active or not default_token_generator.check_token(user, token):
        return render(request, "accounts/activate_expired.html", status=404)
    form = ChoosePasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        choose_password(user=user, password=form.cleaned_data["new_password1"])
        logout(request)
        messages.success(request, _("Your password is set. Sign in with it."))
        return redirect("account_login")
    return render(request, "accounts/activate.html", {"form": form, "owner": user})


def _user_of(uid: str) -> User | None:
    try:
        return User.objects.get(pk=int(urlsafe_base64_decode(uid)))
    except (ValueError, OverflowError, User.DoesNotExist):
        return None
