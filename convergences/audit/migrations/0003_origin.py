"""Where the journal begins once its oldest events are purged; the triggers let go of those, and of nothing else."""

from django.db import migrations, models

from convergences.audit import triggers


def install(_apps, schema_editor):
    triggers.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="AuditOrigin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.BigIntegerField(default=0)),
                ("seal", models.CharField(default="", max_length=64)),
                ("events", models.BigIntegerField(default=0)),
                ("anomalies", models.BigIntegerField(default=0)),
                ("until", models.DateTimeField(null=True)),
                ("code", models.CharField(default="", max_length=64)),
            ],
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
