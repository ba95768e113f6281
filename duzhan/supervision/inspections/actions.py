"""Everything that changes visits and calls for help: one visit with all it brought, or five hundred at once."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now as clock_now
from duzhan.base.errors import BadInput, CannotMove, Conflict, Refused
from duzhan.base.ledger.actions import SKEW, Fact, locked, once, record, record_many
from duzhan.base.ledger.drafts import draft
from duzhan.base.ledger.models import Event
from duzhan.base.statements import Question
from duzhan.base.uploads.actions import attach
from duzhan.supervision.problems import actions as problems

from . import rules
from .models import Help, Visit
from .queries import seat_at, seats_of

MOST = 500  # visits in one batch
ANSWERS = {"yes", "no", "na"}
PURPOSES = frozenset(Visit.Purpose.values)


def record_visit(operation, row: dict, *, by, via="web") -> Visit:
    """登记走访: one visit with its problems and its difficulty (M38, M41, M44, M48). Raises what refuses it."""
    [result] = record_visits(operation, [row], by=by, via=via)
    if isinstance(result, Refused):
        raise result
    return result


def record_visits(operation, rows: list[dict], *, by, via="web") -> list:
    """Record up to 500 visits in one transaction, with set-based SQL.

    A row: point; and, if wanted, id (a UUID: sent twice, recorded once), at, visited_by, group, focus, purpose, method,
    minutes, answers {question code: yes|no|na}, note, difficulty, uploads, problems [rows of `problems.find_many`, each with,
    if wanted, id, fixed_on_the_spot {unit, note, uploads} or hand_over {unit, due_at}].
    Gives one result for each row, in order: the Visit, or the Refused that says why it was not recorded. A refused
    row takes nothing of the others with it. Raises BadInput when there are more than 500.
    """
    if len(rows) > MOST:
        raise BadInput(_("一批最多 %(most)s 次走访。") % {"most": MOST}, field="visits")
    try:
        return _record_all(operation, rows, by, via)
    except Refused as refused:
        # Something that only the writing finds (a twin of the same request, say): row by row, to name the one.
        if len(rows) > 1:
            return [_record_alone(operation, row, by, via) for row in rows]
        return [_answered(rows, by).get(0) or refused]


def _record_alone(operation, row, by, via):
    try:
        return _record_all(operation, [row], by, via)[0]
    except Refused as refused:
        return _answered([row], by).get(0) or refused


@transaction.atomic
def _record_all(operation, rows, by, via):
    """All that can be refused is refused before anything is written; then the rows of all tables are written at once."""
    # of many, what was recorded before is looked up at once; of one, the writing itself finds out
    results, taken = _answered(rows, by) if len(rows) > 1 else {}, {}
    known, twins = _Known(operation, by, clock_now()), set()
    for number, row in enumerate(rows):
        if number in results:
            continue
        if row.get("id") and row["id"] in twins:
            results[number] = Conflict(_("同一批里有两次走访用了同一个编号。"))
            continue
        try:
            taken[number] = _taken_in(known, row)
            twins.add(row.get("id"))
        except Refused as refused:
            results[number] = refused
    record_many([fact for each in taken.values() for fact in _facts_of(each)], by=by, via=via)
    for each in taken.values():
        for upload in each.row.get("uploads", ()):
            attach(upload, about=("visit", each.visit.pk), by=by)
    problems.settle_found([pair for each in taken.values() for pair in each.found], by=by, via=via)
    return [results[number] if number in results else taken[number].answer() for number in range(len(rows))]


@dataclass
class _Known:
    """What the visits of one request have in common."""

    operation: object
    by: object
    now: datetime
    seats: dict = field(default_factory=dict)
    posts: dict = field(default_factory=dict)

    def group_of(self, visitor, instant):
        """The number of the group that somebody was out with at an instant."""
        if visitor.pk not in self.seats:
            self.seats[visitor.pk] = seats_of(visitor, self.operation)
        seat = seat_at(self.seats[visitor.pk], instant)
        return seat and seat.group_id

    def check_may_visit(self, point, instant):
        """May the one who records it have been there at an instant?"""
        if instant not in self.posts:
            self.posts[instant] = rules.visiting_posts(self.by, self.operation, instant)
        rules.check_may_visit(self.posts[instant], self.operation, point.area_path)


@dataclass
class _Taken:
    """One visit as it was taken in: its row, and what is to be recorded of it."""

    row: dict
    visit: Visit
    findings: list  # of each problem: (the fact, its row)
    help: Help | None

    @property
    def found(self):
        return [(fact.subject, row) for fact, row in self.findings]

    def answer(self):
        """The visit, with the problems that it has found."""
        self.visit.found = [fact.subject for fact, _row in self.findings]
        return self.visit


def _facts_of(taken):
    """What happened, in its order."""
    visit, row = taken.visit, taken.row
    yield Fact(visit, "visit.record", request_key=row.get("id"), at=visit.visited_at, facts=_evidence(row))
    yield from (fact for fact, _row in taken.findings)
    if taken.help:
        yield Fact(taken.help, "help.ask", now=Help.Stage.OPEN, at=visit.visited_at, links={"visit_id": visit})


_events_with = Question(lambda keys: Event.objects.filter(pk__in=keys), [UUID])


def _answered(rows, by):
    """Rows that were recorded before, by their ids: number → the visit, or Conflict where the id was another's."""
    numbers = {_key(row["id"]): number for number, row in reversed(list(enumerate(rows))) if row.get("id")}
    if not numbers:
        return {}
    events = {event.id: event for event in _events_with(list(numbers))}
    if not events:
        return {}
    visits = Visit.objects.in_bulk([event.subject_id for event in events.values() if event.kind == "visit.record"])
    found = {}
    for key, event in events.items():
        visit = visits.get(event.subject_id) if event.kind == "visit.record" and event.actor == by.pk else None
        if visit:
            visit.last_event = event
        found[numbers[key]] = visit or Conflict(_("这个请求编号已用于另一件事，请换一个编号。"))
    return found


