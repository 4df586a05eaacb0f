"""How long each booking took is stored with it, and read from an index alone.

The database's triggers recount a lead whenever its bookings change. Nothing that they count
changes here, so they stay out of it.
"""

from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Greatest

BOOKINGS = "attribution_booking"


def without_triggers(apps, schema_editor):
    """SQLite makes the table anew, which drops its triggers, and refuses to while a trigger of
    another table reads it. After all migrations the triggers are installed again.
    """
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET LOCAL statement_timeout = 0")  # millions of rows take long
        schema_editor.execute(f"ALTER TABLE {BOOKINGS} DISABLE TRIGGER USER")
    else:
        for trigger in ("attribution_lead_outcome", "attribution_lead_new"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger}")


def with_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {BOOKINGS} ENABLE TRIGGER USER")


def fill(apps, schema_editor):
    lead = apps.get_model("attribution", "Lead").objects.filter(pk=OuterRef("lead_id"))
    bookings = apps.get_model("attribution", "Booking").objects.using(
        schema_editor.connection.alias
    )
    slots = F("slot") - Subquery(lead.values("slot"))
    bookings.update(slots_to_book=Greatest(slots, Value(0)))


class Migration(migrations.Migration):
    dependencies = [("attribution", "0001_initial")]

    operations = [
        migrations.RunPython(without_triggers, with_triggers),
        migrations.RemoveIndex(model_name="booking", name="booking_company_booked"),
        migrations.AddField(
            model_name="booking",
            name="slots_to_book",
            field=models.IntegerField(default=0, editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                fields=["company", "-booked_at", "-id"],
                include=("status", "slots_to_book"),
                name="booking_company_booked",
            ),
        ),
        migrations.RunPython(with_triggers, without_triggers),
    ]
