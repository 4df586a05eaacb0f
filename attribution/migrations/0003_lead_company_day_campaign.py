"""The leads of some campaigns on a day are one short range of the report's index."""

from django.db import migrations, models


def take_time(apps, schema_editor):
    """An index of millions of leads takes longer than a statement of a page may."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET LOCAL statement_timeout = 0")


class Migration(migrations.Migration):
    dependencies = [("attribution", "0002_booking_slots_to_book")]

    operations = [
        migrations.RunPython(take_time, take_time),
        migrations.RemoveIndex(model_name="lead", name="lead_company_day"),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                fields=["company", "day", "campaign"],
                include=(
                    "kind",
                    "unattributed_reason",
                    "source",
                    "medium",
                    "booked",
                    "completed",
                    "revenue_minor",
                    "country",
                ),
                name="lead_company_day_campaign",
            ),
        ),
    ]
