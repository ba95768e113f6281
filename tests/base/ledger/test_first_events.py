"""Rows from before they were recorded: taken in once, by a migration, and from then on guarded like all others."""

from importlib import import_module

from django.apps import apps
from django.db import connection

from duzhan.base.ledger import triggers
from duzhan.base.ledger.actions import seal
from duzhan.base.ledger.models import Event, subjects
from duzhan.base.ledger.proof import FIRST
from duzhan.base.ledger.verify import verify
from duzhan.people.actions import issue_token
from duzhan.places.actions import post_at_point

APPS = {
    "people": ("0004_first_events", ("body", "person", "token")),
    "places": ("0003_first_events", ("area", "point", "point_post")),
}


def test_rows_of_before_are_taken_in_as_they_stand(cast):
    issue_token(cast.office, "接口", by=cast.office)
    post_at_point(cast.points["station"], cast.unit, "点长", by=cast.office)
    kinds = [kind for _migration, told in APPS.values() for kind in told]
    forget(kinds)
    assert {str(fault).partition(": ")[2] for fault in verify()} >= {"有这一行，却没有任何事件"}
    for app, (migration, _kinds) in APPS.items():
        import_module(f"duzhan.{app}.migrations.{migration}").first_events(apps, None)
    seal()
    assert [str(fault) for fault in verify()] == []
    for kind in kinds:
        rows = subjects()[kind].objects
        events = Event.objects.filter(subject_kind=kind)
        assert {event.kind for event in events} == {f"{kind}.take_in"}
        assert {(event.actor, event.via, event.book) for event in events} == {(None, "system", 0)}
        assert events.count() == rows.count()
    salts = subjects()["person"].objects.values_list("salt", flat=True)
    assert len(set(salts)) == len(salts) and all(len(salt) == 32 for salt in salts)


def forget(kinds):
    """Back to before: no event of these, nothing in the rows that ties them to one."""
    triggers.lift_triggers(connection)
    with connection.cursor() as cursor:
        of_these = f"SELECT id FROM ledger_event WHERE subject_kind IN ({', '.join(['%s'] * len(kinds))})"
        cursor.execute(f"DELETE FROM ledger_tail WHERE event_id IN ({of_these})", kinds)
        cursor.execute(f"DELETE FROM ledger_event WHERE id IN ({of_these})", kinds)
    for kind in kinds:
        told = {"seq": 0, "head": FIRST, "changed_at": None, "known_at": None}
        told |= {"salt": ""} if subjects()[kind].sealed_fields else {}
        subjects()[kind].objects.update(**told)
