"""Checks user name and password."""

from __future__ import annotations

from functools import cache

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import DEFAULT_DB_ALIAS

from kotim_social.accounts.models import User
from kotim_social.lib.prepared import Prepared, gap


class OneAnswerBackend(AuthenticationBackend):
    """An inactive account answers like a wrong password: nobody learns that the account exists."""

    @classmethod
    def _stash_user(cls, user: AbstractBaseUser | None) -> AbstractBaseUser | None:
        """Allauth keeps an inactive user aside here, to tell her so; we do not."""
        return None

    def get_user(self, user_id: int) -> User | None:
        """Who stands behind a session; asked by every request."""
        for row in _by_id().rows(pk=user_id):
            user = User.from_db(DEFAULT_DB_ALIAS, _COLUMNS, row)
            return user if self.user_can_authenticate(user) else None
        return None


_COLUMNS = [field.attname for field in User._meta.concrete_fields]


@cache
def _by_id() -> Prepared:
    return Prepared(User.objects.filter(pk=gap("pk")).values_list(*_COLUMNS))
