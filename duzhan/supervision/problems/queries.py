"""Questions about problems that more than one page asks. Who may see what is decided here, in the query."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import CharField, Count, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.clock.instants import day_of, now, start_of_day
from duzhan.base.errors import BadInput, NotFound
from duzhan.base.ui.paging import SIZES, Page
from duzhan.operations.queries import READERS
from duzhan.people.models import Body, Group, Role
from duzhan.places.models import Area

from .flow import COUNTED, IN_PROGRESS, Class, Stage
from .models import Problem


def visible_to(person, at=None):
    """The problems this person may open: by the areas of their posts, or handed over to their bodies.

    The same answer as `rules.may_see`, for many at once.
    """
    found = Q(pk__in=[])
    for post in person.hats(at):
        where = Q(area_path__startswith=post.area)
        if post.operation:
            where &= Q(operation=post.operation)
        if post.role == Role.DISCIPLINE:
            found |= where
        elif post.role in READERS:
            found |= where & (~Q(klass=Class.CONDUCT) | Q(found_by=person))
        elif post.role == Role.UNIT:
            found |= Q(unit=post.body, handed_over_at__isnull=False)
    found |= Q(found_by=person, klass=Class.CONDUCT)
    return Problem.objects.filter(found).select_related("operation", "unit", "area", "point", "group")


def problem_for(person, number, at=None) -> Problem:
    """The problem with this number, if this person may see it. Raises NotFound."""
    problem = visible_to(person, at).filter(pk=number).first()
    if problem is None:
        raise NotFound()
    return problem


def in_progress():
    """Handed over and not rectified."""
    return Q(stage__in=IN_PROGRESS)


def overdue(at=None):
    """In progress, the clock running, past the deadline."""
    return in_progress() & Q(paused_at=None, due_at__lt=at or now())


def inbox(person, at=None):
    """What the person's own bodies must do, the most urgent first."""
    bodies = [post.body_id for post in person.hats(at) if post.role == Role.UNIT]
    return visible_to(person, at).filter(in_progress(), unit__in=bodies).order_by("due_at", "pk")


def similar(problem):
    """Other problems at the same point, newest first: has it been here before (M57)?"""
    if problem.point_id is None:
        return Problem.objects.none()
    return Problem.objects.filter(point_id=problem.point_id).exclude(pk=problem.pk).order_by("-pk")


# --- the ledger: which problems, in which order, page by page ---------------------------------------------------

LEFT = "left"  # merged and withdrawn: they have left the count and stand in a tab of their own
LEFT_STAGES = frozenset({Stage.MERGED, Stage.WITHDRAWN})


@dataclass(frozen=True)
class Chosen:
    """One filter in force: its name and value in the address, what its tag says, and the condition it sets."""

    name: str
    value: str
    heading: str
    word: str
    where: Q

    @property
    def label(self) -> str:
        return _("%(heading)s：%(word)s") % {"heading": self.heading, "word": self.word}


@dataclass(frozen=True)
class Asked:
    """What the ledger of an operation is asked for, as it stands in an address."""

    chosen: tuple[Chosen, ...] = ()
    sort: str = "deadline"
    within: frozenset = frozenset(COUNTED)  # the stages, where no filter names one

    def where(self, *leave_out) -> Q:
        """The conditions of the filters, without some of them; nobody asks for what has left the count by chance."""
        found = Q() if "stage" in leave_out or "stage" in self else Q(stage__in=self.within)
        for one in self.chosen:
            if one.name not in leave_out:
                found &= one.where
        return found

    @property
    def stages(self) -> frozenset:
        """The stages that can be among the answers."""
        stage = self["stage"]
        return LEFT_STAGES if stage == LEFT else frozenset([Stage(stage)]) if stage else self.within

    @property
    def address(self) -> dict:
        """The filters and the order as they stand in an address."""
        sort = {"sort": self.sort} if self.sort != "deadline" else {}
        return {one.name: one.value for one in self.chosen} | sort

    def __contains__(self, name):
        return any(one.name == name for one in self.chosen)

    def __getitem__(self, name) -> str:
        return next((one.value for one in self.chosen if one.name == name), "")


