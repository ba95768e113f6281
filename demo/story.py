"""The director: everything that happens stands on an agenda with its instant and is done in the order of time.

Nothing here knows a number of a report. It only calls the actions that a person would call, at the instant at which
that person would have called them.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from random import Random

from django.db import connection

from demo import papers
from demo.cast import Cast, Team
from duzhan.base.clock.instants import ZONE, travel
from duzhan.base.errors import Refused
from duzhan.base.ledger import deliveries, rollups
from duzhan.base.uploads.actions import receive
from duzhan.operations.models import Operation
from duzhan.people.models import Person
from duzhan.places.models import Point
from duzhan.supervision.inspections import actions as inspections
from duzhan.supervision.problems import actions as problems
from duzhan.supervision.problems.models import Problem

TEXTS = tomllib.loads((Path(__file__).parent / "data" / "texts.toml").read_text(encoding="utf-8"))


def local(text: str) -> datetime:
    """`2022-11-25 18:00`, Beijing time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@dataclass(eq=False)
class Call:
    """One visit that is to be made, with the problems that it will find."""

    at: datetime
    point: Point
    visitor: Person
    team: Team
    minutes: int
    method: str = "on_site"
    purpose: str = "inspect"
    note: str = ""
    difficulty: str = ""
    answers: dict = field(default_factory=dict)
    courses: list = field(default_factory=list)
    made: object = None  # the visit, once it has been recorded


@dataclass(eq=False)
class Course:
    """What is to become of one problem: the words it is entered with, and who has to do with it."""

    call: Call
    row: dict
    liaison: Person
    verifier: Person
    mended: str  # what the unit says it has done
    photo: bool = False
    on_the_spot: bool = False
    on_paper: bool = False  # verified by papers: nobody goes there again
    due_at: datetime | None = None  # None: as the pack says
    claimed: dict = field(default_factory=dict)  # verb -> when it took effect, where that was told only later
    other: object = None  # the body that it is passed on to, or the course that it is merged into
    problem: object = None  # once it has been entered


