"""What the first page and the wall are made of: one moment of an operation, as far as one person may see it."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db.models import Avg, Max, Q
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import day_of
from duzhan.base.clock.instants import now as clock_now
from duzhan.base.errors import BadInput
from duzhan.base.ledger import queries as ledger
from duzhan.base.ledger.models import Entry, Event
from duzhan.base.ui.spelling import field_instant
from duzhan.insight.figures import queries as figures
from duzhan.operations.queries import slice_for
from duzhan.people.models import Role, running
from duzhan.places.models import Area, Point, PointPost
from duzhan.supervision.problems import queries as problems
from duzhan.supervision.problems.flow import IN_PROGRESS, Class, Stage

QUIET = timedelta(days=2)  # after so long without an event, the last day is shown and not an empty today
DAYS = 7  # behind each figure, and of the trend
MOST_AREAS = 60
AT_ONCE = 5000
KEYS = (
    *figures.SUMMARY, "problems_found", "problems_closed", "problems_overdue", "rectification_rate", "groups_formed",
    "people_assigned",
)  # fmt: skip
AREA_KEYS = ("inspections", "problems_handed_over", "problems_in_progress", "problems_overdue")
WALL_KEYS = (*AREA_KEYS, *figures.SUMMARY)


# --- which moment -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """The two instants that a page stands at, and why: `now`, `asked` for, the `last_day` of a quiet one, `ended`."""

    as_of: datetime
    known_at: datetime
    kind: str = "now"
    newest_at: datetime | None = None  # when the newest event happened

    @property
    def is_now(self) -> bool:
        return self.kind == "now"

    @property
    def is_asked(self) -> bool:
        return self.kind == "asked"

    @property
    def has_evening(self) -> bool:
        """Is there an evening to prepare, or to look back on as the last one?"""
        return self.kind in ("now", "last_day")


def moment_of(operation, as_of=None, known_at=None) -> Moment:
    """The moment that is asked for, else now; an operation that has ended or fallen silent stands at its last day.

    Raises BadInput for an instant before the operation began.
    """
    now = clock_now()
    for name, instant in (("as_of", as_of), ("known_at", known_at)):
        if instant and instant < operation.started_at:
            started = field_instant(operation.started_at, operation)
            raise BadInput(_("行动于 %(at)s 启动，此前没有数字；请填此后的时刻。") % {"at": started}, field=name)
    newest = Event.objects.filter(book=operation.pk, at__lte=now).aggregate(at=Max("at"))["at"]
    if as_of or known_at:
        return Moment(*figures.asked_instants(as_of, known_at), "asked", newest)
    if operation.ended_at and operation.ended_at <= now:
        return Moment(operation.ended_at, now, "ended", newest)
    if newest and now - newest > QUIET:
        return Moment(min(_cut_off(operation, newest), now), now, "last_day", newest)
    return Moment(now, now, "now", newest)


def _cut_off(operation, instant):
    """When the report of the day on which an instant falls is cut off."""
    return datetime.combine(day_of(instant, operation.tz), operation.cut_off, operation.tz).astimezone(UTC)


# --- the board --------------------------------------------------------------------------------------------------


@dataclass
class Board:
    """Everything a page of this app shows of an operation."""

    operation: object
    moment: Moment
    told: figures.Figures
    days: list  # of figures.Day, the last one up to the moment
    going: "Going"
    areas: list
    lines: int  # of the ledger

    @property
    def at(self) -> datetime:
        """When it is on the page: what happened after the moment is not held against anybody."""
        return clock_now() if self.moment.is_now else self.moment.as_of


def board(person, operation, moment, *, most, names_conduct=True, area_keys=AREA_KEYS) -> Board:
    """The board for one person, in a fixed number of statements. `most` problems in progress are listed by name;
    with `names_conduct` off, none about conduct is, whoever looks."""
    bound = slice_for(person, operation)
    when = {"known_at": moment.known_at, "slice": bound}
    told = figures.figures(operation, as_of=moment.as_of, keys=KEYS, **when)
    days = min(DAYS, day_of_response(operation, moment.as_of))
    return Board(
        operation=operation,
        moment=moment,
        told=told,
        days=figures.series(operation, figures.SUMMARY, until=moment.as_of, days=days, cut=time(0), **when),
        going=going(person, told, most=most, names_conduct=names_conduct),
        areas=shares(operation, told, area_keys),
        lines=Entry.objects.aggregate(last=Max("position"))["last"] or 0,
    )


def day_of_response(operation, at) -> int:
    """响应第几天: the day on which it was switched on is the first."""
    return max((day_of(at, operation.tz) - day_of(operation.started_at, operation.tz)).days, 0) + 1


def waiting(person, board) -> dict:
    """To be handed over (found) and to be verified (rectified): those one can open now, or how many they were at the
    moment that is asked for."""
    if board.moment.is_asked:
        told = board.told
        return {
            Stage.FOUND: told["problems_found"] - told["problems_handed_over"],
            Stage.RECTIFIED: told["problems_rectified"] - told["problems_closed"],
        }
    counts = problems.counts(person, board.operation, problems.Asked())
    return {stage: counts[stage] for stage in (Stage.FOUND, Stage.RECTIFIED)}


# --- what is in progress ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Open:
    """A problem in progress as it stood at the moment; `problem` is its row as it is now."""

    problem: object
    stage: str
    due_at: datetime | None
    paused_at: datetime | None
    is_sent_back: bool

    def is_late(self, at) -> bool:
        return self.paused_at is None and self.due_at is not None and self.due_at < at


@dataclass(frozen=True)
class Going:
    """What is in progress: the most urgent ones, how many there are in all, and how many this reader may not open."""

    lines: list
    total: int
    unnamed: int


def going(person, told, *, most, names_conduct=True) -> Going:
    """正在整改, the deadline that comes first standing first, what is paused last."""
    operation = told.operation
    standing = ledger.standing(operation.pk, "problem", IN_PROGRESS, told.as_of, told.known_at, told.slice)
    stages = dict(standing.order_by().values_list("subject_id", "now"))
    states = _states(list(stages), told)
    rows = problems.visible_to(person).filter(operation=operation)
    if not names_conduct:
        rows = rows.exclude(klass=Class.CONDUCT)
    open_ = set(rows.filter(pk__in=stages).order_by().values_list("pk", flat=True))
    first = sorted(open_, key=lambda pk: _urgency(states.get(pk, {}), pk))[:most]
    found = rows.in_bulk(first)
    lines = [_open(found[pk], stages[pk], states.get(pk, {})) for pk in first]
    return Going(lines, len(stages), len(stages) - len(open_))


def _states(ids, told):
    found = {}
    for start in range(0, len(ids), AT_ONCE):
        part, columns = ids[start : start + AT_ONCE], ("due_at", "paused_at", "is_sent_back")
        found |= ledger.states("problem", part, told.as_of, told.known_at, columns)
    return found


def _urgency(state, pk):
    return (state.get("paused_at") is not None, state.get("due_at") or "9", pk)


def _open(problem, stage, state):
    due_at, paused_at = (state.get(name) and datetime.fromisoformat(state[name]) for name in ("due_at", "paused_at"))
    return Open(problem, stage, due_at, paused_at, bool(state.get("is_sent_back")) and stage == Stage.HANDED_OVER)


# --- what is wanted of an inspector -----------------------------------------------------------------------------


def to_verify(person, operation, at=None):
    """What this person may go and verify: reported as mended in their areas, neither found nor mended by them, not at
    a point where they have a duty; what has waited longest first."""
    at = at or clock_now()
    mine = Q(pk__in=[])
    for post in person.hats(at):
        if post.role == Role.INSPECTOR and post.operation in (None, operation.pk):
            mine |= Q(area_path__startswith=post.area)
    there = PointPost.objects.filter(running(at), person=person).values("point")
    waiting = problems.visible_to(person, at).filter(mine, operation=operation, stage=Stage.RECTIFIED)
    waiting = waiting.exclude(found_by=person).exclude(rectified_by=person)
    return waiting.exclude(Q(point__isnull=False) & Q(point__in=there)).order_by("rectified_at", "pk")


def inspects(person, operation, at=None) -> bool:
    """Is this person in the street here, and neither the office nor a leader?"""
    roles = {post.role for post in person.hats(at) if post.operation in (None, operation.pk)}
    return Role.INSPECTOR in roles and not roles & {Role.OFFICE, Role.LEADER}


# --- areas ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """An area directly below that of the operation, and its figures; without an area: what lies in none of them."""

    area: Area | None
    values: dict
    lat: float | None = None
    lon: float | None = None

    @property
    def is_idle(self) -> bool:
        """Nobody has been there and nothing was found."""
        return not any(self.values.values())


def shares(operation, told, keys=AREA_KEYS) -> list[Share]:
    """How the areas share in the figures, in the order of their codes; the last one what lies in none, if anything."""
    below = Area.objects.filter(path__startswith=operation.area_path, depth=operation.area.depth + 1).order_by("code")
    bounds = told.slice.areas
    areas = [each for each in below[:MOST_AREAS] if bounds is None or any(_overlap(each.path, path) for path in bounds)]
    if not areas:
        return []
    found = figures.by_area(operation, areas, as_of=told.as_of, known_at=told.known_at, slice=told.slice, keys=keys)
    middles = _middles(operation, len(areas[0].path))
    rest = [Share(None, found[""])] if any(found[""].values()) else []
    return [Share(area, found[area.path], *middles.get(area.path, (None, None))) for area in areas] + rest


def _overlap(path, other):
    return path.startswith(other) or other.startswith(path)


def _middles(operation, length):
    """Roughly where each area lies: the middle of its points."""
    points = Point.objects.filter(area_path__startswith=operation.area_path, lat__isnull=False)
    rows = points.annotate(within=Substr("area_path", 1, length)).order_by().values("within")
    return {each["within"]: (each["y"], each["x"]) for each in rows.annotate(y=Avg("lat"), x=Avg("lon"))}
