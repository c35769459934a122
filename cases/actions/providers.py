"""Offices and services outside, added when somebody is first sent there."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.held import said
from cases.consents import receiver_form
from cases.models import Provider
from kotim_social.accounts.models import User
from kotim_social.accounts.roles import Perm
from kotim_social.audit.trail import record
from kotim_social.workflow import Refused


@transaction.atomic
def add_provider(*, name: str, address: str = "", by: User) -> Provider:
    if not by.can(Perm.CASEWORK_EDIT):
        raise Refused(_("You do not have the right to do this."))
    name = " ".join(name.split())
    folded = said(receiver_form(name), _("Write the name."))
    if Provider.objects.filter(name_folded=folded).exists():
        raise Refused(_("This provider is in the list already."))
    provider = Provider.objects.create(
        name=name, name_folded=folded, address=address.strip(), recorded_by=by
    )
    record("provider.add", by=by, obj=provider)
    return provider
