"""Regions by Kemendagri code, the spellings met for them, and the lokalisasi with their places."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kotim_social.lib.dates import age_on


def _code_check(name: str, pattern: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(code__regex=pattern),
        name=name,
        violation_error_message=_("This is not a Kemendagri code."),
    )


def _period_check(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(valid_from__isnull=True)
        | models.Q(valid_until__isnull=True)
        | models.Q(valid_until__gte=models.F("valid_from")),
        name=name,
        violation_error_message=_("The last day of validity is before the first one."),
    )


class Province(models.Model):
    """A province; its code is the first two digits of a NIK."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name = models.CharField(_("name"), max_length=60, unique=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    privacy: ClassVar[dict[str, str]] = {
        "code": "umum",
        "name": "umum",
        "valid_from": "umum",
        "valid_until": "umum",
    }

    class Meta:
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        ordering = ["code"]
        constraints = [
            _code_check("province_code_form", r"^[0-9]{2}$"),
            _period_check("province_period"),
        ]

    def __str__(self) -> str:
        return self.name


class Regency(models.Model):
    """A kabupaten or kota: the home region of a person."""

    class Kind(models.TextChoices):
        KABUPATEN = "kabupaten", _("regency")
        KOTA = "kota", _("city")

    code = models.CharField(_("code"), max_length=5, primary_key=True)
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, related_name="regencies", verbose_name=_("province")
    )
    name = models.CharField(_("name"), max_length=80)
    short_name = models.CharField(_("short name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    privacy: ClassVar[dict[str, str]] = {
        "code": "umum",
        "province": "umum",
        "name": "umum",
        "short_name": "umum",
        "kind": "umum",
        "valid_from": "umum",
        "valid_until": "umum",
    }

    class Meta:
        verbose_name = _("regency or city")
        verbose_name_plural = _("regencies and cities")
        ordering = ["code"]
        constraints = [
            _code_check("regency_code_form", r"^[0-9]{2}\.[0-9]{2}$"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["kabupaten", "kota"]),
                name="regency_kind",
                violation_error_message=_("A region is a kabupaten or a kota."),
            ),
            models.CheckConstraint(
                condition=models.Q(code__startswith=models.F("province_id")),
                name="regency_in_its_province",
                violation_error_message=_("The code does not begin with the code of the province."),
            ),
            _period_check("regency_period"),
        ]

    def __str__(self) -> str:
        return self.name


class District(models.Model):
    """A kecamatan."""

    code = models.CharField(_("code"), max_length=8, primary_key=True)
    regency = models.ForeignKey(
        Regency,
        on_delete=models.PROTECT,
        related_name="districts",
        verbose_name=_("regency or city"),
    )
    name = models.CharField(_("name"), max_length=80)

    privacy: ClassVar[dict[str, str]] = {"code": "umum", "regency": "umum", "name": "umum"}

    class Meta:
        verbose_name = _("kecamatan")
        verbose_name_plural = _("kecamatan")
        ordering = ["code"]
        constraints = [
            _code_check("district_code_form", r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}$"),
            models.CheckConstraint(
                condition=models.Q(code__startswith=models.F("regency_id")),
                name="district_in_its_regency",
                violation_error_message=_("The code does not begin with the code of the regency."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Spelling(models.Model):
    """Another way in which a region is written: a short form, an old name, or an old code."""

    class Kind(models.TextChoices):
        PROVINCE = "province", _("name of a province")
        REGENCY = "regency", _("name of a regency or city")
        OLD_CODE = "old_code", _("earlier code of a regency or city")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    text = models.CharField(
        _("text"), max_length=80, help_text=_("Small letters without blanks, as it is compared.")
    )
    province = models.ForeignKey(
        Province,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="spellings",
        verbose_name=_("province"),
    )
    regency = models.ForeignKey(
        Regency,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="spellings",
        verbose_name=_("regency or city"),
    )
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=120, blank=True)

    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "kind": "umum",
        "text": "umum",
        "province": "umum",
        "regency": "umum",
        "valid_until": "umum",
        "note": "umum",
    }

    class Meta:
        verbose_name = _("spelling")
        verbose_name_plural = _("spellings")
        ordering = ["kind", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "text"],
                name="spelling_once_per_kind",
                violation_error_message=_("This spelling is already known."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind="province", province__isnull=False, regency__isnull=True)
                | models.Q(
                    kind__in=["regency", "old_code"], province__isnull=True, regency__isnull=False
                ),
                name="spelling_has_one_target",
                violation_error_message=_("A spelling stands for one province or one regency."),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Lokalisasi(models.Model):
    """One of the complexes that the district closes; the unit of closing and of assignment."""

    code = models.CharField(_("code"), max_length=20, primary_key=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    planned_closing = models.DateField(_("planned closing"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    # The day on which the closing is declared in public.
    declared_on = models.DateField(_("declaration day"), null=True, blank=True)

    privacy: ClassVar[dict[str, str]] = {
        "code": "umum",
        "name": "umum",
        "planned_closing": "umum",
        "closed_on": "umum",
        "declared_on": "umum",
    }

    class Meta:
        verbose_name = _("lokalisasi")
        verbose_name_plural = _("lokalisasi")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """A village with a lokalisasi, or a part of one; lists and imports go by place."""

    code = models.CharField(_("code"), max_length=20, primary_key=True)
    lokalisasi = models.ForeignKey(
        Lokalisasi,
        on_delete=models.PROTECT,
        related_name="places",
        verbose_name=_("lokalisasi"),
    )
    name = models.CharField(_("village"), max_length=60)
    label = models.CharField(_("name on screen"), max_length=80, unique=True)
    village_code = models.CharField(_("village code"), max_length=13, unique=True)
    district_code = models.CharField(_("kecamatan code"), max_length=8)
    district_name = models.CharField(_("kecamatan"), max_length=60)
    keywords = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("words that name it in workbooks"),
        default=list,
        blank=True,
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    privacy: ClassVar[dict[str, str]] = {
        "code": "umum",
        "lokalisasi": "umum",
        "name": "umum",
        "label": "umum",
        "village_code": "umum",
        "district_code": "umum",
        "district_name": "umum",
        "keywords": "umum",
        "position": "umum",
    }

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(village_code__startswith=models.F("district_code")),
                name="place_in_its_district",
                violation_error_message=_(
                    "The village code does not begin with the code of the kecamatan."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def age_on_closing(self, born: date) -> int:
        """Years of age on the planned closing: that day decides who is a child (R19)."""
        return age_on(born, self.lokalisasi.planned_closing)
