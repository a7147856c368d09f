"""Since when an agent is référent: what a grace is counted from. Who is one already begins today."""

from typing import Any

from django.db import migrations, models
from django.utils import timezone


def begin_today(apps: Any, _schema_editor: Any) -> None:
    """Give those who are référents before this version the whole of the grace."""
    apps.get_model("directory", "Membership").objects.filter(profile="referent").update(referent_since=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]

    operations = [
        migrations.AddField("membership", "referent_since", models.DateTimeField(null=True)),
        migrations.RunPython(begin_today, migrations.RunPython.noop),
    ]
