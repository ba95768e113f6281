from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("problems", "0007_units_by_area")]
    operations = [
        migrations.RemoveIndex(model_name="problem", name="problem_by_stage_and_area"),
        migrations.AddIndex(
            model_name="problem",
            index=models.Index(
                fields=["operation", "stage", "area_path", "-id"],
                name="problem_by_stage_and_area",
                include=("klass", "found_by", "unit", "handed_over_at", "due_at", "paused_at"),
                opclasses=["", "", "varchar_pattern_ops", ""],
            ),
        ),
    ]
