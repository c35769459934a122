"""The page of all page parts, with invented contents: what they are called and how they look."""

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from crispy_forms.bootstrap import PrependedText
from crispy_forms.layout import Layout
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kotim_social.accounts.access import signed_in
from kotim_social.formlayout import PlainForm

HERE = "#content"
WHEN = datetime(2017, 12, 5, 14, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
ROW = {"name": "Contoh Satu", "place": "Km 12", "home": "Jember", "amount": 10_100_000}


class SampleForm(PlainForm, forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Nama", help_text="Seperti tertulis di KTP.")
    born = forms.CharField(label="Tanggal lahir", help_text="Contoh: 17-08-1990")
    amount = forms.CharField(label="Jumlah", help_text="Contoh: 5.050.000")
    place = forms.ChoiceField(label="Tempat", choices=[("", "Pilih"), ("1", "Km 12")])
    plan = forms.ChoiceField(
        label="Rencana",
        choices=[("return", "Pulang"), ("stay", "Menetap")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="Catatan", required=False, widget=forms.Textarea)
    agreed = forms.BooleanField(label="Pernyataan sudah ditandatangani")

    layout: ClassVar[Layout] = Layout(
        "name", "born", PrependedText("amount", "Rp"), "place", "plan", "note", "agreed"
    )


# The parts that are lists of dicts; the page names the tag of each.
PARTS: dict[str, Any] = {
    "cells": [
        {"label": "Terdata", "value": "239", "url": HERE, "note": "orang"},
        {"label": "Hak", "value": "Rp2.413.900.000", "url": HERE, "tone": "info"},
        {"label": "Sudah dibayar", "value": "Rp0", "tone": "success"},
        {"label": "Gagal bayar", "value": "3", "url": HERE, "tone": "danger"},
    ],
    "steps": [
        {"label": "Draf", "status": "done", "note": "1 Des"},
        {"label": "Diajukan", "status": "done", "note": "2 Des"},
        {"label": "Diverifikasi", "status": "current"},
        {"label": "Disetujui", "status": "todo"},
        {"label": "Ditutup", "status": "todo"},
    ],
    "choices": [("draft", "Draf"), ("sent", "Diajukan"), ("closed", "Ditutup")],
    "tasks": [
        {"label": "Data diri", "status": "Selesai", "tone": "success", "url": HERE},
        {"label": "Rekening", "status": "Belum", "tone": "info", "url": HERE},
        {"label": "Bayar Pemkab", "status": "Belum bisa dimulai", "hint": "Setelah tiba."},
        {"label": "Pernyataan", "status": "Ada masalah", "tone": "danger", "url": HERE},
    ],
    "facts": [
        {"label": "Nama", "value": "Contoh Satu", "url": HERE},
        {"label": "NIK", "value": "620206******0001", "hint": "belum dicek"},
        {"label": "Daerah asal", "value": "Kabupaten Jember, Jawa Timur", "url": HERE},
    ],
    "entries": [
        {
            "when": WHEN,
            "who": "Petugas Contoh",
            "act": "Rencana diubah",
            "reason": "pernyataan tertulis",
            "changes": [{"label": "Rencana", "old": "belum memilih", "new": "pulang"}],
        },
        {"when": WHEN.date(), "who": "Impor", "act": "Terdata", "url": HERE},
    ],
    "left": [
        {"name": "Contoh Dua", "reason": "Belum punya NIK.", "url": HERE},
        {"name": "Contoh Tiga", "reason": "Rekening tidak aktif.", "url": HERE},
    ],
    "filters": [
        {"label": "Km 12", "remove_url": HERE},
        {"label": "pulang", "remove_url": HERE},
    ],
    "page": Paginator([ROW] * 239, 50).page(2),
    "tones": ["neutral", "info", "active", "success", "warning", "danger"],
}


def sample(number: int) -> dict[str, Any]:
    """The parts, with a table of so many rows."""
    return {**PARTS, "rows": [{**ROW, "number": n} for n in range(1, number + 1)]}


@signed_in
def components(request: HttpRequest) -> HttpResponse:
    form = SampleForm({"name": "Contoh"}) if "errors" in request.GET else SampleForm()
    return render(request, "ui/components.html", {"form": form, **sample(8)})
