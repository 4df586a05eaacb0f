"""Files of exchange rates are recorded as imports; bookings in other currencies are found quickly."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0007_money_of_the_day'),
    ]

    operations = [
        migrations.AlterField(
            model_name='importrun',
            name='kind',
            field=models.CharField(choices=[('leads', 'Leads'), ('bookings', 'Bookings'), ('spend', 'Spend'), ('rates', 'Exchange rates')], max_length=10, verbose_name='what'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('original_minor__isnull', False)), fields=['company', 'lead'], name='booking_other_currency'),
        ),
    ]
