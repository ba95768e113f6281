from django.db import migrations


def know_together(apps, schema_editor):
    """So that PostgreSQL knows that a unit's problems lie in its areas; taken apart, it guesses twenty times too few."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE STATISTICS problem_units_by_area (dependencies, mcv) ON area_path, unit_id FROM problems_problem"
        )


def know_apart(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP STATISTICS problem_units_by_area")


class Migration(migrations.Migration):
    dependencies = [("problems", "0006_open_apart")]
    operations = [migrations.RunPython(know_together, know_apart)]
