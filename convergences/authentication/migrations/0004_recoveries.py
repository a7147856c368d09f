from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0001_initial"),
        ("authentication", "0003_change_details"),
    ]

    operations = [
        migrations.AddField(
            model_name="recovery",
            name="address_digest",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AlterField(
            model_name="recovery",
            name="started_by",
            field=models.ForeignKey(
                null=True, on_delete=models.deletion.PROTECT, related_name="+", to="directory.agent"
            ),
        ),
        migrations.AlterField(
            model_name="securitychange",
            name="kind",
            field=models.CharField(
                choices=[
                    ("totp_added", "Application de codes ajoutée"),
                    ("totp_removed", "Application de codes retirée"),
                    ("passkey_added", "Clé d’accès ajoutée"),
                    ("passkey_removed", "Clé d’accès retirée"),
                    ("codes_made", "Codes de secours créés"),
                    ("recovery_started", "Récupération demandée"),
                    ("recovery_opened", "Récupération possible"),
                    ("recovery_finished", "Récupération terminée"),
                ],
                max_length=20,
            ),
        ),
    ]
