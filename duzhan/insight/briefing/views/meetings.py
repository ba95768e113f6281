"""晚间调度会: whose turn it is, their numbers, what is to be decided; a decision is written where it is heard."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput, NotFound, Refused
from duzhan.base.ui.paging import page_of
from duzhan.insight.figures.catalogue import CATALOGUE
from duzhan.operations.queries import slice_for
from duzhan.people.models import Group, Person, Post, Role, running
from duzhan.supervision.problems.queries import visible_to

from .. import rules
from ..actions import meetings as actions
from ..forms import ASKS, BeginForm, DecisionForm, DoneForm, WordsForm
from ..models import Decision, Hearing, Meeting
from ..queries import agenda as agendas
from ..queries.day import NEW
from .links import records_url

MINUTES_EACH = 5  # what a group has to speak, as a rule
REASONS = {
    "late": gettext_lazy("超期"),
    "due": gettext_lazy("今晚到期"),
    "sent_back": gettext_lazy("退回"),
    "relapsed": gettext_lazy("复发"),
    "over_enforcement": gettext_lazy("过度防控"),
}
OFFERED = ("press", "extend", "transfer")  # kinds of decision that stand beside a problem in progress
LABELS = {
    "press": gettext_lazy("督办"),
    "extend": gettext_lazy("准予延期"),
    "transfer": gettext_lazy("转办"),
    "hand_over": gettext_lazy("交办"),
}


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
        return _show(request, operation, day, None, at)
    return redirect("meeting-detail", meeting.pk)


@login_required
@require_GET
def detail(request, pk):
    """A meeting in session or to come; one that was held is its minutes."""
    meeting, at = _meeting(request.user, pk), now()
    if meeting.stage == Meeting.Stage.HELD:
        return redirect("meeting-minutes", pk)
    return _show(request, meeting.operation, meeting.day, meeting, at)


@login_required
@require_GET
def screen(request, pk):
    """The same turn for the screen in the room: group, numbers, time, what is late, legible from four metres."""
    meeting, at = _meeting(request.user, pk), now()
    told = _agenda(request.user, meeting.operation, meeting.day, meeting, at)
    turn = _turn(request, told)
    context = _context(request, meeting.operation, meeting.day, meeting, told, turn, at)
    return render(request, "briefing/screen.html", context)


def _meeting(person, pk):
    """A meeting whose operation this person takes part in. Raises NotFound."""
    meeting = Meeting.objects.select_related("operation", "chair", "recorder").filter(pk=pk).first()
    if meeting is None or not rules.JOINS_MEETING(person, meeting.operation):
        raise NotFound()
    return meeting


def _agenda(person, operation, day, meeting, at):
    return agendas.agenda(
        operation, day, at=at, meeting=meeting, slice=slice_for(person, operation, at), problems=visible_to(person, at)
    )


def _show(request, operation, day, meeting, at, *, form=None, words=None, begin=None, status=200):
    told = _agenda(request.user, operation, day, meeting, at)
    turn = _turn(request, told)
    context = _context(request, operation, day, meeting, told, turn, at)
    if meeting and meeting.stage == Meeting.Stage.OPEN:
        context |= _deciding(request, meeting, turn, form)
    elif meeting is None or meeting.stage == Meeting.Stage.PLANNED:
        context["begin_form"] = begin or _begin_form(operation, at)
    context["words_form"] = words or _words_form(request.user, operation, meeting, turn, at)
    return render(request, "briefing/meeting.html", context, status=status)


def _context(request, operation, day, meeting, told, turn, at):
    decided = agendas.decisions_of(meeting) if meeting else []
    is_open = meeting is not None and meeting.stage == Meeting.Stage.OPEN
    leads = rules.HOLDS_MEETING(request.user, operation, at)
    done = [each for each in told.before if agendas.is_done(each)]
    return {
        "operation": operation,
        "day": day,
        "meeting": meeting,
        "at": at,
        "turns": told.turns,
        "turn": turn and _told(turn, at, leads and is_open),
        "heard": sum(each.hearing is not None and each.hearing.stage == Hearing.Stage.HEARD for each in told.turns),
        "groups": sum(each.group is not None for each in told.turns),
        "spoken": turn and turn.hearing and spoken_text(turn.hearing, at),
        "limit": MINUTES_EACH,
        "decided": [_line(each, at) for each in decided],
        "before": [_line(each, at) for each in told.before if not agendas.is_done(each)],
        "before_done": len(done),
        "before_all": len(told.before),
        "leads": leads,
        "is_open": is_open,
        "why_not": rules.HOLDS_MEETING.why_not(request.user, operation, at),
    }


def _turn(request, told):
    """The turn that is looked at: the one named in the address, else who speaks, else who is next."""
    wanted = request.GET.get("group", "")
    named = told.turn_of(int(wanted)) if wanted.isascii() and wanted.isdigit() else None
    return named or next(iter(sorted(told.turns, key=_order)), None)


_NEXT = {Hearing.Stage.SPEAKING: 0, Hearing.Stage.AWAITED: 1, Hearing.Stage.HEARD: 2}


def _order(turn):
    return _NEXT[turn.hearing.stage] if turn.hearing else 3


@dataclass(frozen=True)
class Told:
    """A turn as the page shows it."""

    turn: object
    figures: list
    items: list
    asks: list


DAY_LABELS = {
    "inspections": gettext_lazy("今日走访"),
    "problems_handed_over": gettext_lazy("今日交办"),
    "problems_rectified": gettext_lazy("今日整改"),
    "problems_in_progress": gettext_lazy("正在整改"),
}


def _day_figures(turn, at):
    """The four numbers of a group's day; what stands open leads to its records."""
    overdue = turn.figures["problems_overdue"]
    return [
        {
            "label": label,
            "value": turn.figures[key],
            "unit": CATALOGUE[key].unit,
            "url": "" if key in NEW else records_url(key, as_of=at, known_at=at, group=turn.group.pk),
            "late": _("%(n)s 个超期") % {"n": overdue} if key == "problems_in_progress" and overdue else "",
        }
        for key, label in DAY_LABELS.items()
    ]


