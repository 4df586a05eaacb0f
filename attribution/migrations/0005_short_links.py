"""Short links, where they may lead, what they were before, and how often they are followed."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0004_naming_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ShortLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.CharField(blank=True, help_text='The end of the short link. It stays for good. Empty: one is made.', max_length=40, validators=[django.core.validators.RegexValidator('^[a-z0-9-]{3,40}\\Z', 'Write 3 to 40 small letters (a to z), digits and hyphens.')], verbose_name='short name')),
                ('target', models.CharField(help_text='The page it leads to, such as https://www.example.com/offer.', max_length=2000, verbose_name='target')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('medium', models.CharField(max_length=200, verbose_name='medium')),
                ('content', models.CharField(blank=True, max_length=200, verbose_name='content')),
                ('term', models.CharField(blank=True, max_length=200, verbose_name='term')),
                ('is_active', models.BooleanField(default=True, help_text='A link that is not in use answers as if it had never been.', verbose_name='in use')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='added')),
                ('author', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='added by')),
                ('campaign', models.ForeignKey(blank=True, help_text='Empty: the utm_campaign of the target or of the visitor stays.', null=True, on_delete=django.db.models.deletion.PROTECT, to='attribution.campaign', verbose_name='campaign')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'short link',
                'verbose_name_plural': 'short links',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='ShortLinkChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField(auto_now_add=True, verbose_name='changed')),
                ('field', models.CharField(max_length=20, verbose_name='what')),
                ('old', models.CharField(max_length=2000, verbose_name='from')),
                ('new', models.CharField(max_length=2000, verbose_name='to')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
                ('link', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.shortlink', verbose_name='short link')),
            ],
            options={
                'verbose_name': 'change of a short link',
                'verbose_name_plural': 'changes of short links',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='ShortLinkDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('clicks', models.BigIntegerField(default=0, verbose_name='clicks')),
                ('bots', models.BigIntegerField(default=0, verbose_name='bots')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
                ('link', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.shortlink', verbose_name='short link')),
            ],
            options={
                'verbose_name': 'day of a short link',
                'verbose_name_plural': 'days of short links',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='LinkHost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(help_text='Such as www.example.com. With a dot before it, .example.com allows example.com and every host below it: write that only where all of them are yours.', max_length=254, verbose_name='host')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='added')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'short link host',
                'verbose_name_plural': 'short link hosts',
                'ordering': ['host'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('company', 'host'), name='linkhost_company_host_unique', violation_error_message="This host is on the company's list already.")],
            },
        ),
        migrations.AddIndex(
            model_name='shortlink',
            index=models.Index(fields=['company', '-created_at'], name='shortlink_company_created'),
        ),
        migrations.AddConstraint(
            model_name='shortlink',
            constraint=models.UniqueConstraint(fields=('slug',), name='shortlink_slug_unique'),
        ),
        migrations.AddConstraint(
            model_name='shortlink',
            constraint=models.CheckConstraint(condition=models.Q(('slug', ''), _negated=True), name='shortlink_slug_not_empty', violation_error_message='A short link needs a short name.'),
        ),
        migrations.AddIndex(
            model_name='shortlinkchange',
            index=models.Index(fields=['company', 'link', '-id'], name='shortlinkchange_link'),
        ),
        migrations.AddConstraint(
            model_name='shortlinkday',
            constraint=models.UniqueConstraint(fields=('company', 'link', 'day'), name='shortlinkday_link_day_unique'),
        ),
    ]
