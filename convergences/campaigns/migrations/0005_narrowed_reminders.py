"""A reminder of all the silent employers of a part of a campaign."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_reconfirmations")]

    operations = [migrations.AddField("mailing", "narrowed", models.JSONField(default=dict))]
