"""The ledger: which problems of an operation somebody sees and has asked for, and how many stand where."""

from functools import cache

from django.db.models import Count, Q

from duzhan.base.clock.instants import now
from duzhan.base.ui.counting import WorkedOut, counted_cuts
from duzhan.base.ui.spelling import AtLeast

from ..flow import COUNTED, DONE, HANDED_OVER, IN_PROGRESS, OPEN, Stage
from ..models import Problem
from .asked import LEFT, Asked
from .orders import LEFT_STAGES
from .seen import due_today, listed_for, overdue

CUTS = ("stage", "due", "mine")  # what the tabs themselves choose
FEW_OPEN = 100


def ledger(person, operation, asked: Asked, at=None, among=None):
    """The problems of an operation that this person may see and has asked for; in no order yet.

    Stages and words are left to `page_of`, `neighbours` and `stretches`, which know where in the order they look for them.
    `among`: `listed_for` of the same person, operation and area, where the caller has it already.
    """
    rows = listed_for(person, operation, at, asked.area) if among is None else among
    return rows.filter(asked.where("stage")).select_related("operation", "unit", "area", "point", "group")


def counts(person, operation, asked: Asked, at=None, among=None) -> dict:
    """How many stand at each stage under the other filters, and how many are late, due today, found by this person.

    One statement, bounded (`counted_cuts`); with words two. Keys: the stages, "all", "left", "overdue", "today", "mine".
    Each is None where words are looked for that stand in very many problems.
    """
    at = at or now()
    rows = listed_for(person, operation, at, asked.area) if among is None else among
    cuts = {stage: ({stage}, Q(stage=stage)) for stage in Stage}
    cuts["overdue"], cuts["today"] = (IN_PROGRESS, overdue(at)), (IN_PROGRESS, due_today(operation, at))
    cuts["mine"] = COUNTED, Q(found_by=person, stage__in=COUNTED)
    if asked.words:
        found = _with_words(rows.filter(asked.where(*CUTS)), asked.words, cuts)
    else:
        near, looked_at = (asked.where(*CUTS, found_by=[how]) for how in ("index", "looking"))
        cuts = {name: cut for name, (_stages, cut) in cuts.items()} | _at_each_stage()
        found = counted_cuts(rows.filter(near), cuts, looked_at or None)
    return found | {"all": _sum(found, COUNTED), LEFT: _sum(found, LEFT_STAGES)}


@cache
def _at_each_stage():
    return {stage: WorkedOut.of(Problem, Q(stage=stage)) for stage in Stage}


def _with_words(rows, words, cuts):
    """What is open and what is done, each counted if it is named by numbers; what is done only beside few that are open:
    it is ten times as many. Where it is not, the sums are `AtLeast` what is open."""
    parts = [(OPEN, words.among(OPEN))]
    parts.append((DONE, words.among(DONE) if words.few_open(FEW_OPEN) else None))
    counts = {name: Count("pk", filter=cut) for name, (_stages, cut) in cuts.items()}
    uncounted = None if parts[0][1] is None else AtLeast(0)
    told = {
        part: dict.fromkeys(cuts, uncounted)
        if named is None
        else rows.filter(named, stage__in=part).aggregate(**counts)
        for part, named in parts
    }
    return {name: _sum_of(told[part][name] for part in told if part & stages) for name, (stages, _cut) in cuts.items()}


def handed_over(found: dict) -> int | None:
    """Of `counts`, how many have been handed over, wherever they stand now."""
    return _sum(found, HANDED_OVER)


def _sum(found, stages):
    return _sum_of(found[stage] for stage in stages)


def _sum_of(numbers):
    each = list(numbers)
    return None if None in each else sum(each)
