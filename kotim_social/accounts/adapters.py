"""Where allauth asks us: closed sign-up, our sentences, our trail, and encrypted secrets."""

from __future__ import annotations

import base64
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context, ratelimit
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kotim_social.accounts.access import has_fresh_proof, proof_url_name
from kotim_social.accounts.models import User
from kotim_social.audit.trail import record
from kotim_social.lib import crypto

WRONG = _("The user name or the password is not right.")
TOO_MANY = _("Too many failed attempts. Wait a while, then try again.")
# Allauth speaks through templates; we say these few things and nothing else.
MESSAGES = {
    "account/messages/logged_out.txt": _("You are signed out."),
    "account/messages/password_changed.txt": _("Your password is changed."),
    "mfa/messages/totp_deactivated.txt": _("The second factor is removed."),
}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by user name and password, without sign-up and e-mail."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("The current password is not right."),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The office has no mail server: nothing is sent."""

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if message_template in MESSAGES:
            kwargs = {"message": str(MESSAGES[message_template])}
            super().add_message(request, level, None, **kwargs)

    # Throttling. The delays grow for one name from one place (ACCOUNT_RATE_LIMITS: 5 in a minute,
    # 10 in ten minutes, …), so that a stranger elsewhere cannot lock a person out; a wider count
    # for the name from anywhere bounds guessing from many places.

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return f"{_name_in(credentials)}@{get_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
            if not ratelimit.consume(
                request, action="login_failed_anywhere", key=_name_in(credentials), dry_run=True
            ):
                raise self.validation_error("too_many_login_attempts")
        except ValidationError:
            _record_failure("session.throttled", request, credentials)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        ratelimit.consume(request, action="login_failed_anywhere", key=_name_in(credentials))
        asked_again = request.user.is_authenticated
        _record_failure(
            "session.proof_failed" if asked_again else "session.sign_in_failed",
            request,
            credentials,
        )

    # Coming and going.

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
    ) -> HttpResponse:
        methods = [
            row.get("type", row["method"]) for row in get_authentication_records(request, user)
        ]
        record("session.signed_in", by=_known(user), obj=user, changes={"proof": [None, methods]})
        return super().post_login(request, user, **kwargs)

    def logout(self, request: HttpRequest) -> None:
        user = _known(request.user)
        record("session.signed_out", by=user, obj=user)
        super().logout(request)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        super().set_password(user, password)
        record("user.password_changed", by=_known(user), obj=user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:profile")

    # Fresh proof: our rule (access.py) takes the place of allauth's.

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not has_fresh_proof(context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """One way only: nobody with a second factor gets by on the password."""
        if not user.is_authenticated:
            return []
        name = proof_url_name(user)
        return [{"id": name, "description": "", "url": reverse(name)}]


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of the second factor are encrypted with the keys of the office."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right. Wait for the next one and try again."),
    }
    # The hooks do not tell whose secret it is, so it is bound to its purpose alone.
    BINDING: ClassVar[dict[str, str]] = {"label": "mfa.secret", "record_id": "authenticator"}

    def encrypt(self, text: str) -> str:
        return base64.b64encode(crypto.encrypt(text.encode(), **self.BINDING)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(base64.b64decode(encrypted_text), **self.BINDING).decode()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The office has no mail server: nothing is sent."""


def _name_in(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username", "")).strip().lower()


def _known(user: Any) -> User:
    """The person behind request.user, which is a lazy stand-in."""
    if not isinstance(user, User):
        raise TypeError("a signed-in user is expected")
    return user


def _record_failure(act: str, request: HttpRequest, credentials: dict[str, Any]) -> None:
    """Names whose account it was; what was typed is not kept, it may be a password."""
    user = User.objects.filter(username__iexact=_name_in(credentials)).first()
    record(act, by=None, obj=user)
