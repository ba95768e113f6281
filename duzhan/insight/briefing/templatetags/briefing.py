"""{% load briefing %}: tonight's meeting as a panel and as one line, for the home page and the wall."""

from django import template

from duzhan.base.clock.instants import day_of

from ..models import Hearing, Meeting
from ..queries import agenda

register = template.Library()


def _tonight(operation, at):
    """The meeting of the day of `at`: how many groups have reported in, what they ask, what became of last night."""
    meeting = agenda.meeting_on(operation, day_of(at, operation.tz))
    hearings = list(meeting.hearings.select_related("group").order_by("group_id")) if meeting else []
    before = agenda.decisions_before(operation, day_of(at, operation.tz))
    return {
        "operation": operation,
        "meeting": meeting,
        "at": at,
        "is_open": meeting is not None and meeting.stage == Meeting.Stage.OPEN,
        "is_held": meeting is not None and meeting.stage == Meeting.Stage.HELD,
        "reported": sum(each.reported_at is not None for each in hearings),
        "heard": sum(each.stage == Hearing.Stage.HEARD for each in hearings),
        "groups": len(hearings),
        "silent": [each.group for each in hearings if each.reported_at is None],
        "asks": sum(len(each.asks) for each in hearings),
        "before_all": len(before),
        "before_done": sum(agenda.is_done(each) for each in before),
        "before_late": sum(agenda.is_late(each, at) for each in before),
        "in_time": meeting.starts_at - at if meeting and meeting.starts_at > at else None,
    }


@register.inclusion_tag("briefing/parts/tonight.html")
def tonight(operation, at):
    """The panel 今晚调度会."""
    return _tonight(operation, at)


@register.inclusion_tag("briefing/parts/tonight_line.html")
def tonight_line(operation, at):
    """The same in one line, for the foot of the wall."""
    return _tonight(operation, at)