def asked_for(address, person, operation, at=None) -> Asked:
    """Read a ledger's address (`request.GET`). Raises BadInput naming the filter that cannot be read."""
    at = at or now()
    given = {name: address.get(name, "").strip() for name in FILTERS}
    chosen = [FILTERS[name](name, value, person, operation, at) for name, value in given.items() if value]
    sort = address.get("sort") or "deadline"
    if sort not in ORDERS:
        raise BadInput(_("没有“%(sort)s”这种排序。") % {"sort": sort[:40]}, field="sort")
    return Asked(tuple(chosen), sort)


def ledger(person, operation, asked: Asked, at=None):
    """The problems of an operation that this person may see and has asked for; in no order yet."""
    return visible_to(person, at).filter(asked.where(), operation=operation)


def counts(person, operation, asked: Asked, at=None) -> dict:
    """How many stand at each stage under the other filters, and how many are late, due today, found by this person.

    One grouped query. Keys: the stages, "all", "left", "overdue", "today", "mine".
    """
    at = at or now()
    rows = visible_to(person, at).filter(asked.where("stage", "due", "mine"), operation=operation)
    sums = {"overdue": overdue(at), "today": due_today(operation, at), "mine": Q(found_by=person, stage__in=COUNTED)}
    grouped = rows.order_by().values("stage").annotate(
        n=Count("pk"), **{name: Count("pk", filter=where) for name, where in sums.items()}
    )  # fmt: skip
    found = dict.fromkeys([*Stage.values, "all", LEFT, *sums], 0)
    for row in grouped:
        found[row["stage"]] += row["n"]
        found["all" if row["stage"] in COUNTED else LEFT] += row["n"]
        for name in sums:
            found[name] += row[name]
    return found


def due_today(operation, at=None):
    """In progress, not late, and due by the midnight at which the operation's day ends: `today 24:00` too (M31)."""
    at = at or now()
    tonight = start_of_day(day_of(at, operation.tz) + timedelta(days=1), operation.tz)
    return in_progress() & Q(paused_at=None, due_at__gte=at, due_at__lte=tonight)


def _one_of(choices, heading):
    """A filter whose values are codes: {code: (word, condition)}, made for each reading."""

    def read(name, value, person, operation, at):
        known = choices(person, operation, at)
        if value not in known:
            raise _not_on_the_list(name, heading, value)
        word, where = known[value]
        return Chosen(name, value, str(heading), str(word), where)

    return read


def _one_row(rows, column, heading):
    """A filter whose value is the number of a row, named by it."""

    def read(name, value, person, operation, at):
        row = rows(operation).filter(**{column: value}).first() if _is_fit(column, value) else None
        if row is None:
            raise _not_on_the_list(name, heading, value)
        return Chosen(name, value, str(heading), str(row), WHERE_ROW[name](row))

    return read


def _not_on_the_list(name, heading, value):
    told = {"heading": heading, "value": value[:40]}
    return BadInput(_("筛选“%(heading)s”没有“%(value)s”这一项。") % told, field=name)


def _is_fit(column, value):
    return value.isascii() and value.isdigit() and len(value) < 19 if column == "pk" else "\x00" not in value


WHERE_ROW = {
    "area": lambda area: Q(area_path__startswith=area.path),
    "unit": lambda unit: Q(unit=unit),
    "group": lambda group: Q(group=group),
}


def _terms(vocabulary, column):
    def choices(person, operation, at):
        terms = getattr(operation.words, vocabulary).items()
        return {code: (term.label, Q(**{column: code})) for code, term in terms}

    return choices


def _stages(person, operation, at):
    each = {str(stage): (stage.label, Q(stage=stage)) for stage in COUNTED}
    return each | {LEFT: (_("已合并、撤销"), Q(stage__in=LEFT_STAGES))}


def _due(person, operation, at):
    return {"overdue": (_("超期"), overdue(at)), "today": (_("今晚到期"), due_today(operation, at))}


