"""补记: what took effect before a frozen report's cut-off and was recorded after the report was frozen (M111)."""

from django.db.models import Q

from duzhan.base.ledger.cells import hour_of
from duzhan.base.ledger.models import Event
from duzhan.supervision.problems.flow import MOVES

KINDS = (
    *(move.kind for move in MOVES.values()), "problem.find", "visit.record", "help.ask", "help.answer", "group.form",
    "group.stand_down", "membership.post", "membership.release",
)  # fmt: skip


def late_events(report, known_at=None):
    """The events that a version of a report does not know (None: as frozen). The index of late events finds them."""
    hour = hour_of(report.cut_off_at)  # recorded within the hour in which it happened, an event is not marked as late
    found = Q(late=True) | Q(at__gte=hour)
    return Event.objects.filter(
        found, book=report.operation_id, at__lte=report.cut_off_at, recorded_at__gt=known_at or report.figures_known_at,
        kind__in=KINDS,
    ).order_by("at", "recorded_at")  # fmt: skip
