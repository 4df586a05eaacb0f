"""Click ids of persons who were erased before go, too; only which there were remains."""

from django.db import migrations


def empty(apps, schema_editor):
    """Without the triggers that guard what was captured; they come back after the migrations."""
    lead, touch = (apps.get_model("attribution", name) for name in ("Lead", "Touchpoint"))
    for trigger, model in (("attribution_lead_raw", lead), ("attribution_touch_raw", touch)):
        on = f" ON {model._meta.db_table}" if schema_editor.connection.vendor == "postgresql" else ""
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}{on}")
    leads = lead._base_manager.filter(erased_at__isnull=False)
    touches = touch._base_manager.filter(lead__erased_at__isnull=False)
    for rows in (leads, touches):
        for pk, clicks in rows.exclude(click_ids={}).values_list("pk", "click_ids").iterator():
            rows.model._base_manager.filter(pk=pk).update(click_ids=dict.fromkeys(clicks, ""))


class Migration(migrations.Migration):
    dependencies = [("attribution", "0013_completed_bookings")]

    operations = [migrations.RunPython(empty, migrations.RunPython.noop, elidable=True)]
