"""The ledger: which problems of an operation somebody sees and has asked for, and how many stand where."""

from django.db.models import Count, Q

from duzhan.base.clock.instants import now
from duzhan.base.ui.counting import counted_cuts

from ..flow import COUNTED, HANDED_OVER, Stage
from .asked import LEFT, Asked
from .orders import LEFT_STAGES
from .seen import due_today, listed_for, overdue

CUTS = ("stage", "due", "mine")  # what the tabs themselves choose


def ledger(person, operation, asked: Asked, at=None, among=None):
    """The problems of an operation that this person may see and has asked for; in no order yet.

    Words that stand in very many problems are left to `page_of`, `neighbours` and `stretches`, which look at row by row.
    `among`: `listed_for` of the same person, operation and area, where the caller has it already.
    """
    rows = listed_for(person, operation, at, asked.area) if among is None else among
    where = asked.where(*(["q"] if asked.words else []))
    return rows.filter(where).select_related("operation", "unit", "area", "point", "group")


def counts(person, operation, asked: Asked, at=None, among=None) -> dict:
    """How many stand at each stage under the other filters, and how many are late, due today, found by this person.

    One statement, bounded (`counted`). Keys: the stages, "all", "left", "overdue", "today", "mine".
    Each is None where words are looked for that stand in very many problems.
    """
    at = at or now()
    rows = listed_for(person, operation, at, asked.area) if among is None else among
    cuts = {str(stage): Q(stage=stage) for stage in Stage}
    cuts |= {"overdue": overdue(at), "today": due_today(operation, at), "mine": Q(found_by=person, stage__in=COUNTED)}
    if asked.words:
        found = dict.fromkeys(cuts)
    elif asked.names_few:
        found = rows.filter(asked.where(*CUTS)).aggregate(
            **{name: Count("pk", filter=cut) for name, cut in cuts.items()}
        )
    else:
        near, looked_at = (asked.where(*CUTS, found_by=[how]) for how in ("index", "looking"))
        found = counted_cuts(rows.filter(near), cuts, looked_at or None)
    return found | {"all": _sum(found, COUNTED), LEFT: _sum(found, LEFT_STAGES)}


def handed_over(found: dict) -> int | None:
    """Of `counts`, how many have been handed over, wherever they stand now."""
    return _sum(found, HANDED_OVER)


def _sum(found, stages):
    each = [found[stage] for stage in stages]
    return None if None in each else sum(each)
