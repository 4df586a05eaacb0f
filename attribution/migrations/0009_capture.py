"""What arrives over HTTP, touches, junk, and what a company keeps of persons."""

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
        ('attribution', '0008_files_of_rates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='KindBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('asked', models.JSONField(default=dict, editable=False, verbose_name='set to')),
                ('leads', models.PositiveIntegerField(default=0, editable=False, verbose_name='leads')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='when')),
                ('undone_at', models.DateTimeField(editable=False, null=True, verbose_name='undone')),
            ],
            options={
                'verbose_name': 'change of kinds',
                'verbose_name_plural': 'changes of kinds',
                'ordering': ['-made_at', '-pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='KindChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField(verbose_name='before')),
                ('after', models.JSONField(verbose_name='after')),
            ],
            options={
                'verbose_name': 'change of kind',
                'verbose_name_plural': 'changes of kind',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='OwnHost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=253, verbose_name='host')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='added')),
            ],
            options={
                'verbose_name': 'own host',
                'verbose_name_plural': 'own hosts',
                'ordering': ['host'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Refusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('came_by', models.CharField(max_length=40, verbose_name='came by')),
                ('what', models.CharField(choices=[('lead', 'Lead'), ('booking', 'Booking'), ('other', 'Neither could be made out')], max_length=10, verbose_name='what')),
                ('external_id', models.CharField(blank=True, max_length=220, verbose_name='id')),
                ('why', models.CharField(choices=[('invalid', 'A value is missing or wrong'), ('too_long', 'A value is too long'), ('too_large', 'The item is too large'), ('not_mapped', 'The mapping of this source does not fit'), ('bad_signature', 'The signature is wrong'), ('failed', 'It could not be stored')], max_length=20, verbose_name='why')),
                ('field', models.CharField(blank=True, max_length=60, verbose_name='field')),
                ('detail', models.CharField(blank=True, max_length=300, verbose_name='in words')),
                ('payload', models.TextField(blank=True, verbose_name='as sent')),
                ('arrived_at', models.DateTimeField(verbose_name='arrived')),
                ('state', models.CharField(choices=[('waiting', 'Not looked at'), ('stored', 'Sent in again and stored'), ('dismissed', 'Dismissed')], default='waiting', max_length=10, verbose_name='state')),
                ('settled_at', models.DateTimeField(editable=False, null=True, verbose_name='settled')),
            ],
            options={
                'verbose_name': 'refused event',
                'verbose_name_plural': 'refused events',
                'ordering': ['-arrived_at', '-pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='RememberedAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('idempotency_key', models.CharField(max_length=64)),
                ('request', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField()),
                ('answer', models.TextField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'remembered answer',
                'verbose_name_plural': 'remembered answers',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Touchpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('digest', models.CharField(editable=False, max_length=32)),
                ('utm_source', models.CharField(blank=True, default='', max_length=500, verbose_name='utm_source')),
                ('utm_medium', models.CharField(blank=True, default='', max_length=500, verbose_name='utm_medium')),
                ('utm_campaign', models.CharField(blank=True, default='', max_length=500, verbose_name='utm_campaign')),
                ('utm_content', models.CharField(blank=True, default='', max_length=500, verbose_name='utm_content')),
                ('utm_term', models.CharField(blank=True, default='', max_length=500, verbose_name='utm_term')),
                ('utm_id', models.CharField(blank=True, default='', max_length=500, verbose_name='utm_id')),
                ('click_ids', models.JSONField(blank=True, default=dict, verbose_name='click ids')),
                ('referrer', models.CharField(blank=True, default='', max_length=2000, verbose_name='referrer')),
                ('landing_page', models.CharField(blank=True, default='', max_length=2000, verbose_name='landing page')),
                ('channel', models.CharField(blank=True, editable=False, max_length=30, verbose_name='channel')),
                ('origin', models.CharField(blank=True, editable=False, max_length=200, verbose_name='came from')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='stored')),
            ],
            options={
                'verbose_name': 'touch',
                'verbose_name_plural': 'touches',
                'ordering': ['lead', 'at', 'pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='WaitingBooking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=220, verbose_name='booking id')),
                ('lead_external_id', models.CharField(max_length=200, verbose_name='lead id')),
                ('status', models.CharField(max_length=10, verbose_name='status')),
                ('booked_at', models.DateTimeField(null=True, verbose_name='booked')),
                ('completed_at', models.DateTimeField(null=True, verbose_name='completed')),
                ('minor', models.BigIntegerField(null=True, verbose_name='value')),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                ('stated', models.JSONField(default=dict)),
                ('came_by', models.CharField(max_length=40, verbose_name='came by')),
                ('arrived_at', models.DateTimeField(verbose_name='arrived')),
            ],
            options={
                'verbose_name': 'booking that waits for its lead',
                'verbose_name_plural': 'bookings that wait for their lead',
                'ordering': ['-arrived_at', '-pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='WebhookSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.SlugField(help_text='Leads show it as their way in.', max_length=30, verbose_name='name')),
                ('shape', models.CharField(default='custom', max_length=20, verbose_name='tool')),
                ('prefix', models.CharField(editable=False, max_length=16, verbose_name='address begins with')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('mapping', models.JSONField(default=dict, verbose_name='mapping')),
                ('sealed_secret', models.TextField(blank=True, editable=False)),
                ('is_on', models.BooleanField(default=True, verbose_name='on')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('last_used_at', models.DateTimeField(editable=False, null=True, verbose_name='last used')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'ordering': ['name'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        AddColumn(
            model_name='booking',
            name='came_by',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=40, verbose_name='came by'),
        ),
        AddColumn(
            model_name='booking',
            name='stated',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False),
        ),
        AddColumn(
            model_name='company',
            name='follow_up_days',
            field=models.PositiveSmallIntegerField(db_default=30, default=30, help_text='Days within which another lead of a person is a follow-up. 0: never.', validators=[django.core.validators.MaxValueValidator(3650)], verbose_name='same person within'),
        ),
        AddColumn(
            model_name='company',
            name='keeps_email',
            field=models.BooleanField(db_default=True, default=False, help_text='Of new leads. Off: only whether two leads are of one person is known.', verbose_name='keep e-mail addresses and names'),
        ),
        AddColumn(
            model_name='company',
            name='keeps_ip',
            field=models.BooleanField(db_default=False, default=False, help_text='Of new leads.', verbose_name='keep IP addresses'),
        ),
        AddColumn(
            model_name='company',
            name='keeps_phone',
            field=models.BooleanField(db_default=True, default=False, help_text='Of new leads.', verbose_name='keep phone numbers'),
        ),
        AddColumn(
            model_name='company',
            name='look_back_days',
            field=models.PositiveSmallIntegerField(db_default=30, default=30, help_text='Days before a lead in which its visits get credit.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name='look-back window'),
        ),
        AddColumn(
            model_name='company',
            name='retention_days',
            field=models.PositiveIntegerField(blank=True, help_text='Days after which who a lead was is erased; totals stay. Empty: never.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(36500)], verbose_name='erase persons after'),
        ),
        AddColumn(
            model_name='lead',
            name='came_by',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=40, verbose_name='came by'),
        ),
        AddColumn(
            model_name='lead',
            name='channel',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=30, verbose_name='channel'),
        ),
        AddColumn(
            model_name='lead',
            name='first_lead',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.lead', verbose_name='follows'),
        ),
        AddColumn(
            model_name='lead',
            name='ip',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=45, verbose_name='IP address'),
        ),
        AddColumn(
            model_name='lead',
            name='kind_reason',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=100, verbose_name='why of this kind'),
        ),
        AddColumn(
            model_name='lead',
            name='mark_reasons',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False),
        ),
        AddColumn(
            model_name='lead',
            name='origin',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=200, verbose_name='came from'),
        ),
        AddColumn(
            model_name='lead',
            name='person_email',
            field=models.CharField(db_default='', default='', editable=False, max_length=32),
        ),
        AddColumn(
            model_name='lead',
            name='person_phone',
            field=models.CharField(db_default='', default='', editable=False, max_length=32),
        ),
        AddColumn(
            model_name='lead',
            name='region',
            field=models.CharField(blank=True, db_default='', default='', max_length=120, verbose_name='region'),
        ),
        AddColumn(
            model_name='lead',
            name='stated_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='stated by the sender'),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='kind',
            field=models.CharField(choices=[('leads', 'Leads'), ('bookings', 'Bookings'), ('spend', 'Spend'), ('rates', 'Exchange rates'), ('touches', 'Touches')], max_length=10, verbose_name='what'),
        ),
        migrations.CreateModel(
            name='CaptureRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('email', 'E-mail address is'), ('email_domain', 'E-mail address ends with domain'), ('name', 'Name is or contains'), ('phone', 'Phone number is'), ('ip', 'IP address or network is'), ('referrer', "Referrer's host is or ends with"), ('parameter', 'Landing page has the parameter'), ('country', 'Country is')], max_length=20, verbose_name='when the')),
                ('value', models.CharField(max_length=200, verbose_name='value')),
                ('then', models.CharField(choices=[('blocked', 'Blocked'), ('test', 'Test'), ('bot', 'Bot'), ('suspicious', 'Mark: suspicious'), ('hot', 'Mark: hot'), ('vpn', 'Mark: VPN or data centre'), ('fine', 'Never excluded')], default='blocked', max_length=12, verbose_name='then')),
                ('is_on', models.BooleanField(default=True, verbose_name='on')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                ('author', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'capture rule',
                'verbose_name_plural': 'capture rules',
                'ordering': ['what', 'value'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        # Last, so that it comes first on the way back.
        migrations.RunPython(migrations.RunPython.noop, drop_triggers, elidable=True),
    ]
