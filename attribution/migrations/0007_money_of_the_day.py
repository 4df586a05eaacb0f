"""Values of bookings in other currencies, rates of exchange, and imports that can be undone."""

import attribution.models.company
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# They read the table that is made anew; they come back after every migrate.
TRIGGERS_ON_LEADS = ("attribution_lead_outcome", "attribution_lead_new")


def drop_triggers(apps, schema_editor):
    """SQLite makes a changed table anew, and refuses while a trigger elsewhere reads it."""
    if schema_editor.connection.vendor == "sqlite":
        for trigger in TRIGGERS_ON_LEADS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger}")


def added_version():
    """SQLite would make the whole table anew for a column with a default, with all its triggers."""
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                "ALTER TABLE attribution_campaign ADD COLUMN version integer NOT NULL DEFAULT 1",
                "ALTER TABLE attribution_campaign DROP COLUMN version",
            )
        ],
        state_operations=[
            migrations.AddField(
                model_name="campaign",
                name="version",
                field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
            )
        ],
    )


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0006_repairs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(drop_triggers, drop_triggers, elidable=True),
        migrations.CreateModel(
            name='ExchangeRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('base', models.CharField(max_length=3, validators=[attribution.models.company.validate_currency], verbose_name='one unit of')),
                ('quote', models.CharField(max_length=3, validators=[attribution.models.company.validate_currency], verbose_name='is worth, in')),
                ('rate', models.DecimalField(decimal_places=8, max_digits=15, verbose_name='rate')),
                ('source', models.CharField(choices=[('ecb', 'European Central Bank'), ('typed', 'by hand')], default='typed', editable=False, max_length=5, verbose_name='came from')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
            ],
            options={
                'verbose_name': 'exchange rate',
                'verbose_name_plural': 'exchange rates',
                'ordering': ['-day', 'base', 'quote'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='booking',
            name='original_minor',
            field=models.BigIntegerField(editable=False, null=True),
        ),
        added_version(),
        migrations.AddField(
            model_name='importrun',
            name='alive_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='importrun',
            name='progress',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='importrun',
            name='undone_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='undone'),
        ),
        migrations.AddField(
            model_name='importrun',
            name='undone_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='undone by'),
        ),
        migrations.AlterField(
            model_name='booking',
            name='currency',
            field=models.CharField(max_length=3, verbose_name='currency'),
        ),
        migrations.AlterField(
            model_name='booking',
            name='value_minor',
            field=models.BigIntegerField(default=0, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='value'),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='state',
            field=models.CharField(choices=[('checking', 'Being checked'), ('uploaded', 'Uploaded, waiting for confirmation'), ('queued', 'Confirmed, waiting for its turn'), ('running', 'Running'), ('done', 'Done'), ('refused', 'Refused: the file has errors'), ('interrupted', 'Interrupted: nothing was saved'), ('undone', 'Undone')], default='uploaded', max_length=12, verbose_name='state'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('value_minor__isnull', True)), fields=['company', 'lead'], name='booking_unconverted'),
        ),
        migrations.AddField(
            model_name='exchangerate',
            name='author',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='exchangerate',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddConstraint(
            model_name='exchangerate',
            constraint=models.UniqueConstraint(fields=('company', 'base', 'quote', 'day'), name='exchangerate_company_pair_day_unique', violation_error_message='There is a rate of this pair and day already.'),
        ),
        migrations.AddConstraint(
            model_name='exchangerate',
            constraint=models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='exchangerate_positive', violation_error_message='A rate is more than nought.'),
        ),
        migrations.AddConstraint(
            model_name='exchangerate',
            constraint=models.CheckConstraint(condition=models.Q(('base', models.F('quote')), _negated=True), name='exchangerate_two_currencies', violation_error_message='A rate is between two different currencies.'),
        ),
        # Last, so that it comes first on the way back.
        migrations.RunPython(drop_triggers, drop_triggers, elidable=True),
    ]
