"""When a mandate was written, to be compared with since when its holder is a référent."""

from django.db import migrations, models

import convergences.foundations.clock


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0006_letter_printed_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="mandate",
            name="written_at",
            field=models.DateTimeField(default=convergences.foundations.clock.now),
        ),
    ]
