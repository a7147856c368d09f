from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authentication", "0004_recoveries"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_digest", models.CharField(blank=True, default="", max_length=64)),
                ("code_expires_at", models.DateTimeField()),
                ("code_tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=models.deletion.CASCADE, related_name="+", to="authentication.session"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["code_expires_at"], name="mail_code_expiry")],
            },
        ),
    ]
