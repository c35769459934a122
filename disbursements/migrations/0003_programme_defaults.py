"""The programme as the office runs it in 2017: data that its supervisors may change."""

from datetime import date

from django.db import migrations

YEAR = 2017
REGISTERED = 239
FUNDERS = [
    ("KEMENSOS", "Kementerian Sosial", "APBN"),
    ("PEMKAB", "Pemerintah Kabupaten Kotawaringin Timur", "APBD"),
]
# code, name, funder, method, amount, who, payable when, legal basis
KINDS = [
    ("TABUNGAN", "Tabungan Kemensos", "KEMENSOS", "transfer", 5_050_000, "everyone",
     "account_active", "Keputusan Menteri Sosial tentang penutupan lokalisasi"),
    ("TRANSPORT", "Biaya perjalanan", "PEMKAB", "cash", 250_000, "returnees",
     "batch_approved", "Keputusan Bupati Kotawaringin Timur"),
    ("JADUP", "Jatah hidup", "PEMKAB", "transfer", 1_800_000, "returnees",
     "arrived", "Keputusan Bupati Kotawaringin Timur"),
    ("MODAL", "Modal usaha", "PEMKAB", "transfer", 3_000_000, "returnees",
     "arrived", "Keputusan Bupati Kotawaringin Timur"),
]


def put_in(apps, schema_editor):
    models = {
        name: apps.get_model("disbursements", name)
        for name in ("Funder", "BudgetYear", "AssistanceKind", "Rate", "Policy", "Ceiling")
    }
    using = schema_editor.connection.alias
    year = models["BudgetYear"].objects.using(using).create(year=YEAR)
    for order, (code, name, source) in enumerate(FUNDERS):
        models["Funder"].objects.using(using).create(
            code=code, name=name, source=source, order=order
        )
    for order, (code, name, funder, method, amount, who, when, basis) in enumerate(KINDS):
        kind = models["AssistanceKind"].objects.using(using).create(
            code=code, name=name, funder_id=funder, method=method, order=order
        )
        models["Rate"].objects.using(using).create(
            kind=kind, amount=amount, valid_from=date(YEAR, 1, 1), legal_basis=basis
        )
        models["Policy"].objects.using(using).create(kind=kind, who=who, payable_when=when)
        models["Ceiling"].objects.using(using).create(
            budget_year=year, kind=kind, amount=REGISTERED * amount
        )


def take_out(apps, schema_editor):
    using = schema_editor.connection.alias
    for name in ("Ceiling", "Policy", "Rate", "AssistanceKind", "Funder", "BudgetYear"):
        apps.get_model("disbursements", name).objects.using(using).all().delete()


class Migration(migrations.Migration):
    dependencies = [("disbursements", "0002_money_rules")]

    operations = [migrations.RunPython(put_in, take_out)]
