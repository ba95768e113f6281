from django.db import migrations, models


def guess_areas_well(apps, schema_editor):
    """So that PostgreSQL knows how many rows lie below each of the larger areas; by ranges it guesses twenty times wrong."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE problems_problem ALTER area_path SET STATISTICS 500")


def guess_areas_as_usual(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE problems_problem ALTER area_path SET STATISTICS -1")


class Migration(migrations.Migration):
    dependencies = [("problems", "0004_texts")]
    operations = [
        migrations.RemoveIndex(model_name="problem", name="problem_by_unit"),
        migrations.AddIndex(
            model_name="problem",
            index=models.Index(
                fields=["unit", "stage", "operation", "-id", "area_path"],
                name="problem_of_unit",
                condition=models.Q(("handed_over_at__isnull", False)),
                include=("due_at", "paused_at"),
                opclasses=["", "", "", "", "varchar_pattern_ops"],
            ),
        ),
        migrations.RunPython(guess_areas_well, guess_areas_as_usual),
    ]
