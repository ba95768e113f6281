from django.db import migrations

from duzhan.base.ledger.first_events import take_in


def first_events(apps, _schema_editor):
    take_in(
        apps, "operations.Operation", "operation", ("is_demo",), book=lambda operation: operation.pk,
        dimensions=lambda operation: {"area": operation.area_path},
    )


class Migration(migrations.Migration):
    """Whether an operation is a demo decides whose clock it keeps: that is recorded from now on."""

    dependencies = [("operations", "0002_initial"), ("ledger", "0003_event_met")]

    operations = [migrations.RunPython(first_events, migrations.RunPython.noop)]
