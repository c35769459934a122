"""The totals as rows of a table: what the page shows is what the command prints."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from disbursements.models import Funder
from disbursements.models.position import MEASURES
from kotim_social.desk.totals import MoneyRow, Totals, place_labels


@dataclass(frozen=True)
class TableRow:
    label: str
    amounts: list[int]
    is_total: bool = False


def _sum(label: str, rows: list[MoneyRow]) -> TableRow:
    return TableRow(label, [sum(row.sums[m] for row in rows) for m in MEASURES], is_total=True)


def money_rows(figures: Totals) -> list[TableRow]:
    """Kinds by funder, a sum for each funder, and the sum of all."""
    rows: list[TableRow] = []
    for funder in Funder.objects.all():
        hers = [row for row in figures.money if row.funder == funder.pk]
        rows += [TableRow(row.label, [row.sums[m] for m in MEASURES]) for row in hers]
        if hers:
            rows.append(_sum(funder.name, hers))
    return [*rows, _sum(_("All together"), figures.money)]


def place_rows(figures: Totals) -> list[TableRow]:
    """Kinds by place, with a sum for each place."""
    rows: list[TableRow] = []
    for code, label in place_labels().items():
        here = [row for row in figures.money_by_place if row.place == code]
        if here:
            rows.append(_sum(label, here))
            rows += [TableRow(row.label, [row.sums[m] for m in MEASURES]) for row in here]
    return rows
