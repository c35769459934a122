"""What she agreed to, layer by layer: nothing about her leaves the office without it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cases.models.worker import Worker
from kotim_social.accounts.models import User
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7

_USER = settings.AUTH_USER_MODEL


class ProviderQuerySet(models.QuerySet["Provider"]):
    def visible_to(self, user: User) -> ProviderQuerySet:
        """No person stands in it: everybody may see it."""
        return self


class Provider(models.Model):
    """An office or a service outside: it gives help, and gets letters about people who agreed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=120)
    name_folded = models.CharField(max_length=120, editable=False)
    address = models.CharField(_("address"), max_length=200, blank=True)
    # Nobody for those that the program ships with.
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")

    objects = ProviderQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "name": "umum",
        "name_folded": "umum",
        "address": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name_folded"],
                name="provider_name_once",
                violation_error_message=_("This provider is in the list already."),
            ),
            models.CheckConstraint(condition=~Q(name_folded=""), name="provider_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Layer(models.TextChoices):
    """What consent is asked for, each by itself; sharing is asked again for each receiver."""

    SERVICES = "services", _("services and a plan for her")
    SHARING = "sharing", _("sharing her data with a receiver")
    PHOTO = "photo", _("a photo of her")
    STATISTICS = "statistics", _("use of her data in statistics")
    FOLLOW_UP = "follow_up", _("contact after she has left")


class ConsentQuerySet(models.QuerySet["Consent"]):
    def visible_to(self, user: User) -> ConsentQuerySet:
        return self.filter(worker__in=Worker.objects.in_care_of(user))

    def in_force(self) -> ConsentQuerySet:
        """Answers that she has not taken back."""
        return self.filter(withdrawn_at__isnull=True)


class Consent(models.Model):
    """One answer of hers to one layer. It is never changed: only its withdrawal is added."""

    class Form(models.TextChoices):
        SIGNED = "signed", _("signed form")
        THUMB = "thumb", _("thumb print on the form")
        SPOKEN = "spoken", _("spoken before a witness")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="consents")
    layer = models.CharField(_("what it is for"), max_length=12, choices=Layer.choices)
    receiver = models.CharField(_("receiver"), max_length=120, blank=True)
    receiver_folded = models.CharField(max_length=120, blank=True, editable=False)
    agreed = models.BooleanField(_("answer"))
    given_on = models.DateField(_("date"))
    witness = models.CharField(_("witness"), max_length=120)
    form = models.CharField(_("how she said so"), max_length=10, choices=Form.choices)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    withdrawn_because = EncryptedTextField(label="consent.withdrawn", null=True, blank=True)

    objects = ConsentQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "worker": "umum",
        "layer": "spesifik",
        "receiver": "spesifik",
        "receiver_folded": "spesifik",
        "agreed": "spesifik",
        "given_on": "umum",
        "witness": "spesifik",
        "form": "umum",
        "recorded_at": "umum",
        "recorded_by": "umum",
        "withdrawn_on": "umum",
        "withdrawn_at": "umum",
        "withdrawn_by": "umum",
        "withdrawn_because": "rahasia",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "layer", "receiver_folded"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_one_answer_in_force",
                violation_error_message=_("Her answer to this stands already."),
            ),
            models.CheckConstraint(
                condition=Q(layer="sharing") & ~Q(receiver_folded="")
                | ~Q(layer="sharing") & Q(receiver_folded=""),
                name="consent_sharing_names_receiver",
                violation_error_message=_("Name the receiver."),
            ),
            models.CheckConstraint(condition=Q(layer__in=Layer.values), name="consent_known_layer"),
            models.CheckConstraint(
                condition=Q(
                    withdrawn_on__isnull=True,
                    withdrawn_at__isnull=True,
                    withdrawn_by__isnull=True,
                )
                | Q(
                    withdrawn_on__isnull=False,
                    withdrawn_at__isnull=False,
                    withdrawn_by__isnull=False,
                ),
                name="consent_withdrawn_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=models.F("given_on")),
                name="consent_dates_in_order",
                violation_error_message=_("The date lies before the answer itself."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_in_force(self) -> bool:
        return self.withdrawn_at is None


def refused_contact() -> Q:
    """Workers who were asked for contact after leaving, and whose yes does not stand (any more)."""
    asked = Consent.objects.filter(worker=OuterRef("pk"), layer=Layer.FOLLOW_UP)
    return Q(Exists(asked)) & ~Q(Exists(asked.in_force().filter(agreed=True)))
