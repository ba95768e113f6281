from django.db import migrations

from duzhan.base.ledger.first_events import take_in

SEALED = ("username", "name", "email", "password", "salt")


def first_events(apps, _schema_editor):
    take_in(
        apps, "people.Body", "body", ("name", "short_name", "kind", "parent_id", "area", "is_demo"),
        dimensions=lambda body: {"area": body.area},
    )
    take_in(
        apps, "people.Person", "person", (*SEALED, "is_active", "is_staff", "is_superuser", "is_demo"), sealed=SEALED
    )
    take_in(
        apps, "people.Token", "token", ("person_id", "name", "digest", "created_at", "expires_at", "revoked_at")
    )


class Migration(migrations.Migration):
    """Bodies, persons and keys that were there before are taken into the ledger as they stand."""

    dependencies = [("people", "0003_recorded"), ("ledger", "0003_event_met")]

    operations = [migrations.RunPython(first_events, migrations.RunPython.noop)]
