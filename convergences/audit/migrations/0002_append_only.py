"""The database refuses to change or remove an event; the head of the chain has its one row."""

from django.db import migrations

from convergences.audit import sealing, triggers


def install(apps, schema_editor):
    beginning = sealing.head_seal(sealing.keys()[0], 0, "")
    apps.get_model("audit", "AuditHead").objects.get_or_create(pk=1, defaults={"sequence": 0, "seal": beginning})
    triggers.install(schema_editor.connection)


def remove(_apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
