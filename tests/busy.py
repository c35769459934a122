"""An office in the middle of its work, for whoever looks at pages: invented people only."""

from __future__ import annotations

from datetime import date

from django.conf import settings

from cases.actions.importing import confirm_import, stage_register
from kotim_social.accounts import actions as office
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Role
from tests import factories

REGISTER = settings.BASE_DIR / "cases" / "data" / "register-demo.xlsx"


def one_of_each_role() -> dict[str, User]:
    """One user a role; whoever needs a second factor has one."""
    users = {role.value: factories.make_user(role, username=role.value) for role in Role}
    return {
        name: with_factor(user) if user.needs_second_factor else user
        for name, user in users.items()
    }


def with_factor(user: User) -> User:
    """The same person with a second factor, so that no page leads to setting one up."""
    User.objects.filter(pk=user.pk).update(is_demo=True)
    office.enrol_demo_totp(factories.fresh(user))
    return factories.fresh(user)


def fill_office(petugas: User) -> None:
    """The demo register, and beside it people at every stage of the money and of the way home."""
    staged = stage_register(
        REGISTER.read_bytes(), file_name="r.xlsx", by=petugas, registered_on=date(2017, 10, 29)
    )
    confirm_import(staged, by=petugas)
    four = factories.the_four()
    ready = factories.ready_people(4, four=four)
    factories.arrive(ready[:2], four=four)
    done = factories.a_list(by=four.petugas)
    factories.walk_to(done, "closed", four=four)
    factories.walk_to(factories.a_list(by=four.petugas, kinds=["MODAL"]), "approved", four=four)
