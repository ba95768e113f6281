"""Which bulletins a person may read, and what the reader of one sees."""

from bisect import bisect_left

from django.db.models import Q

from duzhan.base.errors import NotFound
from duzhan.base.ledger.queries import ALL
from duzhan.operations.queries import slice_for

from .. import rules
from ..models import Bulletin
from ..reading.marking import shown_text
from ..reading.originals import Original
from ..reading.prepared import Prepared, prepare


def visible_to(person, operation, at=None):
    """All for whoever reads the whole operation; else those taken in by oneself, and those of one's own bodies."""
    rows = Bulletin.objects.filter(operation=operation)
    if slice_for(person, operation, at) == ALL and rules.may_take_in(person, operation, at):
        return rows
    bodies = [post.body_id for post in rules.posts_in(person, operation, at)]
    return rows.filter(Q(taken_in_by=person) | Q(body__in=bodies, is_ours=False))


def bulletin_named(pk, person, operation) -> Bulletin:
    """The bulletin with this number, if the person may read it. Raises NotFound."""
    if operation is None:
        raise NotFound()
    found = visible_to(person, operation).filter(pk=pk).select_related("operation", "body", "taken_in_by").first()
    if found is None:
        raise NotFound()
    return found


def prepared(bulletin) -> Prepared:
    """The text of a bulletin as rules read it, made anew from what was kept."""
    return prepare(Original(bulletin.text, bulletin.encoding, bulletin.kind))


def around(prepared, start, end, reach) -> tuple[str, str, str]:
    """What stands before a piece of the original, the piece, and what stands behind it, as a person reads them."""
    first, last = bisect_left(prepared.at, start), bisect_left(prepared.at, end)
    text = prepared.text
    return text[max(0, first - reach) : first], text[first:last], text[last : last + reach]


def place_of(bulletin, piece, before="") -> tuple[int, int] | None:
    """Where in the original these words stand, right behind `before` if they do; None where all are marked already."""
    ready = prepared(bulletin)
    seen = shown_text(ready)
    taken = [(each["start"], each["end"]) for _number, each in bulletin.standing]
    for words, skipped in ((before + piece, len(before)), (piece, 0)):
        place = seen.find(words)
        while place >= 0:
            start, end = ready.span(place + skipped, place + len(words))
            if not any(a < end and start < b for a, b in taken):
                return start, end
            place = seen.find(words, place + 1)
    return None
