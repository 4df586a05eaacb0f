"""Digests and alerts on views that persons saved, and what was sent of them."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0011_campaign_facts'),
        ('reports', '0006_targets_annotations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('mail', 'E-mail'), ('slack', 'Slack')], default='mail', max_length=5, verbose_name='sent by')),
                ('recipients', models.JSONField(blank=True, default=list, verbose_name='recipients')),
                ('sealed_address', models.TextField(blank=True, editable=False)),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('paused_because', models.CharField(blank=True, max_length=200, verbose_name='paused because')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('metric', models.CharField(default='leads', max_length=30, verbose_name='figure')),
                ('condition', models.CharField(choices=[('above', 'above'), ('below', 'below'), ('unusual', 'unusual for the weekday')], default='below', max_length=7, verbose_name='condition')),
                ('threshold', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='value')),
                ('state', models.CharField(choices=[('unknown', 'not known yet'), ('normal', 'as it should be'), ('fired', 'off')], default='unknown', editable=False, max_length=7, verbose_name='state')),
                ('said', models.CharField(blank=True, editable=False, max_length=300, verbose_name='last look')),
                ('checked_at', models.DateTimeField(editable=False, null=True, verbose_name='looked at')),
                ('fired_at', models.DateTimeField(editable=False, null=True)),
                ('recovered_at', models.DateTimeField(editable=False, null=True)),
                ('campaign', models.ForeignKey(blank=True, help_text='Empty: the total of the view.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='attribution.campaign', verbose_name='campaign')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
                ('owner', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent on behalf of')),
                ('view', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='reports.savedview', verbose_name='saved view')),
            ],
            options={
                'verbose_name': 'alert',
                'verbose_name_plural': 'alerts',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('mail', 'E-mail'), ('slack', 'Slack')], default='mail', max_length=5, verbose_name='sent by')),
                ('recipients', models.JSONField(blank=True, default=list, verbose_name='recipients')),
                ('sealed_address', models.TextField(blank=True, editable=False)),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('paused_because', models.CharField(blank=True, max_length=200, verbose_name='paused because')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('every', models.CharField(choices=[('week', 'every week'), ('month', 'every month')], default='week', max_length=5, verbose_name='how often')),
                ('weekday', models.SmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], default=0, help_text='Of a weekly digest.', verbose_name='weekday')),
                ('day', models.SmallIntegerField(default=1, help_text='Of a monthly digest: 1 to 28, which every month has.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(28)], verbose_name='day of the month')),
                ('hour', models.SmallIntegerField(default=8, help_text='0 to 23, in the time zone of the company.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(23)], verbose_name='hour')),
                ('since', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
                ('owner', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent on behalf of')),
                ('view', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='reports.savedview', verbose_name='saved view')),
            ],
            options={
                'verbose_name': 'digest',
                'verbose_name_plural': 'digests',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40)),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('state', models.CharField(choices=[('due', 'waits to be sent'), ('preparing', 'is being prepared'), ('sending', 'is being handed over'), ('sent', 'sent'), ('unsure', 'may have been sent'), ('failed', 'not sent'), ('skipped', 'left out')], default='due', max_length=9, verbose_name='state')),
                ('claim', models.CharField(blank=True, max_length=32)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('attempts', models.SmallIntegerField(default=0)),
                ('message_id', models.CharField(blank=True, max_length=200)),
                ('text', models.JSONField(blank=True, default=dict)),
                ('addressed', models.SmallIntegerField(default=0, verbose_name='recipients')),
                ('done_at', models.DateTimeField(null=True, verbose_name='sent')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                ('alert', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='reports.alert')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
                ('subscription', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='reports.subscription')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['company', 'active'], name='alert_company_active'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('condition', 'unusual'), ('threshold__isnull', True)), models.Q(models.Q(('condition', 'unusual'), _negated=True), ('threshold__isnull', False)), _connector='OR'), name='alert_value_where_compared', violation_error_message='“Above” and “below” need a value; “unusual” finds its own.'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(fields=['company', 'active'], name='subscription_company_active'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('day__range', (1, 28)), ('hour__range', (0, 23)), ('weekday__range', (0, 6))), name='subscription_time_exists', violation_error_message='A weekday, a day from 1 to 28 and an hour to 23.'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['company', 'state'], name='delivery_company_state'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('subscription', 'key'), name='delivery_digest_once'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('alert', 'key'), name='delivery_alert_once'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('alert__isnull', True), ('subscription__isnull', False)), models.Q(('alert__isnull', False), ('subscription__isnull', True)), _connector='OR'), name='delivery_of_one'),
        ),
    ]
