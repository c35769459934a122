"""Accounts, roles, places, links, the admin and the commands."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from itertools import combinations

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from kotim_social.accounts import actions
from kotim_social.accounts.models import RoleGrant, User
from kotim_social.accounts.passwords import ContextValidator
from kotim_social.accounts.roles import INCOMPATIBLE, Role
from kotim_social.audit.models import Entry
from kotim_social.lib.dates import today
from kotim_social.regions.models import Lokalisasi
from tests.accounts.helpers import PASSWORD, make_user, sign_in, sign_in_with_code

pytestmark = pytest.mark.django_db
TOMORROW = timedelta(days=1)


def test_all_roles_exclude_each_other_as_the_constraint_says() -> None:
    assert {frozenset(pair) for pair in combinations(Role, 2)} == INCOMPATIBLE


@pytest.mark.parametrize("pair", list(combinations(Role, 2)), ids="+".join)
def test_two_roles_at_once_are_refused(pair: tuple[Role, Role]) -> None:
    user = make_user("siti", pair[0])
    with pytest.raises(ValidationError):
        actions.grant_role(user=user, role=pair[1], by=None)
    assert user.role_grants.count() == 1


def test_one_role_after_the_other_is_allowed() -> None:
    user = make_user("siti")
    actions.grant_role(user=user, role=Role.PETUGAS, by=None, valid_until=today())
    actions.grant_role(user=user, role=Role.VERIFIKATOR, by=None, valid_from=today() + TOMORROW)
    assert user.roles == {Role.PETUGAS}


def test_the_database_refuses_two_roles_past_the_action() -> None:
    user = make_user("siti", Role.PETUGAS)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_rolegrant (user_id, role, valid_from, granted_at)"
            " VALUES (%s, 'bendahara', %s, now())",
            [user.pk, today()],
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=user, role="raja", valid_from=date(2030, 1, 1))


def test_role_taken_away_on_its_first_day_is_gone_at_once() -> None:
    user = make_user("siti", Role.PETUGAS)
    grant = user.role_grants.get()
    actions.end_role(grant=grant, by=None, last_day=today() - TOMORROW)
    assert User.objects.get(pk=user.pk).roles == set()
    assert Entry.objects.filter(act="user.role_ended", object_id=str(user.pk)).count() == 1
    actions.grant_role(user=user, role=Role.AUDITOR, by=None)


def test_nobody_gives_a_role_to_herself() -> None:
    admin = make_user("atun", Role.ADMIN)
    actions.end_role(grant=admin.role_grants.get(), by=None, last_day=date(2029, 12, 31))
    with pytest.raises(ValidationError):
        actions.grant_role(user=admin, role=Role.PIMPINAN, by=admin, valid_from=date(2030, 1, 1))
    assert admin.role_grants.count() == 1


def test_assignment_gives_scope() -> None:
    user = make_user("siti", Role.PETUGAS)
    place = Lokalisasi.objects.first()
    assignment = actions.assign(user=user, lokalisasi=place, by=None)
    assert User.objects.get(pk=user.pk).lokalisasi_ids == [place.pk]
    with pytest.raises(ValidationError):
        actions.assign(user=user, lokalisasi=place, by=None)
    actions.end_assignment(assignment=assignment, by=None, last_day=today() - TOMORROW)
    assert User.objects.get(pk=user.pk).lokalisasi_ids == []


def test_user_name_is_taken_in_any_case() -> None:
    make_user("siti")
    with pytest.raises(ValidationError):
        actions.create_user(username="SITI", full_name="Siti lain", by=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.create(username="Siti", full_name="Siti lain")


def test_activation_link_works_once(client: Client) -> None:
    user = actions.create_user(username="baru", full_name="Uji Baru", by=None, role=Role.PETUGAS)
    link = actions.activation_link(user=user, by=None)
    assert "baru" in client.get(link).text
    bad = client.post(link, {"new_password1": "kotim2026kotim", "new_password2": "kotim2026kotim"})
    assert bad.status_code == 200 and bad.context["form"].errors
    data = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post(link, data).url == reverse("account_login")
    assert client.post(link, data).status_code == 404
    sign_in(client, "baru")
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_activation_link_of_a_closed_account_is_dead(client: Client) -> None:
    user = actions.create_user(username="baru", full_name="Uji Baru", by=None)
    link = actions.activation_link(user=user, by=None)
    user = actions.set_active(user=user, active=False, by=None)
    assert client.get(link).status_code == 404
    with pytest.raises(ValidationError):
        actions.activation_link(user=user, by=None)


@pytest.mark.parametrize("uid", ["x", "MQ", "_____", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "%00"])
def test_invented_links_are_404(client: Client, uid: str) -> None:
    assert client.get(f"/akun/aktifkan/{uid}/abc-123/").status_code == 404


@pytest.mark.parametrize(
    "password",
    ["dinsoskotim2017", "Kotawaringin!2026", "sampit-sosial-1", "D1nsosK0tim#99", "abcdefghijkl",
     "qwertyuiop12", "123456789012", "aaaaaaaaaaaa", "lkjhgfdsa2019", "ayuputri1234",
     "putri ayu 2001"],
)  # fmt: skip
def test_guessable_passwords_are_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        ContextValidator().validate(password, User(username="putri.a", full_name="Putri Ayu"))


@pytest.mark.parametrize("password", [PASSWORD, "tujuh perahu kertas", "Xk9-vRm2-pQ7w"])
def test_good_passwords_pass(password: str) -> None:
    ContextValidator().validate(password, User(username="putri.a", full_name="Putri Ayu"))


def test_admin_is_closed_to_the_other_roles(client: Client) -> None:
    user = make_user("rina", Role.PIMPINAN, factor=True)
    sign_in_with_code(client, user)
    for name in ("index", "accounts_user_changelist", "accounts_rolegrant_add"):
        assert client.get(reverse(f"admin:{name}")).status_code == 403


def test_staff_and_superuser_open_nothing(client: Client) -> None:
    user = make_user("siti", Role.PETUGAS)
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    sign_in(client, "siti")
    assert client.get(reverse("admin:index")).status_code == 403


# What the page of a person carries for the rows that it only shows.
NO_ROWS = {
    f"{prefix}-{name}": 0
    for prefix in ("role_grants", "assignments")
    for name in ("TOTAL_FORMS", "INITIAL_FORMS")
}


@pytest.fixture
def admin(client: Client) -> User:
    user = make_user("atun", Role.ADMIN, factor=True)
    sign_in_with_code(client, user)
    return user


def test_admin_makes_an_account_gives_a_role_and_a_link(client: Client, admin: User) -> None:
    assert client.get(reverse("admin:accounts_user_add")).status_code == 200
    new = {"username": "Baru", "full_name": "Uji Baru", **NO_ROWS}
    assert client.post(reverse("admin:accounts_user_add"), new).status_code == 302
    user = User.objects.get(username="baru")
    assert not user.has_usable_password()
    page = client.get(reverse("admin:accounts_user_change", args=[user.pk]))
    assert page.status_code == 200 and "argon2" not in page.text
    grant = {"user": user.pk, "role": Role.PETUGAS, "valid_from": today().isoformat()}
    assert client.post(reverse("admin:accounts_rolegrant_add"), grant).status_code == 302
    assert user.roles == {Role.PETUGAS}
    # A second one is a sentence on the form, not an error page.
    answer = client.post(reverse("admin:accounts_rolegrant_add"), {**grant, "role": Role.AUDITOR})
    assert answer.status_code == 200
    page = client.post(
        reverse("admin:accounts_user_changelist"),
        {"action": "make_activation_link", "_selected_action": user.pk},
    )
    assert client.get(page.context["link"].removeprefix("http://testserver")).status_code == 200
    acts = {entry.act for entry in Entry.objects.filter(object_id=str(user.pk), user_id=admin.pk)}
    assert {"user.created", "user.role_granted", "user.activation_link"} <= acts


def test_admin_ends_a_role_and_closes_an_account(client: Client, admin: User) -> None:
    user = make_user("siti", Role.PETUGAS)
    client.post(
        reverse("admin:accounts_rolegrant_changelist"),
        {"action": "end_now", "_selected_action": user.role_grants.get().pk},
    )
    assert User.objects.get(pk=user.pk).roles == set()
    client.post(
        reverse("admin:accounts_user_change", args=[user.pk]),
        {"full_name": "Siti Baru", **_seen(user), **NO_ROWS},
    )
    user = User.objects.get(pk=user.pk)
    assert (user.full_name, user.is_active, user.session_epoch) == ("Siti Baru", False, 1)


def _seen(user: User) -> dict[str, str]:
    """What the form carries of the record as it was shown."""
    return {"initial-full_name": user.full_name, "initial-is_active": str(user.is_active)}


def test_two_admins_change_one_account(client: Client, admin: User) -> None:
    user = make_user("siti", Role.PETUGAS)
    url = reverse("admin:accounts_user_change", args=[user.pk])
    page = client.get(url).text
    assert 'name="initial-full_name"' in page and 'name="initial-is_active"' in page
    seen = {**_seen(user), **NO_ROWS, "is_active": "on"}
    client.post(url, {**seen, "full_name": "Siti Satu"})
    # Only the account was to be closed: the name that the other wrote stays.
    closing = {**seen, "full_name": user.full_name}
    del closing["is_active"]
    assert client.post(url, closing).status_code == 302
    stored = User.objects.get(pk=user.pk)
    assert (stored.full_name, stored.is_active) == ("Siti Satu", False)
    # Both wrote the name: the second sees what is stored, and may then overrule it.
    answer = client.post(url, {**seen, "full_name": "Siti Dua"})
    assert answer.status_code == 200 and "Siti Satu" in answer.text and "Siti Dua" in answer.text
    assert User.objects.get(pk=user.pk).full_name == "Siti Satu"
    client.post(url, {**seen, "initial-full_name": "Siti Satu", "full_name": "Siti Dua"})
    assert User.objects.get(pk=user.pk).full_name == "Siti Dua"


def test_admin_cannot_help_herself(client: Client, admin: User) -> None:
    client.post(
        reverse("admin:accounts_user_change", args=[admin.pk]), {"full_name": "Atun", **NO_ROWS}
    )
    assert User.objects.get(pk=admin.pk).is_active
    grant = {"user": admin.pk, "role": Role.PIMPINAN, "valid_from": "2040-01-01"}
    client.post(reverse("admin:accounts_rolegrant_add"), grant)
    assert admin.role_grants.count() == 1


def test_a_time_that_ends_before_it_begins_is_a_sentence(client: Client, admin: User) -> None:
    """And no broken page: PostgreSQL makes no range of it."""
    user = make_user("siti", None)
    backwards = {"user": user.pk, "valid_from": "2040-01-02", "valid_until": "2040-01-01"}
    for name, more in (
        ("rolegrant", {"role": Role.PETUGAS}),
        ("assignment", {"lokalisasi": "KM12"}),
    ):
        answer = client.post(reverse(f"admin:accounts_{name}_add"), {**backwards, **more})
        assert answer.status_code == 200
        assert "valid_until" in answer.context["adminform"].form.errors
    assert not user.role_grants.exists()


def test_admin_deletes_nobody(client: Client, admin: User) -> None:
    user = make_user("siti", Role.PETUGAS)
    url = reverse("admin:accounts_user_delete", args=[user.pk])
    assert client.post(url, {"post": "yes"}).status_code == 403


def test_create_admin_prints_a_link_that_works(client: Client) -> None:
    out = StringIO()
    call_command("create_admin", "atun", "--name", "Atun", stdout=out)
    link = out.getvalue().strip().removeprefix("http://127.0.0.1:8000")
    assert client.get(link).status_code == 200
    assert User.objects.get(username="atun").roles == {Role.ADMIN}
    with pytest.raises(CommandError):
        call_command("create_admin", "atun", "--name", "Atun", stdout=out)


def test_totp_code_only_for_demo_users_on_the_embedded_server(settings: object) -> None:
    user = make_user("rina", Role.VERIFIKATOR, factor=True)
    make_user("siti", Role.PETUGAS)
    settings.USES_EMBEDDED_POSTGRES = True  # type: ignore[attr-defined]
    out = StringIO()
    call_command("totp_code", "RINA", stdout=out)
    assert len(out.getvalue().strip()) == 6
    for name in ("siti", "nobody"):
        with pytest.raises(CommandError):
            call_command("totp_code", name)
    User.objects.filter(pk=user.pk).update(is_demo=False)
    with pytest.raises(CommandError):
        call_command("totp_code", "rina")
    User.objects.filter(pk=user.pk).update(is_demo=True)
    settings.USES_EMBEDDED_POSTGRES = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError):
        call_command("totp_code", "rina")
