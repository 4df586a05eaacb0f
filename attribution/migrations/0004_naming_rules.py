"""Companies may say how the UTM values of their new links are written."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0003_lead_company_day_campaign'),
    ]

    operations = [
        migrations.CreateModel(
            name='NamingRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('separator', models.CharField(blank=True, choices=[('', 'as written'), ('-', 'hyphen: spring-sale'), ('_', 'underscore: spring_sale'), ('.', 'dot: spring.sale')], default='', help_text='Stands for blanks too. As written: blanks become hyphens.', max_length=1, verbose_name='between words')),
                ('lower_case', models.BooleanField(default=True, verbose_name='small letters only')),
                ('date_part', models.CharField(choices=[('none', 'none'), ('year', 'year: 2026'), ('year-quarter', 'year and quarter: 2026-q4'), ('year-month', 'year and month: 2026-11')], default='none', max_length=12, verbose_name='date in every new name')),
                ('sources', models.JSONField(blank=True, default=list, help_text='One a line, such as google. Empty: every source is allowed.', verbose_name='allowed sources')),
                ('mediums', models.JSONField(blank=True, default=list, help_text='One a line, such as cpc or email. Empty: every medium is allowed.', verbose_name='allowed media')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'naming rules',
                'verbose_name_plural': 'naming rules',
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('company',), name='namingrules_company_unique', violation_error_message='This company has its naming rules already. Edit those.'), models.CheckConstraint(condition=models.Q(('separator__in', ['', '-', '_', '.'])), name='namingrules_separator_known', violation_error_message='Choose a hyphen, an underscore or a dot, or none.'), models.CheckConstraint(condition=models.Q(('date_part__in', ['none', 'year', 'year-quarter', 'year-month'])), name='namingrules_date_part_known', violation_error_message='This date part does not exist.')],
            },
        ),
    ]
