"""Officials who sign papers: dated master data."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SignatoryQuerySet(models.QuerySet["Signatory"]):
    def on(self, function: str, day: date) -> Signatory | None:
        """Who signs in this function on a day; of several the latest appointed."""
        return (
            self.filter(function=function, valid_from__lte=day)
            .filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))
            .order_by("-valid_from")
            .first()
        )


class Signatory(models.Model):
    """An official who signs papers in one function for a time. Papers copy the row."""

    class Function(models.TextChoices):
        KEPALA_DINAS = "kepala_dinas", _("Head of office")
        KABID = "kabid", _("Head of division")
        BENDAHARA = "bendahara", _("Treasurer")
        PPK = "ppk", _("Commitment officer (PPK)")
        PPTK = "pptk", _("Activity officer (PPTK)")
        PA_KPA = "pa_kpa", _("Budget user (PA/KPA)")
        BUPATI = "bupati", _("Regent")

    class Form(models.TextChoices):
        FULL = "", _("in own right")
        ON_BEHALF = "a.n.", _("on behalf of (a.n.)")
        ACTING = "Plt.", _("acting (Plt.)")

    function = models.CharField(_("function"), max_length=20, choices=Function.choices)
    title = models.CharField(_("title as printed"), max_length=120)
    acting_title = models.CharField(_("own title, when on behalf"), max_length=120, blank=True)
    name = models.CharField(_("name with degrees"), max_length=120)
    rank = models.CharField(_("rank"), max_length=80, blank=True)
    nip = models.CharField(_("NIP"), max_length=18, blank=True)
    form = models.CharField(_("form"), max_length=4, choices=Form.choices, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = SignatoryQuerySet.as_manager()
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "function": "umum",
        "title": "umum",
        "acting_title": "umum",
        "name": "umum",
        "rank": "umum",
        "nip": "umum",
        "form": "umum",
        "valid_from": "umum",
        "valid_until": "umum",
    }

    class Meta:
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")
        constraints = [
            models.CheckConstraint(
                condition=Q(nip="") | Q(nip__regex=r"^[0-9]{18}$"),
                name="signatory_nip_18_digits",
                violation_error_message=_("A NIP has 18 digits."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="signatory_dates_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(form__in=["", "a.n.", "Plt."]),
                name="signatory_form_known",
                violation_error_message=_("Choose a form from the list."),
            ),
            models.UniqueConstraint(
                fields=["function", "valid_from"],
                name="signatory_one_per_function_and_day",
                violation_error_message=_("This function already has somebody from that day."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def snapshot(self) -> dict[str, str]:
        """What an issued paper keeps: the fields of a signatures.SignatureBlock."""
        return {
            "title": self.title,
            "acting_title": self.acting_title,
            "name": self.name,
            "rank": self.rank,
            "nip": self.nip,
            "form": self.form,
        }
