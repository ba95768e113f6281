from django.db import migrations

from duzhan.supervision.problems.texts import set_up, take_down


def read_anew(apps, schema_editor):
    """The index of letters is made again, and every problem put down as unread: the worker reads them in."""
    take_down(schema_editor.connection)
    set_up(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("problems", "0005_narrow_rights")]
    operations = [migrations.RunPython(read_anew, read_anew)]
