"""Forms of sign-in, proof, second factor and password: allauth's, in our words and layout."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account_forms
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.utils import decrypt, encrypt
from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.formlayout import PlainForm


def _dress(field: forms.Field, label: str, hint: str = "", **attrs: Any) -> None:
    field.label = label
    field.help_text = hint
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


def _dress_code(field: forms.Field, hint: str) -> None:
    _dress(
        field,
        _("Code"),
        hint,
        autocomplete="one-time-code",
        inputmode="numeric",
        autofocus=True,
        autocapitalize="none",
        spellcheck="false",
        maxlength=20,
    )


class SignInForm(PlainForm, account_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(
            self.fields["login"],
            _("User name"),
            autocomplete="username",
            autocapitalize="none",
            spellcheck="false",
            autofocus=True,
        )
        _dress(self.fields["password"], _("Password"))


class PasswordProofForm(PlainForm, account_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["password"], _("Password"), autofocus=True)


class ChangePasswordForm(PlainForm, account_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = self.fields["password1"].help_text
        _dress(self.fields["oldpassword"], _("Current password"), autofocus=True)
        _dress(self.fields["password1"], _("New password"), hint)
        _dress(self.fields["password2"], _("New password once more"))


class ResetFactorForm(PlainForm, forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("How you made sure that it is this person who asks."),
    )


class ChoosePasswordForm(PlainForm, SetPasswordForm):
    """The first password of an account, or the next one after it was forgotten."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["new_password2"], _("New password once more"))
        self.fields["new_password1"].widget.attrs["autofocus"] = True


class EachCodeOnceMixin:
    """A code opens one door once, for as long as the clock tolerance keeps it good."""

    user: User
    cleaned_data: dict[str, Any]
    failure: ClassVar[str]

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        seconds = settings.MFA_TOTP_PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 1)
        if not cache.add(f"second-factor:{self.user.pk}:{code}", True, timeout=seconds):
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        record(self.failure, by=None, obj=self.user)


class SecondFactorForm(PlainForm, EachCodeOnceMixin, mfa_forms.AuthenticateForm):
    failure = "session.second_factor_failed"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_code(self.fields["code"], _("Six digits from the app, or one of your spare codes."))


class CodeProofForm(PlainForm, EachCodeOnceMixin, mfa_forms.ReauthenticateForm):
    failure = "session.proof_failed"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress_code(self.fields["code"], _("Six digits from the app, or one of your spare codes."))


class EnrolForm(PlainForm, ActivateTOTPForm):
    """The secret waits in the session, encrypted, until a code shows that the phone has it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        session = context.request.session
        waiting = session.get(SECRET_SESSION_KEY)
        super().__init__(*args, **kwargs)
        if self.is_bound and waiting:
            self.secret = decrypt(waiting)
        else:
            session[SECRET_SESSION_KEY] = encrypt(self.secret)
        _dress_code(self.fields["code"], _("Six digits that the app shows now."))
