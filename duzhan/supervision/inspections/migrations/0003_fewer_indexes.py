import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inspections', '0002_initial'),
        ('operations', '0003_first_events'),
        ('places', '0003_first_events'),
    ]

    operations = [
        migrations.AlterField(
            model_name='visit',
            name='area',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='places.area'),
        ),
        migrations.AlterField(
            model_name='visit',
            name='operation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='operations.operation'),
        ),
        migrations.AlterField(
            model_name='visit',
            name='point',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='places.point'),
        ),
    ]
