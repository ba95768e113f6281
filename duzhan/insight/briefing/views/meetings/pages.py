"""晚间调度会: whose turn it is, their numbers, what is to be decided; on the desk and on the screen in the room."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from duzhan.base.clock.instants import now

from ... import rules
from ...models import Meeting
from ...queries import agenda as agendas
from .shown import agenda_of, context_of, meeting_for, show, turn_of


@login_required
@require_GET
def tonight(request):
    """The meeting of the current operation's day: the one that is planned, open or held, or what it would go through."""
    operation, at = request.operation, now()
    if operation is None:
        return render(request, "briefing/none.html", {"title": _("晚间调度会")})
    day = agendas.today(operation, at)
    meeting = agendas.meeting_on(operation, day)
    if meeting is None:
        rules.JOINS_MEETING.check(request.user, operation, at)
        return show(request, operation, day, None, at)
    return redirect("meeting-detail", meeting.pk)


@login_required
@require_GET
def detail(request, pk):
    """A meeting in session or to come; one that was held is its minutes."""
    meeting, at = meeting_for(request.user, pk), now()
    if meeting.stage == Meeting.Stage.HELD:
        return redirect("meeting-minutes", pk)
    return show(request, meeting.operation, meeting.day, meeting, at)


@login_required
@require_GET
def screen(request, pk):
    """The same turn for the screen in the room: group, numbers, time, what is late, legible from four metres."""
    meeting, at = meeting_for(request.user, pk), now()
    told = agenda_of(request.user, meeting.operation, meeting.day, meeting, at)
    turn = turn_of(request, told)
    context = context_of(request, meeting.operation, meeting.day, meeting, told, turn, at)
    return render(request, "briefing/screen.html", context)
