"""查找: the problems of a ledger in which some letters stand, met by the shorter way: by their numbers, or by looking at each."""

from django.db.models import Q

from duzhan.base.among import Among

from .. import texts
from ..flow import DONE, OPEN


class Words:
    """Letters that are looked for in title, facts and point, or a number as people say it."""

    def __init__(self, text, number=None):
        self.looking = Q(title__icontains=text) | Q(detail__icontains=text) | Q(point__name__icontains=text)
        if number:
            self.looking |= Q(pk=number)
        self._number, self._sought = number, texts.Sought(text)

    def among(self, stages, wanted=None) -> Q | None:
        """Those at some stages that have the letters, named by their numbers; None: so many that it is better to look, or
        better for the first few that are `wanted`."""
        parts = [self._sought.open] if stages & OPEN else []
        if stages & DONE and None not in parts:
            parts.append(None if wanted and self._sought.is_met_sooner(wanted) else self._sought.done)
        if None in parts:
            return None
        sure, perhaps = ([number for part in parts for number in part[n]] for n in (0, 1))
        if self._number:
            perhaps.append(self._number)
        named = Q(Among("pk", sure)) if sure else Q(pk__in=[])
        return named | Q(Among("pk", perhaps)) & self.looking if perhaps else named

    def few_open(self, many) -> bool:
        """Do the letters stand in no more open problems than this, whoever sees them?"""
        found = self._sought.many_open()
        return found is not None and found <= many
