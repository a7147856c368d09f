"""A ticket's visit was indexed twice: as a foreign key, and by name. Each ticket wrote both."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cas", "0001_initial")]

    operations = [migrations.RemoveIndex(model_name="ticket", name="cas_ticket_visit")]
