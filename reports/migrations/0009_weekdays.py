"""Sums by the weekdays of each month are kept, too."""

from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models


TABLES = {"RollupDay": "RollupWeekday", "RollupSpendDay": "RollupSpendWeekday"}


def build_weekdays(apps, schema_editor):
    """From the sums by day: until now there were no others of weekdays."""
    for by_day, by_weekday in TABLES.items():
        day, weekday = apps.get_model("reports", by_day), apps.get_model("reports", by_weekday)
        days = day._base_manager.order_by().values_list("company_id", "day").distinct()
        stops = {}
        for company, one in days:
            stops.setdefault((company, last_such_weekday(one)), []).append(one)
        for (company, stop), some in sorted(stops.items()):
            add_up(schema_editor, day, weekday, company, stop, some)


def last_such_weekday(day):
    """Of its month."""
    while (day + timedelta(days=7)).month == day.month:
        day += timedelta(days=7)
    return day


def add_up(schema_editor, day, weekday, company, stop, days):
    columns = [
        field.column
        for field in weekday._meta.concrete_fields
        if field.column not in ("company_id", "day")
    ]
    keys = columns.index("line" if "line" in columns else "medium") + 1
    key, sums = ", ".join(columns[:keys]), [schema_editor.quote_name(one) for one in columns[keys:]]
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {weekday._meta.db_table} (company_id, day, {key}, {', '.join(sums)})"
            f" SELECT company_id, %s, {key}, {', '.join(f'SUM({one})' for one in sums)}"
            f" FROM {day._meta.db_table}"
            f" WHERE company_id = %s AND day IN ({', '.join(['%s'] * len(days))})"
            f" GROUP BY company_id, {key}",
            [stop, company, *days],
        )


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0012_read_keys'),
        ('reports', '0008_closed_months'),
    ]

    operations = [
        migrations.CreateModel(
            name='RollupSpendWeekday',
            fields=[
                ('day', models.DateField()),
                ('campaign_id', models.BigIntegerField(default=0)),
                ('source', models.CharField(max_length=100)),
                ('medium', models.CharField(max_length=100)),
                ('line', models.CharField(max_length=10)),
                ('entries', models.IntegerField()),
                ('priced', models.IntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('impressions', models.BigIntegerField()),
                ('clicks', models.BigIntegerField()),
                ('sends', models.BigIntegerField()),
                ('opens', models.BigIntegerField()),
                ('told_impressions', models.IntegerField()),
                ('told_clicks', models.IntegerField()),
                ('told_sends', models.IntegerField()),
                ('told_opens', models.IntegerField()),
                ('pk', models.CompositePrimaryKey('company', 'day', 'campaign_id', 'source', 'medium', 'line', blank=True, editable=False, primary_key=True, serialize=False)),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='attribution.company')),
            ],
            options={
                'db_table': 'rollup_spend_weekday',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='RollupWeekday',
            fields=[
                ('day', models.DateField()),
                ('campaign_id', models.BigIntegerField(default=0)),
                ('reason', models.CharField(max_length=12)),
                ('source', models.CharField(max_length=500)),
                ('medium', models.CharField(max_length=500)),
                ('primary', models.IntegerField()),
                ('follow_up', models.IntegerField()),
                ('test', models.IntegerField()),
                ('bot', models.IntegerField()),
                ('blocked', models.IntegerField()),
                ('duplicate', models.IntegerField()),
                ('booked', models.IntegerField()),
                ('completed', models.IntegerField()),
                ('revenue_minor', models.BigIntegerField()),
                ('pk', models.CompositePrimaryKey('company', 'day', 'campaign_id', 'reason', 'source', 'medium', blank=True, editable=False, primary_key=True, serialize=False)),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='attribution.company')),
            ],
            options={
                'db_table': 'rollup_weekday',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.RunPython(build_weekdays, migrations.RunPython.noop),
    ]
