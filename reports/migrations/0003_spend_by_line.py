"""Sums of spend tell lines apart, and count the entries whose amount is known."""

import django.db.models.deletion
from django.db import migrations, models

TIERS = ("Day", "Month", "Year")
SUMS = ("amount_minor", "impressions", "clicks", "sends", "opens")
COUNTS = ("entries", "priced", *(f"told_{name}" for name in SUMS[1:]))


def wait_for_a_build(apps, schema_editor):
    """Lines were not told apart, so all sums of spend are to be made anew from the facts.

    Until that is done, by the next tick or by hand, reports read the facts: they are exact all the
    while. A build elsewhere knows no lines either, and is awaited no more.
    """
    facts = apps.get_model("spend", "SpendEntry")._base_manager
    companies = sorted(facts.order_by().values_list("company_id", flat=True).distinct())
    state = apps.get_model("reports", "RollupState")._base_manager
    state.filter(building_since__isnull=False).update(building_since=None)
    apps.get_model("reports", "RollupMark")._base_manager.update(exported=False)
    for company in companies:
        state.update_or_create(
            company_id=company, defaults={"ready": False, "next_month": None}
        )


def sums_of_spend(name):
    """One of the three tables; the key of a table cannot be changed, so they are made anew."""
    key = ("company", "day", "campaign_id", "source", "medium", "line")
    return migrations.CreateModel(
        name=name,
        fields=[
            ("day", models.DateField()),
            ("campaign_id", models.BigIntegerField(default=0)),
            ("source", models.CharField(max_length=100)),
            ("medium", models.CharField(max_length=100)),
            ("line", models.CharField(max_length=10)),
            ("entries", models.IntegerField()),
            ("priced", models.IntegerField()),
            *((one, models.BigIntegerField()) for one in SUMS),
            *((one, models.IntegerField()) for one in COUNTS[2:]),
            (
                "pk",
                models.CompositePrimaryKey(
                    *key, blank=True, editable=False, primary_key=True, serialize=False
                ),
            ),
            (
                "company",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    to="attribution.company",
                ),
            ),
        ],
        options={
            "db_table": f"rollup_spend_{name.removeprefix('RollupSpend').lower()}",
            "abstract": False,
            "base_manager_name": "objects",
        },
    )


class Migration(migrations.Migration):

    dependencies = [
        ("attribution", "0007_money_of_the_day"),
        ("reports", "0002_running_totals"),
        ("spend", "0002_spend_desk"),
    ]

    operations = [
        *(migrations.DeleteModel(name=f"RollupSpend{tier}") for tier in TIERS),
        *(sums_of_spend(f"RollupSpend{tier}") for tier in TIERS),
        migrations.AddField(
            model_name="rollupledger", name="priced", field=models.IntegerField(default=0)
        ),
        migrations.RunPython(wait_for_a_build, migrations.RunPython.noop),
    ]
