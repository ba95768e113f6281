"""What remains of a meeting: the minutes, all meetings, all decisions, and that one of them is done."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from duzhan.base.clock.instants import now
from duzhan.base.errors import NotFound, Refused
from duzhan.base.ui.paging import page_of

from ... import rules
from ...actions import meetings as actions
from ...forms import DoneForm
from ...models import Meeting
from ...queries import agenda as agendas
from .shown import REASONS, line_of, meeting_for, spoken_text


@login_required
@require_GET
def minutes(request, pk):
    """纪要: the paper of a meeting that was held, for those who take part in the meetings."""
    meeting = meeting_for(request.user, pk)
    if meeting.stage != Meeting.Stage.HELD:
        raise NotFound()
    at = now()
    hearings = meeting.hearings.select_related("group", "reported_by").order_by("group_id")
    words = {each.group.name: each for each in hearings}
    turns = [turn | {"hearing": words.get(turn["group"])} for turn in meeting.minutes["turns"]]
    context = {
        "meeting": meeting,
        "operation": meeting.operation,
        "turns": [turn | {"spoken": turn["hearing"] and spoken_text(turn["hearing"], at)} for turn in turns],
        "before": meeting.minutes["before"],
        "decided": [line_of(each, at) for each in agendas.decisions_of(meeting)],
        "reasons": REASONS,
    }
    return render(request, "briefing/minutes.html", context)


@login_required
@require_GET
def meeting_list(request):
    """The meetings of the current operation, newest first."""
    operation = request.operation
    if operation is None:
        return render(request, "briefing/none.html", {"title": _("晚间调度会")})
    rules.JOINS_MEETING.check(request.user, operation)
    rows = operation.meetings.select_related("chair").annotate(decided=Count("decisions", distinct=True))
    page = page_of(rows, ("-starts_at", "-pk"), request.GET)
    return render(request, "briefing/meetings.html", {"page": page, "stages": Meeting.Stage})


@login_required
@require_GET
def decision_list(request):
    """Everything that was decided in the current operation, newest first; those given to one's own body for a unit."""
    operation, at = request.operation, now()
    if operation is None:
        return render(request, "briefing/none.html", {"title": _("会议决定")})
    page = page_of(agendas.decisions_visible_to(request.user, operation), ("-decided_at", "-pk"), request.GET)
    context = {"page": page, "lines": [line_of(each, at) for each in page.rows], "at": at}
    return render(request, "briefing/decisions.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def done(request, pk):
    """报落实: a task of the meeting is done."""
    decision = agendas.decision_for(request.user, pk)
    form = DoneForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            key = form.cleaned_data["request_key"]
            actions.report_done(decision, by=request.user, note=form.cleaned_data["note"], request_key=key)
            messages.success(request, _("已报落实，今晚会上自动回报。"))
            return redirect("decision-list")
    except Refused as refused:
        form.refuse(refused)
    why_not = rules.why_not_done(request.user, decision)
    context = {"decision": decision, "line": line_of(decision, now()), "form": form, "why_not": why_not}
    return render(request, "briefing/done.html", context, status=400 if form.errors else 200)
