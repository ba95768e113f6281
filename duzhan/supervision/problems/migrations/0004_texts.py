from django.db import migrations, models

from duzhan.supervision.problems.texts import set_up, take_down


def forwards(apps, schema_editor):
    set_up(schema_editor.connection)


def backwards(apps, schema_editor):
    take_down(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("problems", "0003_lists")]
    operations = [
        migrations.CreateModel(
            name="Unread",
            fields=[("problem_id", models.BigIntegerField(primary_key=True, serialize=False))],
        ),
        migrations.RunPython(forwards, backwards),
    ]
