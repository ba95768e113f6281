from django.db import migrations

from duzhan.base.ledger.triggers import lift_triggers, set_triggers


def forwards(apps, schema_editor):
    set_triggers(schema_editor.connection)


def backwards(apps, schema_editor):
    lift_triggers(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