def _mine(person, operation, at):
    return {"found": (_("我发现的"), Q(found_by=person))}


def _text(name, value, person, operation, at):
    """Words in the title, the facts or the point's name, or a number as people say it: YB-0017, 17."""
    if "\x00" in value or len(value) > 100:
        raise BadInput(_("查找的字不能超过 100 个。"), field=name)
    where = Q(title__icontains=value) | Q(detail__icontains=value) | Q(point__name__icontains=value)
    number = number_in(value, operation)
    return Chosen(name, value, str(_("查找")), value, where | Q(pk=number) if number else where)


def number_in(text, operation) -> int | None:
    """The number that somebody means by `YB-0017`, `yb17` or `17`; None where it is no number."""
    found = re.fullmatch(
        rf"(?:{re.escape(operation.prefix)}-?)?0*([1-9]\d{{0,17}})", text.strip(), re.IGNORECASE | re.ASCII
    )
    return int(found[1]) if found else None


FILTERS = {
    "stage": _one_of(_stages, gettext_lazy("阶段")),
    "due": _one_of(_due, gettext_lazy("时限")),
    "mine": _one_of(_mine, gettext_lazy("经手")),
    "area": _one_row(lambda op: Area.objects.filter(path__startswith=op.area_path), "code", gettext_lazy("区域")),
    "unit": _one_row(lambda op: Body.objects.all(), "pk", gettext_lazy("责任单位")),
    "group": _one_row(lambda op: Group.objects.filter(operation=op.pk), "pk", gettext_lazy("督导组")),
    "field": _one_of(_terms("fields", "field"), gettext_lazy("领域")),
    "klass": _one_of(_terms("classes", "klass"), gettext_lazy("性质")),
    "cause": _one_of(_terms("causes", "cause"), gettext_lazy("成因")),
    "kind": _one_of(_terms("place_kinds", "place_kind"), gettext_lazy("点位类别")),
    "q": _text,
}


@dataclass(frozen=True)
class Run:
    """One stretch of an order: the stages in it, the column it runs along and which way; `paused` None: either."""

    stages: frozenset
    key: str = "id"
    down: bool = False
    paused: bool | None = None

    def rows(self, rows):
        where = Q(stage__in=self.stages)
        if self.paused is not None:
            where &= Q(paused_at__isnull=not self.paused)
        return rows.filter(where)

    def has(self, problem) -> bool:
        return problem.stage in self.stages and self.paused in (None, problem.paused_at is not None)

    def names(self, forward):
        """The columns to order by, walking forward or back."""
        turn = "-" if forward == self.down else ""
        return (f"{turn}{self.key}", f"{turn}id")

    def beyond(self, key, number, forward):
        """What lies behind a row; the first condition lets the database enter an index there."""
        way = "lt" if forward == self.down else "gt"
        if self.key == "id":
            return Q(**{f"id__{way}": number})
        onward = Q(**{f"{self.key}__{way}": key}) | Q(**{self.key: key, f"id__{way}": number})
        return Q(**{f"{self.key}__{way}e": key}) & onward


EVERY = frozenset(Stage)
ORDERS = {
    # late first because they were due earliest; then the next to fall due, what waits for others, what is done
    "deadline": (
        Run(frozenset(IN_PROGRESS), "due_at", paused=False),
        Run(frozenset({Stage.FOUND}), "found_at"),
        Run(frozenset(IN_PROGRESS), "due_at", paused=True),
        Run(frozenset({Stage.RECTIFIED}), "rectified_at"),
        Run(frozenset({Stage.CLOSED}), "closed_at", down=True),
        Run(LEFT_STAGES, down=True),
    ),
    "newest": (Run(EVERY, down=True),),
    "unit": (Run(EVERY, "unit_name"),),
    "stage": tuple(Run(frozenset({stage}), down=True) for stage in Stage),
}


