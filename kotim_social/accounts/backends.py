"""Checks user name and password."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser


class OneAnswerBackend(AuthenticationBackend):
    """An inactive account answers like a wrong password: nobody learns that the account exists."""

    @classmethod
    def _stash_user(cls, user: AbstractBaseUser | None) -> AbstractBaseUser | None:
        """Allauth keeps an inactive user aside here, to tell her so; we do not."""
        return None
