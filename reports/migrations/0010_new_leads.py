"""A mark of new leads says which they are."""

from django.db import migrations, models

from attribution.added_column import AddColumn


class Migration(migrations.Migration):
    dependencies = [("reports", "0009_weekdays")]

    operations = [
        AddColumn(
            model_name="rollupmark",
            name="lead_ids",
            field=models.TextField(db_default="", default=""),
        ),
    ]