def page_of(rows, asked: Asked, address) -> Page:
    """The page of a ledger's rows that an address asks for, run after run of its order, by key.

    As `duzhan.base.ui.paging`, with `after` and `before`; a row that comes or goes moves no other to another page.
    Raises BadInput for an address that was altered.
    """
    size = int(address["size"]) if address.get("size") in {str(size) for size in SIZES} else SIZES[0]
    back = "before" in address and "after" not in address
    place = _place(ORDERS[asked.sort], address.get("before" if back else "after", ""))
    found = _walk(rows, asked, place, size + 1, not back)
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    has_next, has_previous = (True, more) if back else (more, place is not None)
    return Page(
        [problem for _run, problem in found],
        _address(address, after=_key(asked, *found[-1])) if found and has_next else "",
        _address(address, before=_key(asked, *found[0])) if found and has_previous else "",
        [{"size": each, "url": _address(address, size=each), "is_current": each == size} for each in SIZES],
    )


def neighbours(rows, asked: Asked, problem):
    """The problem before this one and the one after it, as the ledger that one came from has them: (row, row)."""
    runs = ORDERS[asked.sort]
    run = next((number for number, run in enumerate(runs) if run.has(problem)), None)
    if run is None:
        return None, None
    place = (run, _value(problem, runs[run].key), problem.pk)
    beside = [_walk(rows, asked, place, 1, forward) for forward in (False, True)]
    return tuple(found[0][1] if found else None for found in beside)


def stretches(rows, asked: Asked) -> list:
    """A ledger's rows as querysets that follow each other in its order; for whoever wants them all."""
    runs = [run for run in ORDERS[asked.sort] if run.stages & asked.stages]
    return [run.rows(_named(rows, run)).order_by(*run.names(forward=True)) for run in runs]


def _walk(rows, asked, place, many, forward):
    """Up to `many` rows from a place on, as (number of the run, row)."""
    runs = ORDERS[asked.sort]
    start = place[0] if place else 0 if forward else len(runs) - 1
    found = []
    for number in range(start, len(runs)) if forward else range(start, -1, -1):
        run = runs[number]
        if len(found) == many or not run.stages & asked.stages:
            continue
        here = run.rows(_named(rows, run)).order_by(*run.names(forward))
        if place and number == start:
            here = here.filter(run.beyond(place[1], place[2], forward))
        found += [(number, row) for row in here[: many - len(found)]]
    return found


def _named(rows, run):
    return rows.annotate(unit_name=Coalesce("unit__name", Value(""))) if run.key == "unit_name" else rows


def _value(problem, key):
    return (problem.unit.name if problem.unit else "") if key == "unit_name" else getattr(problem, key)


def _key(asked, number, problem):
    value = _value(problem, ORDERS[asked.sort][number].key)
    return json.dumps(
        [number, value.isoformat() if hasattr(value, "isoformat") else value, problem.pk], ensure_ascii=False
    )


def _place(runs, key):
    """A place in an order as an address tells it: (number of the run, value of its column, number of the row)."""
    if not key:
        return None
    try:
        number, value, pk = json.loads(key)
        key = runs[number].key
        column = CharField() if key == "unit_name" else Problem._meta.get_field(key)
        value, pk = column.to_python(value), Problem._meta.pk.to_python(pk)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, ValidationError):
        raise _unread() from None
    if (
        number < 0
        or value is None
        or pk is None
        or "\x00" in str(value)
        or (hasattr(value, "tzinfo") and not value.tzinfo)
    ):
        raise _unread()
    return number, value, pk


def _unread():
    return BadInput(_("翻页的位置读不懂，请从第一页看起。"), field="after")


def _address(address, **more):
    kept = {name: value for name, value in address.items() if name not in ("after", "before")} | more
    return f"?{urlencode(kept)}"


def problems_from(source_kind, source_ids) -> dict:
    """The numbers of the problems that came from each of some sources: {source id: [number, ...]}."""
    found = {}
    rows = Problem.objects.filter(source_kind=source_kind, source_id__in=source_ids).order_by("pk")
    for source_id, pk in rows.values_list("source_id", "pk"):
        found.setdefault(source_id, []).append(pk)
    return found
