"""What is asked of employers after elections."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_letters_in_volumes"),
        ("directory", "0006_referent_terms_and_presence"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("told_at", models.DateTimeField()),
                ("late_told_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Reconfirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reason", models.CharField(max_length=120)),
                ("deadline", models.DateField()),
                ("filters", models.JSONField(default=dict)),
                ("cursor", models.BigIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(blank=True, default="", max_length=200)),
                ("finished_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.AddIndex(
            model_name="mandate",
            index=models.Index(
                condition=models.Q(("ended_on__isnull", True), ("to_confirm_by__isnull", False)),
                fields=["to_confirm_by"],
                name="mandate_to_confirm",
            ),
        ),
        migrations.AddField(
            model_name="recall",
            name="organization",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.organization"
            ),
        ),
        migrations.AddIndex(
            model_name="reconfirmation",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", True), ("withdrawn_at__isnull", True)),
                fields=["created_at"],
                name="reconfirmation_under_way",
            ),
        ),
        migrations.AddField(
            model_name="recall",
            name="reconfirmation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="recalls", to="campaigns.reconfirmation"
            ),
        ),
        migrations.AddIndex(
            model_name="recall",
            index=models.Index(
                condition=models.Q(("late_told_at__isnull", True)),
                fields=["reconfirmation"],
                name="recall_not_late_yet",
            ),
        ),
    ]
