"""Questions about figures: one instant, several, along an axis; the sentence of the report; the records behind each.

Each question takes `as_of` (what had taken effect; None: now), `known_at` (what was recorded by then; None: now) and
`slice` (which part of the operation; what a person may see is `operations.queries.slice_for`).
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import end_of_day
from duzhan.base.clock.instants import now as clock_now
from duzhan.base.errors import BadInput, NotFound
from duzhan.base.ledger.models import Seal
from duzhan.base.ledger.queries import ALL, Slice
from duzhan.places.models import Area

from . import records as behind
from .catalogue import CATALOGUE, SUMMARY, TABLE, Figure
from .counting import Along, At, Ratio, Whole, Within, numbers

TOPIC_PARTS = ("klass", "field", "cause")
MOST_DAYS = 400
MOST_AREAS = 60
MIDNIGHT = time(0)


@dataclass(frozen=True)
class Identity:
    """A relation between figures that must hold: `282 = 277 + 5`, and in words what stands on each side."""

    text: str
    holds: bool
    words: str = ""
    whole: int | None = None
    parts: tuple = ()

    @property
    def difference(self) -> int | None:
        """By how much the whole exceeds its parts; None where it is no sum."""
        return self.whole - sum(self.parts) if self.parts else None


@dataclass(frozen=True)
class Figures:
    """Figures of an operation, or of a part of it, as of one instant and as known at another."""

    operation: object
    as_of: datetime
    known_at: datetime
    slice: Slice
    values: dict  # key -> int, Ratio, or None where there is nothing to divide by

    @property
    def identities(self) -> list[Identity]:
        return identities(self.values)

    @property
    def hold(self) -> bool:
        return all(each.holds for each in self.identities)

    def __getitem__(self, key):
        return self.values[key]


@dataclass(frozen=True)
class Day:
    """Figures at the end of one day, and by how much each has changed in it."""

    on: date
    as_of: datetime
    values: dict
    changes: dict = field(default_factory=dict)


def figure_named(key) -> Figure:
    """The figure with this key. Raises NotFound naming those that there are."""
    if key not in CATALOGUE:
        known = ", ".join(CATALOGUE)
        raise NotFound(_("没有叫“%(key)s”的数字；有：%(known)s。") % {"key": key[:40], "known": known}, field="figure")
    return CATALOGUE[key]


def asked_instants(as_of=None, known_at=None) -> tuple[datetime, datetime]:
    """The two instants of a question as they are shown: an instant still to come means this one."""
    now = clock_now()
    known_at = min(known_at or now, now)
    return min(as_of or known_at, now), known_at


def figures(operation, *, as_of=None, known_at=None, slice=ALL, keys=None, lens=Whole) -> Figures:
    """截至…: every figure of the catalogue, or those with these keys, in a handful of statements at any size.

    `lens` counts in the ledger, or elsewhere (`engines`).
    """
    as_of, known_at = asked_instants(as_of, known_at)
    keys = _known(keys or CATALOGUE)
    values = numbers(lens(operation.pk, as_of, known_at, slice), keys)[None]
    return Figures(operation, as_of, known_at, slice, values)


def _known(keys):
    return [figure_named(key).key for key in keys]


def identities(values) -> list[Identity]:
    """The relations of figures that are among the values: handed over = rectified + in progress, and so on."""
    found = []
    found += _sum(values)
    found += _order(values)
    found += _rate(values)
    return found


def _sum(values):
    keys = ("problems_handed_over", "problems_rectified", "problems_in_progress")
    if not values.keys() >= set(keys):
        return
    whole, *parts = (values[key] for key in keys)
    holds = whole == sum(parts)
    text = f"{whole} {'=' if holds else '≠'} {' + '.join(map(str, parts))}"
    yield Identity(text, holds, _("交办 = 已整改 + 正在整改"), whole, tuple(parts))


def _order(values):
    keys = ("problems_closed", "problems_rectified", "problems_handed_over", "problems_found")
    if not values.keys() >= set(keys):
        return
    chain = [values[key] for key in keys]
    yield Identity(" ≤ ".join(map(str, chain)), chain == sorted(chain), _("已销号 ≤ 已整改 ≤ 交办 ≤ 发现"))


def _rate(values):
    rate = values.get("rectification_rate")
    keys = ("problems_rectified", "problems_handed_over", "problems_found")
    if rate is None or not values.keys() >= set(keys):
        return
    rectified, handed_over, found = (values[key] for key in keys)
    holds = (rate.n, rate.N) == (rectified, handed_over or found)
    words = _("已整改 / 交办 = 整改率") if handed_over else _("已整改 / 发现 = 整改率")
    yield Identity(f"{rate.n} / {rate.N} = {rate.text}", holds, words)


# --- several instants, along an axis ----------------------------------------------------------------------------


def series(operation, keys, *, until=None, days=7, known_at=None, slice=ALL, cut=None) -> list[Day]:
    """逐日: figures at the end of each of the last `days` days, the last one at `until` itself.

    A day ends where `until` stands on the clock of the operation's zone, or with `cut` (a time of day) there; with
    `cut` midnight, at the end of the calendar day. Raises BadInput for more than 400 days.
    """
    if not 0 < days <= MOST_DAYS:
        raise BadInput(_("天数须在 1 到 %(most)s 之间。") % {"most": MOST_DAYS}, field="days")
    until, known_at = asked_instants(until, known_at)
    ends = _ends(until, days + 1, operation.tz, cut)
    instants = tuple(as_of for _on, as_of in ends)
    told = numbers(At(operation.pk, until, known_at, slice, instants=instants), _known(keys))
    return [
        Day(on, as_of, told[number], _changes(told[number - 1], told[number]))
        for number, (on, as_of) in enumerate(ends)
        if number
    ]


def _ends(until, many, zone, cut):
    """The last `many` days up to `until` and the instants at which they end, oldest first: [(day, instant), ...]."""
    local = until.astimezone(zone)
    cut = local.time() if cut is None else cut
    last = local.date()
    if last.toordinal() <= many:
        raise BadInput(_("“截至”太早了，那时还没有记录。"), field="as_of")
    if cut != MIDNIGHT and local.time() > cut:
        last += timedelta(days=1)  # what comes after today's cut belongs to the day that ends with the next one
    on = [last - timedelta(days=back) for back in reversed(range(many))]
    return [(day, min(_end(day, zone, cut), until)) for day in on]


def _end(day, zone, cut):
    return end_of_day(day, zone) if cut == MIDNIGHT else datetime.combine(day, cut, zone).astimezone(UTC)


def _changes(before, after):
    return {key: value - before[key] for key, value in after.items() if isinstance(value, int)}


def by_area(operation, areas, *, as_of=None, known_at=None, slice=ALL, keys=TABLE) -> dict[str, dict]:
    """分区域: figures of each area with everything below it, by its path; under "" what lies in none of them."""
    as_of, known_at = asked_instants(as_of, known_at)
    paths = tuple(dict.fromkeys(area.path for area in areas))
    return numbers(Within(operation.pk, as_of, known_at, slice, areas=paths), _known(keys))


def areas_below(area) -> list[Area]:
    """The areas directly below one, as a table lists them: at most sixty."""
    return list(Area.objects.filter(path__startswith=area.path, depth=area.depth + 1).order_by("code")[:MOST_AREAS])


def by_unit(operation, *, as_of=None, known_at=None, slice=ALL, keys=TABLE) -> dict[int, dict]:
    """分责任单位: figures of each unit that has any, by its number."""
    return _along(operation, "unit", int, as_of, known_at, slice, keys)


def by_group(operation, *, as_of=None, known_at=None, slice=ALL, keys=TABLE) -> dict[int, dict]:
    """分督导组: figures of each group that has any, by its number."""
    return _along(operation, "group", int, as_of, known_at, slice, keys)


def by_place_kind(operation, *, as_of=None, known_at=None, slice=ALL, keys=TABLE) -> dict[str, dict]:
    """分点位类别: figures of each kind of place that has any, by its code in the pack."""
    return _along(operation, "place_kind", str, as_of, known_at, slice, keys)


PROBLEMS = tuple(key for key in TABLE if key.startswith("problems_"))


def by_topic(operation, part="field", *, as_of=None, known_at=None, slice=ALL, keys=PROBLEMS) -> dict[str, dict]:
    """分类别: figures of problems by class, field or cause (`part`), by the code in the pack."""
    place = TOPIC_PARTS.index(part)
    told = _along(operation, "topic", lambda topic: (topic.split(":") + ["", ""])[place], as_of, known_at, slice, keys)
    return {code: values for code, values in told.items() if code}


def _along(operation, axis, read, as_of, known_at, slice, keys):
    as_of, known_at = asked_instants(as_of, known_at)
    told = numbers(Along(operation.pk, as_of, known_at, slice, axis=axis, read=read), _known(keys))
    return {value: each for value, each in told.items() if any(each.values())}


# --- the sentence, the records, the seal ------------------------------------------------------------------------


def pieces(told: Figures, operation, language=None, *, sentence="summary", keys=SUMMARY) -> list:
    """The sentence of a report as pieces (`operations.wording.Piece`), so that a page can link each number."""
    language = language or ("en" if (get_language() or "").startswith("en") else "zh")
    stated = {key: _stated(told.values[key]) for key in keys if told.values.get(key) is not None}
    as_of = told.as_of.astimezone(operation.tz)
    return operation.words.wording.pieces(sentence, stated, as_of=as_of, language=language)


def _stated(value):
    return value.text if isinstance(value, Ratio) else value


def sentence(told: Figures, operation, language=None, **more) -> str:
    """截至11月25日18时,共走访点位641个,交办问题282个,…: the figures as the pack words them, in zh or en."""
    return "".join(map(str, pieces(told, operation, language, **more)))


def records(operation, key, *, as_of=None, known_at=None, slice=ALL, person=None) -> behind.Records:
    """查到底: the records behind one figure, exactly as many as it says (`len`), told one by one (`iter`).

    What `person` may not open is masked; None is the system, which sees all. Raises NotFound for an unknown key.
    """
    as_of, known_at = asked_instants(as_of, known_at)
    return behind.Records(figure_named(key), behind.Asked(operation, slice, as_of, known_at, person))


def arrivals(operation, key, *, as_of, known_from, known_to=None, slice=ALL, person=None) -> list[behind.Arrival]:
    """补记: what became known in between and changes a figure as of the same instant: records with +1 or −1.

    Their signs add up to the difference of the figure (of a share: of its two parts).
    """
    as_of, known_to = asked_instants(as_of, known_to)
    return behind.arrivals(behind.Asked(operation, slice, as_of, known_to, person), figure_named(key), known_from)


def seal_known_at(known_at=None) -> Seal | None:
    """The newest seal that was there at an instant."""
    return Seal.objects.filter(at__lte=known_at or clock_now()).order_by("number").last()
