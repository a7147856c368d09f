"""When the engineers were last told that a description ends."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("saml", "0002_kept_salt")]

    operations = [migrations.AddField("serviceprovider", "warned_at", models.DateTimeField(null=True))]
