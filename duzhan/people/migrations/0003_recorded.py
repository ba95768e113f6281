import django.contrib.auth.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import duzhan.base.ledger.models

FIRST = "0" * 64


class Migration(migrations.Migration):
    """Bodies, persons and keys stand in the ledger: the columns that tie them to it."""

    dependencies = [("people", "0002_token")]

    operations = [
        migrations.AlterModelOptions(name="person", options={}),
        migrations.AddField(model_name="body", name="seq", field=models.PositiveIntegerField(default=0, editable=False)),
        migrations.AddField(model_name="body", name="head", field=models.CharField(default=FIRST, editable=False, max_length=64)),
        migrations.AddField(model_name="body", name="changed_at", field=models.DateTimeField(editable=False, null=True)),
        migrations.AddField(model_name="body", name="known_at", field=models.DateTimeField(editable=False, null=True)),
        migrations.AddField(model_name="person", name="seq", field=models.PositiveIntegerField(default=0, editable=False)),
        migrations.AddField(model_name="person", name="head", field=models.CharField(default=FIRST, editable=False, max_length=64)),
        migrations.AddField(model_name="person", name="changed_at", field=models.DateTimeField(editable=False, null=True)),
        migrations.AddField(model_name="person", name="known_at", field=models.DateTimeField(editable=False, null=True)),
        migrations.AddField(model_name="token", name="seq", field=models.PositiveIntegerField(default=0, editable=False)),
        migrations.AddField(model_name="token", name="head", field=models.CharField(default=FIRST, editable=False, max_length=64)),
        migrations.AddField(model_name="token", name="changed_at", field=models.DateTimeField(editable=False, null=True)),
        migrations.AddField(model_name="token", name="known_at", field=models.DateTimeField(editable=False, null=True)),
        # empty first: one default would be one salt for all
        migrations.AddField(model_name="person", name="salt", field=models.CharField(default="", editable=False, max_length=32)),
        migrations.AlterField(
            model_name="person", name="salt",
            field=models.CharField(default=duzhan.base.ledger.models.new_salt, editable=False, max_length=32),
        ),
        migrations.AlterField(
            model_name="token", name="person",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tokens", to=settings.AUTH_USER_MODEL),
        ),
    ]
