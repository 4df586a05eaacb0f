"""What owners say about a campaign: goal, segment, tags and more."""

import django.core.validators
from django.db import migrations, models

from attribution.added_column import AddColumn


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0010_capture_found'),
    ]

    operations = [
        AddColumn(
            model_name='campaign',
            name='goal',
            field=models.CharField(blank=True, db_default='', default='', max_length=80, verbose_name='goal'),
        ),
        AddColumn(
            model_name='campaign',
            name='is_template',
            field=models.BooleanField(db_default=False, default=False, help_text='New campaigns can be started from it.', verbose_name='template'),
        ),
        AddColumn(
            model_name='campaign',
            name='landing_page',
            field=models.CharField(blank=True, db_default='', default='', help_text='Where its links lead to: https://…', max_length=500, validators=[django.core.validators.URLValidator(schemes=('http', 'https'))], verbose_name='landing page'),
        ),
        AddColumn(
            model_name='campaign',
            name='language',
            field=models.CharField(blank=True, db_default='', default='', max_length=80, verbose_name='language'),
        ),
        AddColumn(
            model_name='campaign',
            name='location',
            field=models.CharField(blank=True, db_default='', default='', max_length=80, verbose_name='location'),
        ),
        AddColumn(
            model_name='campaign',
            name='segment',
            field=models.CharField(blank=True, db_default='', default='', max_length=80, verbose_name='segment'),
        ),
        AddColumn(
            model_name='campaign',
            name='tags',
            field=models.CharField(blank=True, db_default='', default='', help_text='Separated by ; or |. Capitals make no difference.', max_length=500, verbose_name='tags'),
        ),
        AddColumn(
            model_name='campaign',
            name='type',
            field=models.CharField(blank=True, db_default='', default='', max_length=80, verbose_name='type'),
        ),
        migrations.AlterField(
            model_name='campaignchange',
            name='field',
            field=models.CharField(choices=[('name', 'name'), ('channel', 'channel'), ('status', 'status'), ('discovered', 'discovered'), ('merged_into', 'merged into'), ('owner', 'owner'), ('starts_on', 'first day'), ('ends_on', 'last day'), ('type', 'type'), ('goal', 'goal'), ('segment', 'segment'), ('location', 'location'), ('language', 'language'), ('landing_page', 'landing page'), ('tags', 'tags'), ('is_template', 'template')], max_length=12),
        ),
        migrations.AlterField(
            model_name='campaignchange',
            name='new',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AlterField(
            model_name='campaignchange',
            name='old',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AlterField(
            model_name='filemapping',
            name='kind',
            field=models.CharField(choices=[('leads', 'Leads'), ('bookings', 'Bookings'), ('spend', 'Spend'), ('rates', 'Exchange rates'), ('touches', 'Touches'), ('campaigns', 'Campaigns')], max_length=10, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='kind',
            field=models.CharField(choices=[('leads', 'Leads'), ('bookings', 'Bookings'), ('spend', 'Spend'), ('rates', 'Exchange rates'), ('touches', 'Touches'), ('campaigns', 'Campaigns')], max_length=10, verbose_name='what'),
        ),
    ]
