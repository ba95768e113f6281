from django.db import migrations, models

FIRST = "0" * 64


class Migration(migrations.Migration):
    """Areas, points and duties at points stand in the ledger: the columns that tie them to it."""

    dependencies = [("places", "0001_initial")]

    operations = [
        migrations.AddField(model_name="area", name="seq", field=models.PositiveIntegerField(default=0, editable=False)),
        migrations.AddField(model_name="area", name="head", field=models.CharField(default=FIRST, editable=False, max_length=64)),
        migrations.AddField(model_name="area", name="changed_at", field=models.DateTimeField(editable=False, null=True)),
        migrations.AddField(model_name="area", name="known_at", field=models.DateTimeField(editable=False, null=True)),
        migrations.AddField(model_name="point", name="seq", field=models.PositiveIntegerField(default=0, editable=False)),
        migrations.AddField(model_name="point", name="head", field=models.CharField(default=FIRST, editable=False, max_length=64)),
        migrations.AddField(model_name="point", name="changed_at", field=models.DateTimeField(editable=False, null=True)),
        migrations.AddField(model_name="point", name="known_at", field=models.DateTimeField(editable=False, null=True)),
        migrations.AddField(model_name="pointpost", name="seq", field=models.PositiveIntegerField(default=0, editable=False)),
        migrations.AddField(model_name="pointpost", name="head", field=models.CharField(default=FIRST, editable=False, max_length=64)),
        migrations.AddField(model_name="pointpost", name="changed_at", field=models.DateTimeField(editable=False, null=True)),
        migrations.AddField(model_name="pointpost", name="known_at", field=models.DateTimeField(editable=False, null=True)),
    ]
