"""Employers of one kind, the centre first of all, are found without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0003_organization_name_key'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='organization',
            index=models.Index(fields=['kind', 'name_key'], name='organization_by_kind'),
        ),
    ]
