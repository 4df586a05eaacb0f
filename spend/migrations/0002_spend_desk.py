"""Spend of platforms, ranges, shared costs and other currencies; what it said before a change."""

import attribution.models.company
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# They write to the table that is made anew; they come back after every migrate.
TRIGGERS_ON_CAMPAIGNS = ("spend_match_campaign", "spend_match_campaign_key")


def drop_triggers(apps, schema_editor):
    """SQLite makes a changed table anew, and refuses while a trigger elsewhere writes to it."""
    if schema_editor.connection.vendor == "sqlite":
        for trigger in TRIGGERS_ON_CAMPAIGNS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger}")


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0007_money_of_the_day'),
        ('spend', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(drop_triggers, drop_triggers, elidable=True),
        migrations.CreateModel(
            name='ColumnMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('headers_key', models.CharField(editable=False, max_length=64)),
                ('headers', models.JSONField(default=list, verbose_name='headings')),
                ('options', models.JSONField(default=dict, verbose_name='how they are read')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
            ],
            options={
                'verbose_name': 'kind of file',
                'verbose_name_plural': 'kinds of file',
                'ordering': ['name'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Cost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='what for')),
                ('line', models.CharField(choices=[('media', 'Media'), ('agency', 'Agency'), ('creative', 'Creative'), ('tools', 'Tools'), ('people', 'People'), ('other', 'Other')], default='agency', max_length=10, verbose_name='line')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('recorded_minor', models.BigIntegerField(verbose_name='amount')),
                ('currency', models.CharField(max_length=3, validators=[attribution.models.company.validate_currency], verbose_name='currency')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
            ],
            options={
                'verbose_name': 'shared cost',
                'verbose_name_plural': 'shared costs',
                'ordering': ['-first_day', 'name'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='CostShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weight', models.PositiveIntegerField(default=1, help_text='2 bears twice as much as 1.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='weight')),
            ],
            options={
                'verbose_name': 'share',
                'verbose_name_plural': 'shares',
                'ordering': ['pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='PlatformId',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('platform', models.CharField(max_length=30, verbose_name='platform')),
                ('external_id', models.CharField(max_length=100, verbose_name='campaign id')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='added')),
            ],
            options={
                'verbose_name': 'platform id',
                'verbose_name_plural': 'platform ids',
                'ordering': ['platform', 'external_id'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='SpendRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry_id', models.BigIntegerField()),
                ('how', models.CharField(choices=[('import', 'import'), ('form', 'by hand'), ('cost', 'shared cost'), ('rate', 'rate of exchange'), ('undo', 'undone import')], max_length=6, verbose_name='how')),
                ('run_id', models.BigIntegerField(null=True)),
                ('changed_at', models.DateTimeField(verbose_name='when')),
                ('is_removal', models.BooleanField(default=False, verbose_name='removed')),
                ('is_restatement', models.BooleanField(default=False)),
                ('new_amount_minor', models.BigIntegerField(null=True)),
                ('campaign_id', models.BigIntegerField(null=True)),
                ('campaign_name', models.CharField(blank=True, max_length=500)),
                ('campaign_key', models.CharField(blank=True, max_length=500)),
                ('utm_source', models.CharField(blank=True, max_length=100)),
                ('utm_medium', models.CharField(blank=True, max_length=100)),
                ('platform_id', models.CharField(blank=True, max_length=100)),
                ('day', models.DateField(verbose_name='day')),
                ('line', models.CharField(max_length=10)),
                ('source', models.CharField(max_length=80)),
                ('amount_minor', models.BigIntegerField(null=True)),
                ('original_minor', models.BigIntegerField(null=True)),
                ('currency', models.CharField(max_length=3)),
                ('impressions', models.PositiveBigIntegerField(null=True)),
                ('clicks', models.PositiveBigIntegerField(null=True)),
                ('sends', models.PositiveBigIntegerField(null=True)),
                ('opens', models.PositiveBigIntegerField(null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('spread_from', models.DateField(null=True)),
                ('spread_to', models.DateField(null=True)),
                ('cost_id', models.BigIntegerField(null=True)),
                ('import_run_id', models.BigIntegerField(null=True)),
                ('entry_author_id', models.BigIntegerField(null=True)),
            ],
            options={
                'verbose_name': 'earlier state of spend',
                'verbose_name_plural': 'earlier states of spend',
                'ordering': ['-pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.RemoveConstraint(
            model_name='spendentry',
            name='spend_natural_key_unique',
        ),
        migrations.RemoveIndex(
            model_name='spendentry',
            name='spend_company_day',
        ),
        migrations.AddField(
            model_name='spendentry',
            name='original_minor',
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='spendentry',
            name='platform_id',
            field=models.CharField(blank=True, default='', editable=False, max_length=100, verbose_name="platform's campaign id"),
        ),
        migrations.AddField(
            model_name='spendentry',
            name='spread_from',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='spendentry',
            name='spread_to',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='spendentry',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.AlterField(
            model_name='spendentry',
            name='amount_minor',
            field=models.BigIntegerField(null=True, verbose_name='amount'),
        ),
        migrations.AlterField(
            model_name='spendentry',
            name='currency',
            field=models.CharField(max_length=3, verbose_name='currency'),
        ),
        migrations.AlterField(
            model_name='spendentry',
            name='source',
            field=models.CharField(default='form', editable=False, max_length=80, verbose_name='came from'),
        ),
        migrations.AddField(
            model_name='columnmapping',
            name='author',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='columnmapping',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='cost',
            name='author',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='cost',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='spendentry',
            name='cost',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='spend.cost', verbose_name='shared cost'),
        ),
        migrations.AddIndex(
            model_name='spendentry',
            index=models.Index(fields=['company', 'day'], include=('campaign', 'campaign_key', 'utm_source', 'utm_medium', 'line', 'amount_minor', 'impressions', 'clicks', 'sends', 'opens'), name='spend_company_day'),
        ),
        migrations.AddIndex(
            model_name='spendentry',
            index=models.Index(condition=models.Q(('amount_minor__isnull', True), ('original_minor__isnull', False)), fields=['company', 'day'], name='spend_unconverted_day'),
        ),
        migrations.AddIndex(
            model_name='spendentry',
            index=models.Index(condition=models.Q(('cost__isnull', False)), fields=['cost'], name='spend_of_cost'),
        ),
        migrations.AddConstraint(
            model_name='spendentry',
            constraint=models.UniqueConstraint(fields=('company', 'day', 'campaign_key', 'utm_source', 'utm_medium', 'platform_id', 'line', 'source'), name='spend_natural_key_unique', violation_error_message='There is already an entry for this campaign, day and line. Change that one.'),
        ),
        migrations.AddConstraint(
            model_name='spendentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('spread_from__isnull', True), ('spread_to__isnull', True)), models.Q(('spread_from__lte', models.F('day')), ('spread_to__gte', models.F('day'))), _connector='OR'), name='spend_day_in_its_range', violation_error_message='The day lies outside the range it is a share of.'),
        ),
        migrations.AddField(
            model_name='costshare',
            name='campaign',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.campaign', verbose_name='campaign'),
        ),
        migrations.AddField(
            model_name='costshare',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='costshare',
            name='cost',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='spend.cost'),
        ),
        migrations.AddField(
            model_name='platformid',
            name='author',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='platformid',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='platform_ids', to='attribution.campaign', verbose_name='campaign'),
        ),
        migrations.AddField(
            model_name='platformid',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='platformid',
            name='import_run',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='attribution.importrun'),
        ),
        migrations.AddField(
            model_name='spendrevision',
            name='author',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='spendrevision',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddConstraint(
            model_name='columnmapping',
            constraint=models.UniqueConstraint(fields=('company', 'name'), name='columnmapping_company_name_unique', violation_error_message='There is a kind of file of this name already.'),
        ),
        migrations.AddConstraint(
            model_name='columnmapping',
            constraint=models.UniqueConstraint(fields=('company', 'headers_key'), name='columnmapping_company_headers_unique', violation_error_message='Files with these headings have a name already.'),
        ),
        migrations.AddIndex(
            model_name='cost',
            index=models.Index(fields=['company', 'first_day'], name='cost_company_first_day'),
        ),
        migrations.AddConstraint(
            model_name='cost',
            constraint=models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='cost_days_in_order', violation_error_message='The last day comes before the first day.'),
        ),
        migrations.AddConstraint(
            model_name='costshare',
            constraint=models.UniqueConstraint(fields=('cost', 'campaign'), name='costshare_cost_campaign_unique', violation_error_message='This campaign has a share of this cost already.'),
        ),
        migrations.AddConstraint(
            model_name='platformid',
            constraint=models.UniqueConstraint(fields=('company', 'platform', 'external_id'), name='platformid_company_platform_id_unique', violation_error_message='This id belongs to another campaign already.'),
        ),
        migrations.AddIndex(
            model_name='spendrevision',
            index=models.Index(condition=models.Q(('is_restatement', True)), fields=['company', 'day'], name='revision_restated_day'),
        ),
        migrations.AddIndex(
            model_name='spendrevision',
            index=models.Index(fields=['run_id'], name='revision_run'),
        ),
        migrations.AddIndex(
            model_name='spendrevision',
            index=models.Index(fields=['entry_id'], name='revision_entry'),
        ),
        # Last, so that it comes first on the way back.
        migrations.RunPython(drop_triggers, drop_triggers, elidable=True),
    ]
