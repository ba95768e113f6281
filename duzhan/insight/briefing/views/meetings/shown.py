"""A meeting as its page prints it: the turn, its numbers, what is to be decided, what was."""

from dataclasses import dataclass

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.errors import NotFound
from duzhan.insight.figures.catalogue import CATALOGUE
from duzhan.operations.queries import slice_for
from duzhan.people.models import Person, Post, Role, running
from duzhan.supervision.problems.queries import visible_to

from ... import rules
from ...forms import ASKS, BeginForm, DecisionForm, WordsForm
from ...models import Decision, Hearing, Meeting
from ...queries import agenda as agendas
from ...queries.day import NEW
from ..links import records_url

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


def meeting_for(person, pk):
    """A meeting whose operation this person takes part in. Raises NotFound."""
    meeting = Meeting.objects.select_related("operation", "chair", "recorder").filter(pk=pk).first()
    if meeting is None or not rules.JOINS_MEETING(person, meeting.operation):
        raise NotFound()
    return meeting


def agenda_of(person, operation, day, meeting, at):
    return agendas.agenda(
        operation, day, at=at, meeting=meeting, slice=slice_for(person, operation, at), problems=visible_to(person, at)
    )


def show(request, operation, day, meeting, at, *, form=None, words=None, begin=None, status=200):
    told = agenda_of(request.user, operation, day, meeting, at)
    turn = turn_of(request, told)
    context = context_of(request, operation, day, meeting, told, turn, at)
    if meeting and meeting.stage == Meeting.Stage.OPEN:
        context |= _deciding(request, meeting, turn, form)
    elif meeting is None or meeting.stage == Meeting.Stage.PLANNED:
        context["begin_form"] = begin or begin_form(operation, at)
    context["words_form"] = words or _words_form(request.user, operation, meeting, turn, at)
    return render(request, "briefing/meeting.html", context, status=status)


def context_of(request, operation, day, meeting, told, turn, at):
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
        "decided": [line_of(each, at) for each in decided],
        "before": [line_of(each, at) for each in told.before if not agendas.is_done(each)],
        "before_done": len(done),
        "before_all": len(told.before),
        "leads": leads,
        "is_open": is_open,
        "why_not": rules.HOLDS_MEETING.why_not(request.user, operation, at),
    }


def turn_of(request, told):
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


def line_of(decision, at):
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


def begin_form(operation, at, told=None):
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
