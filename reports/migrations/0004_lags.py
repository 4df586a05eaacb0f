"""Life tables: how long leads wait for their bookings."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0010_capture_found'),
        ('reports', '0003_spend_by_line'),
    ]

    operations = [
        migrations.CreateModel(
            name='LagMade',
            fields=[
                ('company', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='attribution.company')),
                ('made_on', models.DateField()),
                ('first_day', models.DateField()),
                ('every', models.IntegerField()),
                ('leads', models.IntegerField()),
            ],
            options={
                'db_table': 'lag_made',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='LagDay',
            fields=[
                ('pk', models.CompositePrimaryKey('company', 'channel', 'outcome', 'days', blank=True, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(max_length=20)),
                ('outcome', models.CharField(choices=[('booked', 'Booked'), ('completed', 'Completed'), ('cancelled', 'Cancelled')], max_length=9)),
                ('days', models.IntegerField()),
                ('at_risk', models.IntegerField()),
                ('events', models.IntegerField()),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='attribution.company')),
            ],
            options={
                'db_table': 'lag_day',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
    ]