def _key(request_id):
    return request_id if isinstance(request_id, UUID) else UUID(str(request_id))


def _taken_in(known, row):
    operation, by, point, instant = known.operation, known.by, row["point"], row.get("at") or known.now
    if instant > known.now + SKEW:
        raise BadInput(_("走访时刻在将来；请核对设备时间。"), field="at")
    if instant < operation.started_at:
        raise BadInput(_("走访时刻早于行动启动的时刻。"), field="at")
    if not point.area_path.startswith(operation.area_path):
        raise BadInput(_("点位“%(point)s”不在本行动的区域内。") % {"point": point}, field="point")
    if not point.is_open:
        raise BadInput(_("点位“%(point)s”已停用，不再登记走访。") % {"point": point}, field="point")
    for when in {instant, known.now}:  # a claimed instant brings back no post that has ended
        known.check_may_visit(point, when)
    visitor = row.get("visited_by") or by
    visit = draft(
        Visit,
        operation=operation, point=point, place_kind=point.kind, area_id=point.area_id, area_path=point.area_path,
        unit_id=point.body_id, focus=row.get("focus"),
        group_id=row["group"].pk if row.get("group") else known.group_of(visitor, instant),
        purpose=_choice(row.get("purpose") or Visit.Purpose.INSPECT, PURPOSES, "purpose"),
        method=_choice(row.get("method", ""), ("", *operation.words.methods), "method"), visited_by=visitor,
        visited_at=instant, minutes=row.get("minutes"), answers=_answers(operation, point, row.get("answers") or {}),
        note=_short(row.get("note", ""), "note", 2000),
    )  # fmt: skip
    found = [_problem_row(each, visit) for each in (*row.get("problems", ()), *_problems_of(operation, visit, row))]
    findings = [
        (problems.finding(operation, number, each, by=by, source=visit), each) for number, each in enumerate(found, 1)
    ]
    return _Taken(row, visit, findings, _help(visit, row.get("difficulty")))


def _help(visit, difficulty):
    text = _short(difficulty, "difficulty", 1000)
    if not text:
        return None
    return draft(
        Help, operation=visit.operation, visit=visit, point=visit.point, area_path=visit.area_path,
        group_id=visit.group_id, text=text, asked_at=visit.visited_at,
    )  # fmt: skip


def _evidence(row):
    named = [{"upload": str(upload.pk), "sha256": upload.sha256} for upload in row.get("uploads", ())]
    return {"evidence": named} if named else {}


def _choice(value, allowed, field):
    if value not in allowed:
        raise BadInput(_("“%(value)s”不在可选范围内。") % {"value": str(value)[:40]}, field=field)
    return value


def _short(text, field, longest):
    text = (text or "").strip()
    if len(text) > longest:
        raise BadInput(_("内容超过 %(longest)s 字。") % {"longest": longest}, field=field)
    return text


def _answers(operation, point, answers):
    if not answers:
        return {}
    asked = operation.words.questions_for(point.kind)
    for code, answer in answers.items():
        if asked is None or code not in asked.questions:
            raise BadInput(_("检查表里没有“%(code)s”这一题。") % {"code": str(code)[:40]}, field="answers")
        if answer not in ANSWERS:
            raise BadInput(_("第“%(code)s”题的回答应是 yes、no 或 na。") % {"code": code}, field="answers")
    return {"list": asked.code, "version": asked.version, **answers}


def _problems_of(operation, visit, row):
    """A question answered "no" opens its problem, unless the visitor has described one for it (M41)."""
    answers = row.get("answers")
    if not answers:
        return
    described = {problem.get("question") for problem in row.get("problems", ())}
    asked = operation.words.questions_for(visit.place_kind)
    for code, answer in answers.items():
        if answer == "no" and code not in described:
            question = asked.questions[code]
            yield {
                "title": question.title_zh, "field": question.field, "cause": question.cause,
                "klass": question.klass, "clause": question.clause, "question": code,
                "due_rule": question.due,
            }  # fmt: skip


def _problem_row(problem, visit):
    """A row for `problems.finding`. A problem found covertly names no unit before it is handed over."""
    return {
        "unit_id": None if visit.is_covert else visit.unit_id, **problem, "point": visit.point,
        "group_id": visit.group_id, "focus": visit.focus, "at": visit.visited_at, "request_key": problem.get("id"),
        "found_by": visit.visited_by,
    }  # fmt: skip


@once
def answer_help(help_, *, by, answer, at=None, request_key=None, via="web") -> Help:
    """答复求助: say what was arranged for those who asked (M44)."""
    rules.check_may_answer(by, help_, at or clock_now())
    help_ = locked(help_)
    if help_.stage != Help.Stage.OPEN:
        raise CannotMove(_("这项求助已经答复。"))
    text = _short(answer, "answer", 1000)
    if not text:
        raise BadInput(_("请写明答复内容。"), field="answer")
    help_.stage, help_.answer, help_.answered_by, help_.answered_at = Help.Stage.ANSWERED, text, by, at or clock_now()
    record(help_, "help.answer", by=by, at=at, request_key=request_key, via=via, was="open", now="answered")
    return help_
