"""What the home page and the wall ask: four numbers and their days, what is late or due, what is wanted of me."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Avg
from django.db.models.functions import Substr

from duzhan.base.clock.instants import now, start_of_day
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.queries import ALL, Slice
from duzhan.insight.figures import queries as figures
from duzhan.people.models import Membership, running
from duzhan.places.models import Area, Point
from duzhan.supervision.inspections.models import Visit
from duzhan.supervision.problems.flow import IN_PROGRESS, Stage
from duzhan.supervision.problems.queries import visible_to

FOUR = ("points_visited", "problems_handed_over", "problems_rectified", "problems_in_progress")
KEYS = (*FOUR, "problems_found", "problems_closed", "problems_overdue", "rectification_rate", "groups_formed", "people_assigned")
BY_AREA = ("points_visited", "problems_handed_over", "problems_rectified", "problems_in_progress", "problems_overdue")
DAYS = 7
MIDNIGHT = time(0)
MOST_AREAS = 24  # tiles that can still be read


@dataclass(frozen=True)
class Moment:
    """The instant that a page stands at: now, the end of an operation that has ended, or one that was asked for."""

    at: datetime
    known_at: datetime
    is_asked: bool = False


def moment_of(operation, as_of=None, known_at=None) -> Moment:
    """`as_of` and `known_at` None: as it stands."""
    latest = min(now(), operation.ended_at or now())
    at, known_at = figures.asked_instants(as_of or latest, known_at)
    return Moment(at, known_at, as_of is not None)


@dataclass(frozen=True)
class Overview:
    """An operation at a moment, as far as the reader may see it."""

    told: figures.Figures
    days: list  # the last seven, the last one up to the moment
    areas: list  # [(area, its figures)], those in which something happened

    @property
    def today(self):
        """By how much each of the four has changed since midnight."""
        return self.days[-1].changes

    @property
    def identity(self):
        return next(each for each in self.told.identities if each.parts)

    @property
    def to_hand_over(self):
        return self.told["problems_found"] - self.told["problems_handed_over"]

    @property
    def to_verify(self):
        return self.told["problems_rectified"] - self.told["problems_closed"]


def overview(operation, moment: Moment, slice: Slice = ALL) -> Overview:
    """Figures, their last seven days and the areas, in a fixed number of statements."""
    when = {"known_at": moment.known_at, "slice": slice}
    told = figures.figures(operation, as_of=moment.at, keys=KEYS, **when)
    days = figures.series(operation, FOUR, until=moment.at, days=DAYS, cut=MIDNIGHT, **when)
    return Overview(told, days, _areas(operation, moment, when))


def _areas(operation, moment, when):
    depth = operation.area.depth + 1
    areas = list(Area.objects.filter(path__startswith=operation.area_path, depth=depth).order_by("code"))
    if not areas:
        return []
    found = figures.by_area(operation, areas, as_of=moment.at, keys=BY_AREA, **when)
    return [(area, found[area.path]) for area in areas if any(found[area.path].values())]


def places_of(operation) -> dict:
    """Where the areas below an operation's own lie, as the middle of their points: {path: (lat, lon)}."""
    length = len(operation.area_path) + Area.steplen
    points = Point.objects.filter(area_path__startswith=operation.area_path).exclude(lat=None)
    means = points.annotate(top=Substr("area_path", 1, length)).values("top").annotate(y=Avg("lat"), x=Avg("lon"))
    return {each["top"]: (each["y"], each["x"]) for each in means.order_by()}


# --- what is late or due ----------------------------------------------------------------------------------------


def urgent(person, operation, at, most):
    """What is being rectified, the first to fall due first; what is paused after the rest."""
    open_ = visible_to(person, at).filter(operation=operation, stage__in=IN_PROGRESS)
    return list(open_.order_by("paused_at", "due_at", "pk")[:most])


def urgent_then(person, operation, moment: Moment, slice, most) -> list:
    """The same as it stood at a moment that is past, as records."""
    found = figures.records(
        operation, "problems_in_progress", as_of=moment.at, known_at=moment.known_at, slice=slice, person=person
    )
    told = [record for record in found if not record.is_masked]
    return sorted(told, key=lambda record: (record.paused_at is not None, record.due_at, record.pk))[:most]


# --- what is wanted of me ---------------------------------------------------------------------------------------


def groups_of_person(person, operation, at):
    """The groups that this person stands in, each with its area."""
    seats = Membership.objects.filter(running(at), person=person, operation=operation.pk).select_related("group")
    return [seat.group for seat in seats.order_by("pk")]


def wanted_of(person, operation, groups, at, most):
    """What an inspector's groups have to hand over, and what they may verify because others found it; oldest first."""
    mine = visible_to(person, at).filter(operation=operation)
    if groups:
        mine = mine.filter(group__in=[group.pk for group in groups])
    to_hand_over = mine.filter(stage=Stage.FOUND).order_by("found_at", "pk")
    to_verify = mine.filter(stage=Stage.RECTIFIED).exclude(found_by=person).order_by("rectified_at", "pk")
    found = [*to_verify[:most], *to_hand_over[:most]]
    return sorted(found, key=lambda problem: (problem.rectified_at or problem.found_at, problem.pk))[:most]


def visits_today(person, operation, at, most):
    """This person's own visits of the day, the latest first."""
    day = start_of_day(at.astimezone(operation.tz).date(), operation.tz)
    mine = Visit.objects.filter(operation=operation, visited_by=person, visited_at__range=(day, at))
    return list(mine.select_related("point").order_by("-visited_at", "-pk")[:most])


# --- freshness --------------------------------------------------------------------------------------------------


def last_word(operation, at):
    """The newest event of an operation: when it took effect and when it was recorded; None before the first."""
    events = Event.objects.filter(book=operation.pk, at__lte=at).order_by("-at")
    return events.values("at", "recorded_at").first()
