"""What persons decide about UTM data is kept as repairs, and leads know what they were read as."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def added_flag(model, name):
    """SQLite would make the whole table anew for a column with a default, with all its triggers;
    it need not, and both engines understand this statement.
    """
    table = f"attribution_{model}"
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD COLUMN {name} bool NOT NULL DEFAULT FALSE",
                f"ALTER TABLE {table} DROP COLUMN {name}",
            )
        ],
        state_operations=[
            migrations.AddField(
                model_name=model,
                name=name,
                field=models.BooleanField(db_default=False, default=False, editable=False),
            )
        ],
    )


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0005_short_links'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReadingMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_undo', models.BooleanField(default=False)),
                ('moved_at', models.DateTimeField()),
                ('was', models.JSONField(default=dict)),
                ('became', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'move of a reading',
                'verbose_name_plural': 'moves of readings',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Repair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('groups', 'Groups of leads'), ('rule', 'Rule'), ('merge', 'Merge'), ('correction', 'Correction of leads'), ('claim', 'Earlier leads'), ('campaign', 'Campaign'), ('shipped', 'Rules that come with the program')], max_length=10, verbose_name='what')),
                ('title', models.CharField(max_length=200, verbose_name='what was done')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='why')),
                ('made_at', models.DateTimeField(verbose_name='done')),
                ('effect', models.JSONField(default=dict, verbose_name='effect')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='undone')),
                ('undone_reason', models.CharField(blank=True, max_length=500, verbose_name='why undone')),
                ('undo_effect', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'repair',
                'verbose_name_plural': 'repairs',
                'ordering': ['-pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='RepairDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=43, unique=True)),
                ('intent', models.JSONField()),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'draft of a repair',
                'verbose_name_plural': 'drafts of repairs',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Rule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(choices=[('campaign', 'Campaign'), ('source', 'Source'), ('medium', 'Medium')], max_length=10, verbose_name='about')),
            ],
            options={
                'verbose_name': 'UTM rule',
                'verbose_name_plural': 'UTM rules',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='RuleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.CharField(choices=[('exact', 'is one of'), ('prefix', 'begins with'), ('contains', 'contains')], max_length=10, verbose_name='how')),
                ('values', models.JSONField(default=list, verbose_name='values')),
                ('only_reason', models.CharField(blank=True, choices=[('direct', 'No UTM values (direct)'), ('referrer', 'Referrer only'), ('no_campaign', 'Source or medium, but no campaign'), ('broken_tag', 'Broken tag'), ('ambiguous', 'Ambiguous: two campaigns named'), ('click_id', 'Click id only'), ('flood', 'Too many new campaign names that day'), ('by_person', 'Set so by a person')], max_length=12)),
                ('only_source', models.CharField(blank=True, max_length=200)),
                ('only_medium', models.CharField(blank=True, max_length=200)),
                ('text', models.CharField(blank=True, max_length=200, verbose_name='becomes')),
                ('position', models.IntegerField(verbose_name='position')),
                ('is_off', models.BooleanField(default=False, verbose_name='switched off')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
            ],
            options={
                'verbose_name': 'version of a rule',
                'verbose_name_plural': 'versions of rules',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='campaign',
            name='merged_into',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.campaign', verbose_name='merged into'),
        ),
        added_flag("campaign", "withdrawn"),
        added_flag("lead", "corrected"),
        migrations.CreateModel(
            name='CampaignChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(choices=[('name', 'name'), ('channel', 'channel'), ('status', 'status'), ('discovered', 'discovered'), ('merged_into', 'merged into'), ('owner', 'owner'), ('starts_on', 'first day'), ('ends_on', 'last day')], max_length=12)),
                ('old', models.CharField(blank=True, max_length=200)),
                ('new', models.CharField(blank=True, max_length=200)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='attribution.campaign')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'change of a campaign',
                'verbose_name_plural': 'changes of campaigns',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=200, null=True)),
                ('medium', models.CharField(max_length=200, null=True)),
                ('sets_campaign', models.BooleanField(default=False)),
                ('was', models.JSONField(default=dict)),
                ('campaign', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.campaign')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
                ('lead', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='attribution.lead')),
            ],
            options={
                'verbose_name': 'correction',
                'verbose_name_plural': 'corrections',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=32)),
                ('source_key', models.CharField(blank=True, max_length=200, verbose_name='source')),
                ('medium_key', models.CharField(blank=True, max_length=200, verbose_name='medium')),
                ('campaign_key', models.CharField(blank=True, max_length=400, verbose_name='utm_campaign')),
                ('captured_reason', models.CharField(blank=True, choices=[('direct', 'No UTM values (direct)'), ('referrer', 'Referrer only'), ('no_campaign', 'Source or medium, but no campaign'), ('broken_tag', 'Broken tag'), ('ambiguous', 'Ambiguous: two campaigns named'), ('click_id', 'Click id only'), ('flood', 'Too many new campaign names that day'), ('by_person', 'Set so by a person')], max_length=12, verbose_name='why without campaign')),
                ('is_open', models.BooleanField(default=True)),
                ('reason', models.CharField(blank=True, choices=[('direct', 'No UTM values (direct)'), ('referrer', 'Referrer only'), ('no_campaign', 'Source or medium, but no campaign'), ('broken_tag', 'Broken tag'), ('ambiguous', 'Ambiguous: two campaigns named'), ('click_id', 'Click id only'), ('flood', 'Too many new campaign names that day'), ('by_person', 'Set so by a person')], max_length=12)),
                ('source', models.CharField(blank=True, max_length=200)),
                ('medium', models.CharField(blank=True, max_length=200)),
                ('source_rule', models.BigIntegerField(null=True)),
                ('medium_rule', models.BigIntegerField(null=True)),
                ('campaign_rule', models.BigIntegerField(null=True)),
                ('pin', models.BigIntegerField(null=True)),
                ('campaign', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='attribution.campaign')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
                ('given', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.campaign')),
            ],
            options={
                'verbose_name': 'reading',
                'verbose_name_plural': 'readings',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Pin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.campaign')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company')),
                ('reading', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pins', to='attribution.reading')),
            ],
            options={
                'verbose_name': 'decision about a reading',
                'verbose_name_plural': 'decisions about readings',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='lead',
            name='reading',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='attribution.reading'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['reading', 'day'], include=('campaign', 'corrected', 'kind', 'booked'), name='lead_reading'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('corrected', True), ('reading__isnull', True), _connector='OR'), fields=['company', 'reading'], name='lead_corrected_or_unread'),
        ),
        migrations.AddField(
            model_name='readingmove',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='readingmove',
            name='reading',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='attribution.reading'),
        ),
        migrations.AddField(
            model_name='repair',
            name='author',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='repair',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='repair',
            name='undone_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='undone by'),
        ),
        migrations.AddField(
            model_name='readingmove',
            name='repair',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='attribution.repair'),
        ),
        migrations.AddField(
            model_name='pin',
            name='repair',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='attribution.repair'),
        ),
        migrations.AddField(
            model_name='correction',
            name='repair',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='attribution.repair'),
        ),
        migrations.AddField(
            model_name='campaignchange',
            name='repair',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='attribution.repair'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='made_in',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.repair'),
        ),
        migrations.AddField(
            model_name='repairdraft',
            name='author',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='repairdraft',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='repairdraft',
            name='repair',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.repair'),
        ),
        migrations.AddField(
            model_name='rule',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='ruleversion',
            name='campaign',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rule_versions', to='attribution.campaign'),
        ),
        migrations.AddField(
            model_name='ruleversion',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='attribution.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='ruleversion',
            name='repair',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='attribution.repair'),
        ),
        migrations.AddField(
            model_name='ruleversion',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='attribution.rule'),
        ),
        migrations.AddIndex(
            model_name='reading',
            index=models.Index(fields=['company', 'campaign_key'], name='reading_company_key'),
        ),
        migrations.AddIndex(
            model_name='reading',
            index=models.Index(fields=['company', 'campaign', 'reason'], name='reading_company_place'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('company', 'digest', 'captured_reason'), name='reading_open_unique'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('campaign__isnull', False), ('reason', '')), models.Q(('campaign__isnull', True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='reading_campaign_or_reason'),
        ),
        migrations.AddIndex(
            model_name='repair',
            index=models.Index(fields=['company', '-id'], name='repair_company_latest'),
        ),
        migrations.AddIndex(
            model_name='readingmove',
            index=models.Index(fields=['company', 'reading', '-id'], name='readingmove_latest'),
        ),
        migrations.AddIndex(
            model_name='pin',
            index=models.Index(fields=['company', 'reading', '-id'], name='pin_latest'),
        ),
        migrations.AddConstraint(
            model_name='pin',
            constraint=models.UniqueConstraint(fields=('repair', 'reading'), name='pin_repair_reading'),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=models.Index(fields=['company', 'lead', '-id'], name='correction_latest'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.UniqueConstraint(fields=('repair', 'lead'), name='correction_repair_lead'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('source__isnull', False), ('medium__isnull', False), ('sets_campaign', True), _connector='OR'), name='correction_sets_something'),
        ),
        migrations.AddIndex(
            model_name='campaignchange',
            index=models.Index(fields=['company', 'campaign', '-id'], name='campaignchange_latest'),
        ),
        migrations.AddConstraint(
            model_name='campaignchange',
            constraint=models.UniqueConstraint(fields=('repair', 'campaign', 'field'), name='campaignchange_repair_field'),
        ),
        migrations.AddIndex(
            model_name='repairdraft',
            index=models.Index(fields=['company', 'made_at'], name='repairdraft_company_made'),
        ),
        migrations.AddIndex(
            model_name='rule',
            index=models.Index(fields=['company', 'field'], name='rule_company_field'),
        ),
        migrations.AddIndex(
            model_name='ruleversion',
            index=models.Index(fields=['company', 'rule', '-id'], name='ruleversion_latest'),
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.UniqueConstraint(fields=('repair', 'rule'), name='ruleversion_repair_rule'),
        ),
    ]
