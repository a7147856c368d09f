"""Référents whose last day is known; when correspondants can be reached, and who replaces them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0005_merged_organizations"),
    ]

    operations = [
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hours", models.CharField(blank=True, default="", max_length=120)),
                ("absent_from", models.DateField(null=True)),
                ("absent_until", models.DateField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="membership",
            name="referent_until",
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("referent_until__isnull", False)),
                fields=["referent_until"],
                name="member_referent_until",
            ),
        ),
        migrations.AddField(
            model_name="presence",
            name="agent",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="presence", to="directory.agent"
            ),
        ),
        migrations.AddField(
            model_name="presence",
            name="replaced_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="directory.agent"
            ),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("absent_from__isnull", True), ("absent_until__isnull", True)),
                    models.Q(
                        ("absent_from__isnull", False),
                        ("absent_until__gte", models.F("absent_from")),
                        ("absent_until__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="presence_dates_ordered",
            ),
        ),
    ]
