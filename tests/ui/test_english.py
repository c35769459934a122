"""The finder of English words finds them, wherever they are read, and leaves Indonesian alone."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import models

from tests.english import english_on


@pytest.mark.parametrize(
    "html",
    [
        "<p>Nothing of this list</p>",
        '<input type="text" placeholder="Your name">',
        '<nav aria-label="Back to the list"></nav>',
        '<input type="submit" value="Save">',
        "<title>The list – Kotim Social</title>",
    ],
)
def test_english_is_found(html: str) -> None:
    assert len(english_on(html)) == 1


@pytest.mark.parametrize(
    "html",
    [
        "<p>Daftar bayar untuk Km 12, belum dibayar</p>",
        '<input type="hidden" name="next" value="the-key">',
        '<option value="none">belum dicek</option>',
        "<script>var the = 1</script>",
    ],
)
def test_indonesian_and_code_are_not(html: str) -> None:
    assert english_on(html) == []


def ours() -> list[type[models.Model]]:
    """What the administration shows; the crawl of the gates leaves Django's pages out."""
    apps = ("cases", "disbursements", "repatriation", "kotim_social")
    return [model for model in admin.site._registry if model.__module__.startswith(apps)]


@pytest.mark.parametrize("model", ours(), ids=lambda model: model._meta.label)
def test_tables_of_the_administration_have_names_of_their_own(model: type[models.Model]) -> None:
    """Without them Django makes English ones up, and nobody translates those."""
    assert {"verbose_name", "verbose_name_plural"} <= set(model._meta.original_attrs)
    assert str(model._meta.app_config.verbose_name) != model._meta.app_label.title()


@pytest.mark.parametrize("model", ours(), ids=lambda model: model._meta.label)
def test_columns_of_the_administration_have_names_of_their_own(model: type[models.Model]) -> None:
    """The same for what stands above each column, beside each value, and over each filter."""
    shown = admin.site._registry[model]
    names = {*shown.list_display, *shown.list_filter, *(shown.fields or ())}
    columns = [f for f in model._meta.get_fields() if isinstance(f, models.Field)]
    # A name that was given can be translated; one that Django made up is plain text.
    made_up = [f.name for f in columns if f.name in names and type(f.verbose_name) is str]
    assert made_up == []
