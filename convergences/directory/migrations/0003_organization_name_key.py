"""The name of an organization as one looks for it: without accents or case."""

from typing import Any

from django.db import migrations, models

from convergences.foundations.text import searchable

LOT = 500


def fill(apps: Any, _schema: Any) -> None:
    """Write the key of every organization already declared."""
    organization = apps.get_model("directory", "Organization")
    lot = []
    for each in organization.objects.only("pk", "name").iterator(chunk_size=LOT):
        each.name_key = searchable(each.name)
        lot.append(each)
        if len(lot) == LOT:
            organization.objects.bulk_update(lot, ["name_key"])
            lot = []
    organization.objects.bulk_update(lot, ["name_key"])


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_referent_since")]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="name_key",
            field=models.CharField(default="", editable=False, max_length=320),
        ),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(fields=["name_key", "id"], name="organization_by_name"),
        ),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(fields=["department", "name_key"], name="organization_by_department"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
