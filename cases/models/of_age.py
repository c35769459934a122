"""Who is of age on the closing of her place, in SQL, and what stands for the name of a child."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Case, Func, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _

from kotim_social.lib.dates import ADULT
from kotim_social.regions.models import Lokalisasi

# Stands for the name of a child on pages and papers that list people by name.
PROTECTED = _("a child, protected")


class Named:
    """For querysets whose rows are shown with the name of a person."""

    # The way from a row to her; none: the row is herself.
    person: ClassVar[str] = "worker"

    def named(self) -> Any:
        """With all that `Worker.name_in_lists` asks of her, so that no row costs a query."""
        rows: Any = self
        way = f"{self.person}__" if self.person else ""
        return rows.select_related(f"{way}place__lokalisasi")


class BornBefore(Func):
    """The last day on which somebody was born who is of age on the day that this is given."""

    template = f"((%(expressions)s) - interval '{ADULT} years')::date"
    output_field = models.DateField()


def of_age() -> Q:
    """Whoever is 18 on the planned closing of her place: that day decides, never today (R19).

    For every model with a `birth_date` and a `place`.
    """
    closings = Lokalisasi.objects.order_by("planned_closing").values("planned_closing")[:1]
    hers = Lokalisasi.objects.filter(places=OuterRef("place")).values("planned_closing")
    # Nearly everybody is old enough for the earliest closing of all: one comparison.
    return Q(birth_date__lte=BornBefore(closings)) | Q(birth_date__lte=BornBefore(hers))


def under_age() -> Case:
    """The same question as a column: whether she is a child."""
    return Case(When(of_age(), then=False), default=True)
