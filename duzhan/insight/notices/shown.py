"""Notices as their page prints them: the sentence is made from the event, in the reader's language."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from duzhan.base.clock.instants import parse_instant
from duzhan.base.ui.spelling import short_instant
from duzhan.operations.models import Operation
from duzhan.people.models import Body
from duzhan.supervision.inspections.models import Help
from duzhan.supervision.problems.flow import MOVES, stage_word
from duzhan.supervision.problems.models import Problem

from .kinds import KINDS
from .models import Notice

WORDS = {"help.ask": pgettext_lazy("notice", "求助"), "help.answer": pgettext_lazy("notice", "答复")}


@dataclass(frozen=True)
class Line:
    """One notice: what happened, to what, what is to be done, and where the thing stands today."""

    notice: Notice
    operation: Operation
    word: str
    number: str
    title: str
    says: str
    stands: str


def lines(notices) -> list[Line]:
    """Notices as lines, in a fixed number of statements."""
    known = _Known(notices)
    return [_line(notice, known) for notice in notices]


class _Known:
    """What the notices of one page speak of."""

    def __init__(self, notices):
        self.things = {
            "problem": Problem.objects.in_bulk(_subjects(notices, "problem")),
            "help": Help.objects.in_bulk(_subjects(notices, "help")),
        }
        self.operations = Operation.objects.in_bulk({notice.event.book for notice in notices})
        self.bodies = Body.objects.in_bulk(
            {each for notice in notices for each in (notice.body, notice.event.unit) if each}
        )


def _subjects(notices, kind):
    return {notice.subject_id for notice in notices if notice.subject_kind == kind}


def _line(notice, known):
    kind, event = KINDS[notice.kind], notice.event
    operation = known.operations[event.book]
    thing = known.things[notice.subject_kind][notice.subject_id]
    is_problem = notice.subject_kind == "problem"
    number = f"{operation.prefix}-{notice.subject_id:04d}" if is_problem else ""
    return Line(
        notice, operation, _word(event.kind), number,
        title=_title(thing, is_problem) if kind.opens else "",
        says=str(kind.says) % {"unit": known.bodies.get(notice.body or event.unit, _("单位")), "due": _due(event, operation, thing)},
        stands=_stands(thing, is_problem) if kind.opens else "",
    )  # fmt: skip


def _word(event_kind):
    return str(WORDS[event_kind] if event_kind in WORDS else MOVES[event_kind.removeprefix("problem.")].label)


def _title(thing, is_problem):
    return thing.title if is_problem else thing.text


def _stands(thing, is_problem):
    return stage_word(thing.stage, thing.is_sent_back) if is_problem else thing.get_stage_display()


def _due(event, operation, thing):
    """The deadline that this step set, also where it has changed since; the present one where the step set none."""
    told = event.changes.get("due_at") or event.facts.get("due_at")
    due_at = parse_instant(told) if told else getattr(thing, "due_at", None)
    return short_instant(due_at, operation) if due_at else _("原时限")
