from django.db import migrations


class Migration(migrations.Migration):
    """The one look at a thing goes by another key: each thing is looked at once more when it is met again."""

    dependencies = [
        ('ledger', '0007_late_events_by_how_late'),
    ]

    operations = [
        migrations.RunSQL("DELETE FROM ledger_met WHERE axis = 'each'", migrations.RunSQL.noop),
    ]
