"""查找: the problems of a ledger in which some letters stand, met by the shorter way: by their numbers, or by looking at each."""

from django.db.models import Exists, OuterRef, Q

from duzhan.base.among import Among
from duzhan.places.models import Point

from .. import texts
from ..flow import DONE, OPEN
from .orders import ORDERS

PARTS = {"open": OPEN, "done": DONE}


class Words:
    """Letters that are looked for in title, facts and point, or a number as people say it."""

    def __init__(self, text, number=None):
        way = "icontains" if texts.has_case(text) else "contains"
        in_point = Point.objects.filter(**{"pk": OuterRef("point"), f"name__{way}": text})
        self.looking = Q(**{f"title__{way}": text}) | Q(**{f"detail__{way}": text}) | Exists(in_point)
        if number:
            self.looking |= Q(pk=number)
        self._number, self.sought = number, texts.Sought(text)

    def among(self, stages) -> Q | None:
        """Those at some stages that have the letters, named by their numbers; None: so many that it is better to look."""
        named = Q(pk__in=[])
        for part in (part for part, its in PARTS.items() if its & stages):
            found = self.named(part)
            if found is None:
                return None
            named |= found
        return named

    def named(self, part) -> Q | None:
        """Those of a part, open or done, that have the letters, named by their numbers; None: too many."""
        found = getattr(self.sought, part)
        if found is None:
            return None
        sure, perhaps = found
        if self._number:
            perhaps = [*perhaps, self._number]
        named = Q(Among("pk", sure)) if sure else Q(pk__in=[])
        return named | Q(Among("pk", perhaps)) & self.looking if perhaps else named

    def few_open(self, many) -> bool:
        """Do the letters stand in no more open problems than this, whoever sees them?"""
        found = self.sought.many_open()
        return found is not None and found <= many


class Having:
    """The rows in which the words stand, asked for once for a whole page and put in order here: somebody with narrow rights
    sees few of all that have them."""

    def __init__(self, asked, rows):
        self.words, self._stages, self._found = asked.words, asked.stages, {}
        told = {"id", "stage"} | {run.key for run in ORDERS[asked.sort]}
        told |= {run.filled[0] for run in ORDERS[asked.sort] if run.filled}
        self._rows = rows.select_related(None).values_list(*sorted(told), named=True)

    def numbers(self, run, place, wanted, forward) -> list | None:
        """Of the first so many of a run, from a place on; None: they are met sooner by looking."""
        found = []
        for part in (part for part, its in PARTS.items() if its & run.stages & self._stages):
            if part == "done" and part not in self._found and self.words.sought.is_met_sooner(wanted):
                return None
            rows = self._part(part)
            if rows is None:
                return None
            found += rows
        return [row.id for row in run.in_order(found, place, forward)[:wanted]]

    def _part(self, part):
        if part not in self._found:
            named = self.words.named(part)
            stages = PARTS[part] & self._stages  # what is unread is named in both parts
            self._found[part] = None if named is None else list(self._rows.filter(named, stage__in=stages))
        return self._found[part]
