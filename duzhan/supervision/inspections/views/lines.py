"""A problem as a line, and events as the lines of a story, as the components show them."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.ledger.models import Event
from duzhan.base.ui.spelling import Left, time_left
from duzhan.people.models import Person
from duzhan.supervision.problems.flow import Stage, is_back, stage_word

LATE = timedelta(minutes=5)  # entered later than this after it happened, it is shown as entered later
STEPS = {Stage.FOUND: 1, Stage.HANDED_OVER: 2, Stage.ACCEPTED: 3, Stage.RECTIFIED: 4, Stage.CLOSED: 5}
CLOCKS = {  # by which instants the clock of a problem runs at each stage
    Stage.FOUND: lambda problem: {"waiting_since": problem.found_at},
    Stage.HANDED_OVER: lambda problem: {"paused_at": problem.paused_at},
    Stage.ACCEPTED: lambda problem: {"paused_at": problem.paused_at},
    Stage.RECTIFIED: lambda problem: {"waiting_since": problem.rectified_at},
    Stage.CLOSED: lambda problem: {"started_at": problem.handed_over_at, "done_at": problem.closed_at},
}
TITLES = {
    "visit.record": gettext_lazy("登记走访"),
    "help.ask": gettext_lazy("提出困难"),
    "help.answer": gettext_lazy("答复求助"),
}
ORDER = tuple(TITLES)  # of what happened at one instant


@dataclass(frozen=True)
class ProblemLine:
    """What a list shows of a problem."""

    problem: object
    word: str
    step: int
    is_back: bool
    is_late: bool
    left: Left | None  # None: it has left the count


def line_of(problem, at=None) -> ProblemLine:
    clock = CLOCKS.get(problem.stage)
    return ProblemLine(
        problem,
        stage_word(problem.stage, problem.is_sent_back),
        STEPS.get(problem.stage, 0),
        is_back(problem.stage, problem.is_sent_back),
        problem.is_overdue(at),
        time_left(problem.due_at, at=at, **clock(problem)) if clock else None,
    )


@dataclass(frozen=True)
class StoryLine:
    """One event as the story shows it."""

    event_id: object
    event_kind: str
    at: object
    title: str
    by: str
    text: str
    digest: str
    kind: str
    recorded_at: object


def told(subjects) -> list[StoryLine]:
    """The story of some recorded rows, newest first; a call for help says its words."""
    events = Event.objects.none()
    texts = {}
    for subject in subjects:
        events |= Event.objects.filter(subject_kind=subject.subject_kind, subject_id=subject.pk)
        if subject.subject_kind == "help":
            texts |= {("help.ask", subject.pk): subject.text, ("help.answer", subject.pk): subject.answer}
    events = sorted(events, key=lambda event: (event.at, event.recorded_at, ORDER.index(event.kind)), reverse=True)
    names = Person.objects.in_bulk({event.actor for event in events} - {None})
    return [
        StoryLine(
            event.pk, event.kind, event.at, str(TITLES.get(event.kind, event.kind)), str(names.get(event.actor, _("系统"))),
            texts.get((event.kind, event.subject_id), ""), event.digest, "",
            event.recorded_at if event.recorded_at - event.at > LATE else None,
        )
        for event in events
    ]  # fmt: skip


def distance_text(metres) -> str:
    """`320 米`, `1.1 公里`"""
    if metres < 1000:
        return _("%(metres)d 米") % {"metres": round(metres, -1) or 10}
    return _("%(km).1f 公里") % {"km": metres / 1000}
