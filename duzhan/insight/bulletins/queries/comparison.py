"""账文对照: what a text says beside what our ledger says as of the same instant, and the records that make a difference."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from duzhan.base.clock.instants import now as clock_now
from duzhan.base.ledger.queries import ALL
from duzhan.insight.figures import queries as figures
from duzhan.insight.figures.catalogue import CATALOGUE, Share
from duzhan.insight.figures.counting import Ratio
from duzhan.operations.queries import slice_for

from ..instants import instant_of
from ..kinds import label_of
from .parts import Part, Parts

NEAR = (timedelta(hours=6), timedelta(days=1), timedelta(days=3))  # how far around the cut-off records are looked for
MOST = 6  # records named for one difference
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
    """One figure of the text beside ours. `then`: ours as it was known at the cut-off; `url`: where the records
    behind ours are; `made_of`: the two numbers of a share, with theirs; `records` explain the difference."""

    number: int
    figure: dict
    label: str
    as_of: object
    part: Part
    url: str
    made_of: list
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
    parts = Parts(bulletin, own)
    asked = defaultdict(list)
    for number, figure in bulletin.standing:
        part = parts.of(figure) if figure["type"] in CATALOGUE else None
        as_of = cut_off(bulletin, figure)
        if part is not None and as_of is not None:
            asked[as_of, part].append((number, figure))
    found = []
    for (as_of, part), these in asked.items():
        keys = sorted({key for _number, figure in these for key in (figure["type"], *_made_of(figure["type"]))})
        ours = figures.figures(operation, as_of=as_of, slice=part.slice, keys=keys)
        then = figures.figures(operation, as_of=as_of, known_at=as_of, slice=part.slice, keys=keys)
        counted = [pair for pair in these if ours[pair[1]["type"]] is not None]
        found += [_line(bulletin, person, pair, part, ours, then) for pair in counted]
    return sorted(found, key=lambda line: line.number)


def contradictions(found) -> list[Line]:
    """Of the lines those that cannot be so (M43): a part of a sum, told beside a whole that fits, is none."""
    fits = {(line.figure["type"], line.part) for line in found if line.agrees}
    return [line for line in found if line.contradiction and (line.figure["type"], line.part) not in fits]


def cut_off(bulletin, figure):
    """The instant a figure is stated for: its own, else the text's, else when it was published; never one to come."""
    stated = instant_of(figure["as_of"], bulletin.operation) or bulletin.as_of or bulletin.said_at
    return min(stated, clock_now()) if stated else None


def _line(bulletin, person, pair, part, ours, then):
    number, figure = pair
    key, value, mine = figure["type"], figure["value"], ours[figure["type"]]
    agrees, difference = says(figure, _plain(mine)), value - _plain(mine)
    by = _counted(mine, difference)
    records = [] if agrees else near(bulletin.operation, key, ours.as_of, by, part.slice, person)
    sign, sentence = CONTRADICTIONS.get(key, (0, ""))
    of_itself = not bulletin.is_ours and not part.is_ours and part.slice != ALL
    return Line(
        number, figure, label_of(key), ours.as_of, part, _opens(key, ours, part), _divided(key, ours, part),
        value, mine, then[key], agrees, records, str(sentence) if of_itself and sign * difference > 0 and not agrees else "",
    )  # fmt: skip


def _made_of(key):
    """The figures that a share is made of: its numerator, its denominator and what stands in for that."""
    counts = CATALOGUE[key].counts
    return [each for each in (counts.n, counts.of, counts.fallback) if each] if isinstance(counts, Share) else []


def _opens(key, ours, part):
    """The address of the records behind one of our figures."""
    question = urlencode((("as_of", ours.as_of.isoformat()), *part.asked))
    return f"{reverse('figure-records', args=[key])}?{question}"


def _divided(key, ours, part):
    """(label, number, where its records are) of the numerator and the denominator of a share; [] for anything else."""
    stands = _made_of(key)
    if stands:
        numerator, *wholes = stands
        stands = [numerator, next((each for each in wholes if ours[each]), wholes[-1])]
    return [(label_of(each), ours[each], _opens(each, ours, part)) for each in stands]


def _counted(mine, difference):
    """A difference of shares as so many of the numerator."""
    return difference * mine.N / 100 if isinstance(mine, Ratio) else difference


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
    if later <= earlier:
        return []
    key = next(iter(_made_of(key)), key)  # a share differs by its numerator
    before = figures.records(operation, key, as_of=earlier, slice=slice, person=person)
    after = figures.records(operation, key, as_of=later, slice=slice, person=person)
    new = after.rows.exclude(**{f"{after.identity}__in": before.rows.order_by().values(before.identity)})
    return after.told(list(new.order_by(*after.order)[:200]))


def _at(record):
    return record.first_at or record.at
