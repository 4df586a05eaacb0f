"""Budgets of campaigns and of groups of them, and the marks that they crossed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0007_money_of_the_day'),
        ('spend', '0002_spend_desk'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CampaignGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'campaign group',
                'verbose_name_plural': 'campaign groups',
                'ordering': ['name'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                ('checked_on', models.DateField(editable=False, null=True)),
                ('author', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('campaign', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.campaign', verbose_name='campaign')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
                ('group', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='budgets', to='spend.campaigngroup', verbose_name='campaign group')),
            ],
            options={
                'verbose_name': 'budget',
                'verbose_name_plural': 'budgets',
                'ordering': ['-first_day', 'pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='GroupMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.campaign', verbose_name='campaign')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='spend.campaigngroup')),
            ],
            options={
                'verbose_name': 'campaign of a group',
                'verbose_name_plural': 'campaigns of groups',
                'ordering': ['pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='BudgetNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('over_pace', 'Over pace'), ('under_pace', 'Under pace'), ('over_budget', 'Over budget')], max_length=11, verbose_name='kind')),
                ('day', models.DateField(verbose_name='day')),
                ('spent_minor', models.BigIntegerField(verbose_name='spent')),
                ('crossed_at', models.DateTimeField(verbose_name='crossed')),
                ('cleared_at', models.DateTimeField(null=True, verbose_name='crossed back')),
                ('budget', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='spend.budget')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'notice of a budget',
                'verbose_name_plural': 'notices of budgets',
                'ordering': ['-crossed_at', '-pk'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(condition=models.Q(('cleared_at__isnull', True)), fields=['company'], name='budgetnotice_company_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('cleared_at__isnull', True)), fields=('budget', 'kind'), name='budgetnotice_one_open'), models.CheckConstraint(condition=models.Q(('kind__in', ['over_pace', 'under_pace', 'over_budget'])), name='budgetnotice_kind_known')],
            },
        ),
        migrations.AddConstraint(
            model_name='campaigngroup',
            constraint=models.UniqueConstraint(fields=('company', 'name'), name='campaigngroup_company_name_unique', violation_error_message='This company already has a group of this name.'),
        ),
        migrations.AddIndex(
            model_name='budget',
            index=models.Index(fields=['company', 'last_day'], name='budget_company_last_day'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='budget_days_in_order', violation_error_message='The last day comes before the first day.'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gte', 0)), name='budget_not_below_nought', violation_error_message='A budget cannot be below 0.'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('campaign__isnull', True), ('group__isnull', False)), models.Q(('campaign__isnull', False), ('group__isnull', True)), _connector='OR'), name='budget_of_campaign_or_group', violation_error_message='Choose either a campaign or a group of campaigns.'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(condition=models.Q(('campaign__isnull', False)), fields=('company', 'campaign', 'first_day', 'last_day'), name='budget_campaign_days_unique', violation_error_message='This campaign has a budget for these days already.'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(condition=models.Q(('group__isnull', False)), fields=('company', 'group', 'first_day', 'last_day'), name='budget_group_days_unique', violation_error_message='This group has a budget for these days already.'),
        ),
        migrations.AddConstraint(
            model_name='groupmember',
            constraint=models.UniqueConstraint(fields=('group', 'campaign'), name='groupmember_group_campaign_unique'),
        ),
    ]
