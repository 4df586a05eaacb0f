"""Channels, files, counts and webhooks, and how all that arrives is found."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from attribution.added_column import AddColumn


# They read the table that changes; they come back after every migrate.
TRIGGERS_ON_LEADS = ("attribution_lead_outcome", "attribution_lead_new", "attribution_lead_raw")


def drop_triggers(apps, schema_editor):
    """No column goes away while a trigger reads it."""
    on = "" if schema_editor.connection.vendor == "sqlite" else " ON attribution_lead"
    for trigger in TRIGGERS_ON_LEADS:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger}{on}")


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0009_capture'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChannelRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rules', models.JSONField(verbose_name='rules')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='since')),
                ('author', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'channel rules',
                'verbose_name_plural': 'channel rules',
                'ordering': ['-pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='DeliveryCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('came_by', models.CharField(max_length=40)),
                ('key_number', models.BigIntegerField(default=0)),
                ('hour', models.DateTimeField()),
                ('what', models.CharField(choices=[('repeated', 'Sent again; it was stored before'), ('over_rate', 'Too many a minute; asked to come again'), ('unknown', 'Refused, and no longer kept')], max_length=10)),
                ('number', models.PositiveBigIntegerField(default=0)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'count of deliveries',
                'verbose_name_plural': 'counts of deliveries',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='FileMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('leads', 'Leads'), ('bookings', 'Bookings'), ('spend', 'Spend'), ('rates', 'Exchange rates'), ('touches', 'Touches')], max_length=10, verbose_name='what')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('headers_key', models.CharField(editable=False, max_length=64)),
                ('headers', models.JSONField(default=list, verbose_name='headings')),
                ('options', models.JSONField(default=dict, verbose_name='how they are read')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                ('author', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'kind of file of leads',
                'verbose_name_plural': 'kinds of file of leads',
                'ordering': ['kind', 'name'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='IngestKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('kind', models.CharField(choices=[('server', 'Server: leads and bookings; keep it secret'), ('browser', 'Browser: leads from your own pages; it stands in the page')], default='server', max_length=10, verbose_name='kind')),
                ('prefix', models.CharField(editable=False, max_length=16, verbose_name='begins with')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('origins', models.JSONField(blank=True, default=list, verbose_name="pages' origins")),
                ('per_minute', models.PositiveIntegerField(blank=True, help_text='More are answered with 429 and come again. Empty: as the program is set up.', null=True, verbose_name='events a minute')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires')),
                ('last_used_at', models.DateTimeField(editable=False, null=True, verbose_name='last used')),
                ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked')),
                ('author', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
                ('revoked_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='revoked by')),
            ],
            options={
                'verbose_name': 'ingest key',
                'verbose_name_plural': 'ingest keys',
                'ordering': ['-created_at'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        AddColumn(
            model_name='lead',
            name='key',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.ingestkey', verbose_name='ingest key'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('person_email', ''), _negated=True), fields=['person_email', 'received_at'], name='lead_person_email'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('person_phone', ''), _negated=True), fields=['person_phone', 'received_at'], name='lead_person_phone'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('erased_at__isnull', True), models.Q(('email', ''), ('ip', ''), ('name', ''), ('person_email', ''), ('person_phone', ''), ('phone', ''), _negated=True)), fields=['company', 'received_at'], name='lead_with_person'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['company', '-created_at'], name='lead_company_stored'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('channel', '')), fields=['company', 'id'], name='lead_without_channel'),
        ),
        migrations.AddField(
            model_name='kindbatch',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='kindbatch',
            name='rule',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='attribution.capturerule', verbose_name='by the rule'),
        ),
        migrations.AddField(
            model_name='kindbatch',
            name='author',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='kindbatch',
            name='undone_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='undone by'),
        ),
        migrations.AddIndex(
            model_name='kindbatch',
            index=models.Index(fields=['company', '-made_at'], name='kindbatch_company_made'),
        ),
        migrations.AddField(
            model_name='kindchange',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='attribution.kindbatch'),
        ),
        migrations.AddField(
            model_name='kindchange',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='kindchange',
            name='lead',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kind_changes', to='attribution.lead'),
        ),
        migrations.AddField(
            model_name='ownhost',
            name='author',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='ownhost',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='refusal',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='refusal',
            name='key',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='attribution.ingestkey'),
        ),
        migrations.AddField(
            model_name='refusal',
            name='settled_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='settled by'),
        ),
        migrations.AddField(
            model_name='rememberedanswer',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='rememberedanswer',
            name='key',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.ingestkey'),
        ),
        migrations.AddField(
            model_name='touchpoint',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='touchpoint',
            name='lead',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.lead'),
        ),
        migrations.AddField(
            model_name='touchpoint',
            name='reading',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.reading'),
        ),
        migrations.AddField(
            model_name='waitingbooking',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='waitingbooking',
            name='key',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='attribution.ingestkey'),
        ),
        migrations.AddField(
            model_name='webhooksource',
            name='author',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='webhooksource',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddConstraint(
            model_name='capturerule',
            constraint=models.UniqueConstraint(fields=('company', 'what', 'value'), name='capturerule_unique', violation_error_message='There is a rule for this value already.'),
        ),
        migrations.AddIndex(
            model_name='channelrules',
            index=models.Index(fields=['company', '-id'], name='channelrules_company'),
        ),
        migrations.AddConstraint(
            model_name='deliverycount',
            constraint=models.UniqueConstraint(fields=('company', 'hour', 'came_by', 'key_number', 'what'), name='deliverycount_unique'),
        ),
        migrations.AddConstraint(
            model_name='filemapping',
            constraint=models.UniqueConstraint(fields=('company', 'kind', 'name'), name='filemapping_company_name_unique', violation_error_message='There is a kind of file of this name already.'),
        ),
        migrations.AddConstraint(
            model_name='filemapping',
            constraint=models.UniqueConstraint(fields=('company', 'kind', 'headers_key'), name='filemapping_company_headers_unique', violation_error_message='Files with these headings have a name already.'),
        ),
        migrations.AddIndex(
            model_name='ingestkey',
            index=models.Index(fields=['company', '-created_at'], name='ingestkey_company'),
        ),
        migrations.AddConstraint(
            model_name='ownhost',
            constraint=models.UniqueConstraint(fields=('company', 'host'), name='ownhost_company_host_unique', violation_error_message='This host is on the list already.'),
        ),
        migrations.AddIndex(
            model_name='refusal',
            index=models.Index(fields=['company', '-arrived_at'], name='refusal_company_arrived'),
        ),
        migrations.AddIndex(
            model_name='rememberedanswer',
            index=models.Index(fields=['created_at'], name='rememberedanswer_age'),
        ),
        migrations.AddConstraint(
            model_name='rememberedanswer',
            constraint=models.UniqueConstraint(fields=('key', 'idempotency_key'), name='rememberedanswer_key_unique'),
        ),
        migrations.AddConstraint(
            model_name='touchpoint',
            constraint=models.UniqueConstraint(fields=('lead', 'at', 'digest'), name='touchpoint_unique'),
        ),
        migrations.AddIndex(
            model_name='waitingbooking',
            index=models.Index(fields=['company', 'lead_external_id'], name='waitingbooking_lead'),
        ),
        migrations.AddConstraint(
            model_name='waitingbooking',
            constraint=models.UniqueConstraint(fields=('company', 'external_id'), name='waitingbooking_unique'),
        ),
        migrations.AddConstraint(
            model_name='waitingbooking',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['booked', 'completed', 'cancelled', 'no_show'])), name='waitingbooking_status_known'),
        ),
        migrations.AddConstraint(
            model_name='webhooksource',
            constraint=models.UniqueConstraint(fields=('company', 'name'), name='webhooksource_company_name_unique', violation_error_message='There is a webhook of this name already.'),
        ),
        migrations.AddIndex(
            model_name='touchpoint',
            index=models.Index(fields=['company'], name='touchpoint_company'),
        ),
        # Last, so that it comes first on the way back.
        migrations.RunPython(migrations.RunPython.noop, drop_triggers, elidable=True),
    ]
