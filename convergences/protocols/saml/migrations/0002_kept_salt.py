"""The salt of an application outlives its connection."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("saml", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="KeptSalt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("salt", models.CharField(max_length=64)),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.application"
                    ),
                ),
            ],
        ),
    ]
