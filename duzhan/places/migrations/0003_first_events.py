from django.db import migrations

from duzhan.base.ledger.first_events import take_in


def first_events(apps, _schema_editor):
    take_in(
        apps, "places.Area", "area", ("path", "depth", "name", "short_name", "code", "level"),
        dimensions=lambda area: {"area": area.path},
    )
    take_in(
        apps, "places.Point", "point",
        ("name", "kind", "area_id", "area_path", "body_id", "address", "lat", "lon", "datum", "is_open", "is_demo"),
        dimensions=lambda point: {
            "area": point.area_path, "place": point.pk, "place_kind": point.kind,
        },
    )
    take_in(
        apps, "places.PointPost", "point_post", ("point_id", "person_id", "duty", "starts_at", "ends_at"),
        dimensions=lambda post: {"place": post.point_id},
    )


class Migration(migrations.Migration):
    """Areas, points and duties that were there before are taken into the ledger as they stand."""

    dependencies = [("places", "0002_recorded"), ("ledger", "0003_event_met")]

    operations = [migrations.RunPython(first_events, migrations.RunPython.noop)]
