"""账文对照: what a text says beside what our ledger says as of the same instant, and the records that make a difference."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from duzhan.base.clock.instants import now as clock_now
from duzhan.base.ledger.queries import ALL
from duzhan.insight.figures import queries as figures
from duzhan.insight.figures.catalogue import CATALOGUE, Share
from duzhan.insight.figures.counting import Ratio
from duzhan.operations.queries import slice_for
from duzhan.places.models import Area

from ..instants import instant_of
from ..kinds import label_of

NEAR = (timedelta(hours=6), timedelta(days=1), timedelta(days=3))  # how far around the cut-off records are looked for
MOST = 6  # records named for one difference
SUFFIXES = ("街道", "镇", "乡", "区", "县", "市", "旗")
OVER, UNDER = ("余", "多", "超", "超过", "逾", "以上"), ("近",)

# M43: what a lower body says of itself and our own records cannot both be so. sign: theirs minus ours.
CONTRADICTIONS = {
    "problems_found": (-1, _("自报查出的问题少于我方在当地查出的")),
    "problems_handed_over": (-1, _("自报收到的交办少于我方交出的")),
    "problems_in_progress": (-1, _("自报尚在整改的少于我方台账上的")),
    "problems_rectified": (1, _("自报完成的整改多于我方台账上的")),
    "problems_closed": (1, _("自报的销号多于我方核验过的")),
}


@dataclass(frozen=True)
class Line:
    """One figure of the text beside ours. `then`: ours as it was known at the cut-off; `records` explain the difference."""

    number: int
    figure: dict
    label: str
    as_of: object
    part: str
    area: str
    theirs: object
    ours: object
    then: object
    agrees: bool
    records: list = field(default_factory=list)
    contradiction: str = ""

    @property
    def difference(self):
        return round(self.theirs - _plain(self.ours), 2)


def lines(bulletin, person) -> list[Line]:
    """Every figure of the text that our ledger counts too, in the order of the text."""
    operation, own = bulletin.operation, slice_for(person, bulletin.operation)
    parts = _Parts(bulletin, own)
    asked = defaultdict(list)
    for number, figure in bulletin.standing:
        where = parts.of(figure) if figure["type"] in CATALOGUE else None
        as_of = cut_off(bulletin, figure)
        if where is not None and as_of is not None:
            asked[as_of, where].append((number, figure))
    found = []
    for (as_of, (name, code, slice)), these in asked.items():
        keys = sorted({figure["type"] for _number, figure in these})
        ours = figures.figures(operation, as_of=as_of, slice=slice, keys=keys)
        then = figures.figures(operation, as_of=as_of, known_at=as_of, slice=slice, keys=keys)
        where = (as_of, name, code, slice)
        counted = [pair for pair in these if ours[pair[1]["type"]] is not None]
        found += [_line(bulletin, person, pair, where, ours, then) for pair in counted]
    return sorted(found, key=lambda line: line.number)


def contradictions(found) -> list[Line]:
    """Of the lines those that cannot be so (M43): a part of a sum, told beside a whole that fits, is none."""
    fits = {(line.figure["type"], line.area) for line in found if line.agrees}
    return [line for line in found if line.contradiction and (line.figure["type"], line.area) not in fits]


def cut_off(bulletin, figure):
    """The instant a figure is stated for: its own, else the text's, else when it was published; never one to come."""
    stated = instant_of(figure["as_of"], bulletin.operation) or bulletin.as_of or bulletin.said_at
    return min(stated, clock_now()) if stated else None


class _Parts:
    """Which part of our operation a scope names."""

    def __init__(self, bulletin, own):
        operation = bulletin.operation
        self.bulletin, self.own, self.whole = bulletin, own, operation.area
        self.areas = list(Area.objects.filter(path__startswith=operation.area_path).exclude(path=operation.area_path))

    def of(self, figure):
        """(name, area code, slice) of the part; None for a body or place outside the operation."""
        scope = figure["scope"] or ""
        for area in self.areas:
            if _names(area, scope):
                return area.name, area.code, self.own.narrowed(area=area.path)
        body = self.bulletin.body
        if body and (not scope or scope in body.name or body.name in scope) and not self.bulletin.is_ours:
            inside = body.area.startswith(self.whole.path) and body.area != self.whole.path
            area = next((area for area in self.areas if area.path == body.area), None) if inside else None
            if area:
                return area.name, area.code, self.own.narrowed(area=area.path)
        if self.bulletin.is_ours or not scope or _names(self.whole, scope) or scope[:1] in "全本我各":
            return self.whole.name, "", self.own
        return None


def _names(area, scope):
    """Whether a scope (双龙湖街道纪工委, 渝北) names an area (双龙湖街道, 渝北区)."""
    if area.name in scope:
        return True
    short = next((area.name.removesuffix(end) for end in SUFFIXES if area.name.endswith(end)), area.name)
    return len(short) > 1 and scope.startswith(short)


def _line(bulletin, person, pair, where, ours, then):
    (number, figure), (as_of, name, code, slice) = pair, where
    key, value = figure["type"], figure["value"]
    mine = ours[key]
    agrees, difference = says(figure, _plain(mine)), value - _plain(mine)
    records = [] if agrees else near(bulletin.operation, key, as_of, difference, slice, person)
    sign, sentence = CONTRADICTIONS.get(key, (0, ""))
    of_itself = not bulletin.is_ours and slice != ALL and sign * difference > 0 and not agrees
    return Line(
        number, figure, label_of(key), as_of, name, code, value, mine, then[key], agrees, records,
        str(sentence) if of_itself else "",
    )  # fmt: skip


def _plain(value):
    """A figure of ours as a number; a share as hundredths, as texts write it."""
    if isinstance(value, Ratio):
        return round(100 * value.n / value.N, 2) if value.N else 0
    return value or 0


def says(figure, ours) -> bool:
    """Whether a text may say this of our number: 310余 fits 310 to 319, 近1000 fits what is a little less."""
    value, approx = figure["value"], figure["approx"] or ""
    step = 10 ** max(1, len(str(int(value))) - len(str(int(value)).rstrip("0")))
    if approx in OVER:
        return value <= ours < value + step
    if approx in UNDER:
        return value - step <= ours <= value
    if approx == "约":
        return abs(value - ours) <= step / 2
    return abs(value - ours) < 0.005


# --- the records that make a difference -------------------------------------------------------------------------


def near(operation, key, as_of, difference, slice, person) -> list:
    """The records nearest to the cut-off by which the two could differ: what came just after when they say more than
    we, what came just before when they say less; as (sign, record), the nearest first."""
    for span in NEAR:
        earlier, later = (as_of, min(as_of + span, clock_now())) if difference > 0 else (as_of - span, as_of)
        found = _between(operation, key, earlier, later, slice, person)
        if len(found) >= abs(difference):
            break
    found.sort(key=lambda record: abs((_at(record) or as_of) - as_of))
    return [("+" if difference > 0 else "−", record) for record in found[: min(MOST, max(1, int(abs(difference))))]]


def _between(operation, key, earlier, later, slice, person):
    """The records that stand behind a figure at the later instant and not at the earlier."""
    if later <= earlier or isinstance(CATALOGUE[key].counts, Share):
        return []
    before = figures.records(operation, key, as_of=earlier, slice=slice, person=person)
    after = figures.records(operation, key, as_of=later, slice=slice, person=person)
    new = after.rows.exclude(**{f"{after.identity}__in": before.rows.order_by().values(before.identity)})
    return after.told(list(new.order_by(*after.order)[:200]))


def _at(record):
    return record.first_at or record.at