def _told(turn, at, may_decide):
    items = [
        {
            "problem": item.problem,
            "reasons": [{"text": REASONS[reason], "late": reason == "late"} for reason in item.reasons],
            "acts": [
                {"label": LABELS[kind], "url": f"?group={_pk(turn)}&kind={kind}&problem={item.problem.number}#decide"}
                for kind in _offered(item.problem)
            ] if may_decide else [],
        }
        for item in turn.items
    ]  # fmt: skip
    asks = turn.hearing.asks if turn.hearing else []
    figures = _day_figures(turn, at) if turn.group else []
    return Told(turn, figures, items, [{"number": number, "text": ask} for number, ask in enumerate(asks)])


def _pk(turn):
    return turn.group.pk if turn.group else ""


def _offered(problem):
    if problem.stage == "found":
        return ("hand_over",)
    return OFFERED if problem.is_in_progress else ()


def spoken_text(hearing, at) -> str:
    """How long a group has spoken: `2分40秒`."""
    seconds = hearing.seconds
    if hearing.stage == Hearing.Stage.SPEAKING:
        seconds += max(0, int((at - hearing.started_at).total_seconds()))
    return _("%(minutes)s分%(seconds)02d秒") % {"minutes": seconds // 60, "seconds": seconds % 60}


def _line(decision, at):
    """A decision as one line of a list."""
    return {
        "decision": decision,
        "due_at": agendas.due_of(decision),
        "is_done": agendas.is_done(decision),
        "is_late": agendas.is_late(decision, at),
    }


def _deciding(request, meeting, turn, form):
    kind = form.data.get("kind") if form else request.GET.get("kind", "task")
    kind = kind if kind in ASKS else "task"
    group = turn.group.pk if turn and turn.group else None
    if form is None:
        asks = turn.hearing.asks if turn and turn.hearing else []
        wanted = request.GET.get("ask", "")
        ask = asks[int(wanted)] if wanted.isascii() and wanted.isdigit() and int(wanted) < len(asks) else ""
        initial = {"kind": kind, "group": group, "problem": request.GET.get("problem", "")[:30], "text": ask}
        form = DecisionForm(kind, meeting, request.user, initial=initial)
    kinds = [
        {"label": label, "url": f"?group={group or ''}&kind={value}#decide", "is_current": value == kind}
        for value, label in Decision.Kind.choices
    ]
    return {"form": form, "kinds": kinds, "kind": kind}


def _begin_form(operation, at, told=None):
    return BeginForm(Person.objects.filter(pk__in=_chairs(operation, at)).order_by("pk"), told)


def _chairs(operation, at):
    """Who may be in the chair: the office's and the leaders' posts over the whole operation."""
    posts = Post.objects.filter(running(at), role__in=(Role.OFFICE, Role.LEADER))
    return {post.person_id for post in posts if post.covers(operation.area_path, operation.pk)}


def _words_form(person, operation, meeting, turn, at):
    """The form with which a group reports in, on that group's turn; None where this person does not speak for it."""
    if turn is None or turn.group is None or not rules.may_report_for(person, turn.group, operation, at):
        return None
    said = turn.hearing
    return WordsForm(initial={"words": said.words, "asks": "\n".join(said.asks)} if said else None)


# --- what is done there -----------------------------------------------------------------------------------------


def _operation(request):
    if request.operation is None:
        raise NotFound()
    return request.operation


@login_required
@require_POST
def begin(request):
    """开会: tonight's meeting is opened, and entered first where nobody has."""
    operation, at = _operation(request), now()
    form = _begin_form(operation, at, request.POST)
    day = agendas.today(operation, at)
    if not form.is_valid():
        return _show(request, operation, day, agendas.meeting_on(operation, day), at, begin=form, status=400)
    with transaction.atomic():
        meeting = actions.plan(operation, day, by=request.user)
        actions.begin(meeting, by=request.user, request_key=form.cleaned_data["request_key"], **form.said)
    return redirect("meeting-detail", meeting.pk)


@login_required
@require_POST
def report_in(request, group):
    """报到: a group's words for tonight."""
    operation, at = _operation(request), now()
    group = Group.objects.filter(operation=operation.pk, pk=group).first()
    if group is None:
        raise NotFound()
    form = WordsForm(request.POST)
    day = agendas.today(operation, at)
    if not form.is_valid():
        return _show(request, operation, day, agendas.meeting_on(operation, day), at, words=form, status=400)
    with transaction.atomic():
        meeting = actions.plan(operation, day, by=request.user)
        actions.report_in(meeting, group, by=request.user, request_key=form.cleaned_data["request_key"], **form.said)
    messages.success(request, _("%(group)s已报到。") % {"group": group})
    return redirect(f"{reverse('meeting-detail', args=[meeting.pk])}?group={group.pk}")


def _called(request, pk, group):
    meeting = _meeting(request.user, pk)
    found = Group.objects.filter(operation=meeting.operation_id, pk=group).first()
    if found is None:
        raise NotFound()
    return meeting, found


@login_required
@require_POST
def hear(request, pk, group):
    """请汇报."""
    meeting, found = _called(request, pk, group)
    actions.hear(meeting, found, by=request.user)
    return redirect("meeting-detail", pk)


@login_required
@require_POST
def heard(request, pk, group):
    """汇报完: and on to the next."""
    meeting, found = _called(request, pk, group)
    actions.heard(meeting, found, by=request.user)
    return redirect("meeting-detail", pk)


@login_required
@require_GET
def spoken(request, pk, group):
    """How long a group has spoken, asked again every few seconds by the open page."""
    meeting = _meeting(request.user, pk)
    hearing = meeting.hearings.filter(group=group).first()
    if hearing is None:
        raise NotFound()
    return HttpResponse(spoken_text(hearing, now()), content_type="text/plain; charset=utf-8")


@login_required
@require_POST
def decide(request, pk):
    """记下决定: it starts at once; 交办并记下一项 stays at the form."""
    meeting, at = _meeting(request.user, pk), now()
    kind = request.POST.get("kind", "")
    if kind not in ASKS:
        raise BadInput(_("没有这种决定。"), field="kind")
    form = DecisionForm(kind, meeting, request.user, request.POST)
    try:
        if form.is_valid():
            group = meeting.hearings.filter(group=form.cleaned_data["group"]).first()
            actions.decide(meeting, kind, by=request.user, group=group and group.group, **form.said)
            return _after_decision(request, meeting, group)
    except Refused as refused:
        form.refuse(refused)
    return _show(request, meeting.operation, meeting.day, meeting, at, form=form, status=400)


def _after_decision(request, meeting, hearing):
    messages.success(request, _("已记下，并已开始办理。"))
    address = reverse("meeting-detail", args=[meeting.pk])
    stay = "#decide" if "next" in request.POST else ""
    return redirect(f"{address}?group={hearing.group_id}{stay}" if hearing else f"{address}{stay}")


@login_required
@require_POST
def adjourn(request, pk):
    """散会: and to the minutes."""
    meeting = _meeting(request.user, pk)
    actions.adjourn(meeting, by=request.user)
    return redirect("meeting-minutes", pk)


# --- what was decided -------------------------------------------------------------------------------------------


@login_required
@require_GET
def minutes(request, pk):
    """纪要: the paper of a meeting that was held, for those who take part in the meetings."""
    meeting = _meeting(request.user, pk)
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
        "decided": [_line(each, at) for each in agendas.decisions_of(meeting)],
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
    context = {"page": page, "lines": [_line(each, at) for each in page.rows], "at": at}
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
    context = {"decision": decision, "line": _line(decision, now()), "form": form, "why_not": why_not}
    return render(request, "briefing/done.html", context, status=400 if form.errors else 200)