class Story:
    """One operation being told. `on` puts something on the agenda, `tell` does it all."""

    hears_groups = False  # in the evening, one by one

    def __init__(self, operation: Operation, told: dict, cast: Cast, office: Person, leader: Person):
        self.operation, self.told, self.cast = operation, told, cast
        self.office, self.leader = office, leader
        self.words, self.focuses = operation.words, []
        self.teams, self.units, self.calls = {}, {}, []
        self.random = Random(operation.code)
        self.agenda, self.number = [], count()
        self.instant = operation.started_at

    def on(self, instant, verb, by, item):
        """`verb` is to be done with `item` by this person at this instant; what is alike is done at once."""
        heappush(self.agenda, (instant, ORDER[verb], by.pk if by else 0, next(self.number), verb, by, item))

    def act(self, instant, what, *arguments, **more):
        """Something that happens once: call `what` at this instant."""
        self.on(instant, "act", None, lambda: what(*arguments, **more))

    def tell(self):
        """Do everything that stands on the agenda, and what that puts there."""
        while self.agenda:
            self.instant, *alike, _number, verb, by, item = heappop(self.agenda)
            items = [item]
            while self.agenda and self.agenda[0][:3] == (self.instant, *alike):
                items.append(heappop(self.agenda)[-1])
            with travel(self.instant):
                VERBS[verb](self, by, items)

    def evening(self):
        """What the worker does meanwhile: carry out what follows from the day's events, and add them up."""
        while deliveries.carry_out(500):
            pass
        while rollups.settle():
            pass

    def take_stock(self):
        """PostgreSQL plans by what it has seen, and its own keeper does not look into a transaction that is open."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    # --- what people do ---------------------------------------------------------------------------------------

    def _act(self, _by, items):
        for item in items:
            item()

    def _sync(self, by, calls):
        """A phone sends the visits it holds."""
        for start in range(0, len(calls), inspections.MOST):
            batch = calls[start : start + inspections.MOST]
            results = inspections.record_visits(
                self.operation, [self._visit_row(call, by) for call in batch], by=by, via="field"
            )
            for call, result in zip(batch, results, strict=True):
                if isinstance(result, Refused):
                    raise result
                call.made = result
                for course, problem in zip(call.courses, getattr(result, "found", ()), strict=True):
                    course.problem = problem

    def _visit_row(self, call, by):
        return {
            "point": call.point, "at": call.at, "visited_by": call.visitor, "group": call.team.group,
            "focus": self._focus_at(call.at), "purpose": call.purpose, "method": call.method, "minutes": call.minutes,
            "note": call.note, "difficulty": call.difficulty, "answers": call.answers,
            "problems": [self._problem_row(course, by) for course in call.courses],
        }  # fmt: skip

    def _focus_at(self, instant):
        return self.random.choice([focus for focus in self.focuses if focus.runs_at(instant)])

    def _problem_row(self, course, by):
        row = dict(course.row)
        if course.photo:
            row["uploads"] = [self._photo(course.call, by)]
        if course.on_the_spot:
            row["fixed_on_the_spot"] = {"unit": row.get("unit"), "note": course.mended}
        return row

    def _photo(self, call, by, when="found"):
        at = call.at if when == "found" else self.instant
        words = f"{self.operation.prefix}  {when}  {at.astimezone(ZONE):%Y-%m-%d %H:%M}"
        return receive(papers.photo(words, f"{call.point.name} {words}"), by=by)

    def _hand_over(self, by, courses):
        for due_at in dict.fromkeys(course.due_at for course in courses):
            together = [course.problem for course in courses if course.due_at == due_at]
            problems.hand_over_many(together, by=by, due_at=due_at, note="当面交办，已说明要求和时限")

    def _accept(self, by, courses):
        problems.accept_many(self._problems(courses), by=by)

    def _rectify(self, by, courses):
        items = []
        for course in courses:
            uploads = [self._photo(course.call, by, "after")] if course.photo else ()
            items.append((course.problem, {"note": course.mended, "uploads": uploads}))
        problems.report_rectified_many(items, by=by)

    def _verify(self, by, courses):
        """Go there again, and close what is mended."""
        visits = self._second_looks(by, courses)
        problems.close_many(
            [
                (course.problem, {"note": "现场核验，已整改到位", "visit": visit.pk})
                for course, visit in zip(courses, visits, strict=True)
            ],
            by=by,
        )

    def _second_looks(self, by, courses, purpose="verify"):
        calls = [
            Call(self.instant, course.call.point, by, course.call.team, 10, "revisit", purpose) for course in courses
        ]
        self._sync(by, calls)
        return [call.made for call in calls]

    def _close_on_paper(self, by, courses):
        """Close by a signed sheet instead of a visit."""
        items = []
        for course in courses:
            lines = [f"{course.problem}", f"核验人：{by.name}", "结论：材料齐全，整改到位"]
            uploads = [receive(papers.sheet(f"核验单 {course.problem.number}", lines), by=by)]
            items.append((course.problem, {"note": "凭核验单销号", "uploads": uploads}))
        problems.close_many(items, by=by)

    def _send_back(self, by, courses):
        """Go there again, and give back what is not mended."""
        for course in courses:
            at = course.claimed.get("send_back")
            if at is None and not course.on_paper:
                self._second_looks(by, [course])
            due_at = self.instant + timedelta(hours=6)
            problems.send_back(course.problem, by=by, reason=self._one_of("send_backs"), due_at=due_at, at=at)

    def _relapse(self, by, courses):
        for course in courses:
            visit = None if course.on_paper else self._second_looks(by, [course], "inspect")[0].pk
            problems.relapse(course.problem, by=by, reason=self._one_of("relapses"), visit=visit)

    def _ask_extension(self, by, courses):
        for course in courses:
            later = self._now_due(course) + timedelta(hours=12)
            problems.ask_extension(course.problem, by=by, due_at=later, reason="配件明早到货，申请延期。")

    def _extend(self, by, courses):
        for course in courses:
            later = self._now_due(course) + timedelta(hours=12)
            problems.extend(course.problem, by=by, due_at=later, reason="已核实配件在途，准予延期。")

    def _pause(self, by, courses):
        for course in courses:
            problems.pause(course.problem, by=by, reason="该楼正在转运，暂不能进入。")

    def _resume(self, by, courses):
        for course in courses:
            problems.resume(course.problem, by=by, note="转运结束，恢复计时。")

    def _press(self, by, courses):
        problems.press_many(self._problems(courses), by=by, note=self._one_of("presses"))

    def _transfer(self, by, courses):
        for course in courses:
            problems.transfer(course.problem, by=by, unit=course.other, reason="属行业监管职责，转主管部门办理。")

    def _merge(self, by, courses):
        for course in courses:
            problems.merge(course.problem, by=by, into=course.other.problem, reason="两组登记了同一件事。")

    def _withdraw(self, by, courses):
        for course in courses:
            problems.withdraw(course.problem, by=by, reason="经复核，当时正在换岗交接，不构成问题。")

    def _now_due(self, course):
        return Problem.objects.get(pk=course.problem.pk).due_at

    def _one_of(self, kind):
        return self.random.choice(TEXTS[kind])

    @staticmethod
    def _problems(courses):
        return [course.problem for course in courses]


VERBS = {  # in the order in which they are done when they fall on one instant
    "sync": Story._sync,
    "act": Story._act,
    "hand_over": Story._hand_over,
    "transfer": Story._transfer,
    "accept": Story._accept,
    "ask_extension": Story._ask_extension,
    "extend": Story._extend,
    "pause": Story._pause,
    "resume": Story._resume,
    "press": Story._press,
    "rectify": Story._rectify,
    "verify": Story._verify,
    "close_on_paper": Story._close_on_paper,
    "send_back": Story._send_back,
    "relapse": Story._relapse,
    "merge": Story._merge,
    "withdraw": Story._withdraw,
}
ORDER = {verb: number for number, verb in enumerate(VERBS)}
