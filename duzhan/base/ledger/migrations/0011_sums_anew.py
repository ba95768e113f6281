from django.db import migrations

from duzhan.base.ledger import rollups


def add_up(apps, schema_editor):
    if apps.get_model("ledger", "Entry").objects.exists():
        rollups.rebuild()


class Migration(migrations.Migration):
    """Sums of five minutes, of months and of late events: what is settled is added up once more."""

    dependencies = [
        ("ledger", "0010_finer_sums"),
    ]

    operations = [
        migrations.RunPython(add_up, migrations.RunPython.noop),
    ]
