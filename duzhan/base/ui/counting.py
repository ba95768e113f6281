"""Numbers that stand beside lists: exact while they are small, `1000+` beyond; never a count of everything."""

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, IntegerField, Value, When

from .spelling import AtLeast

MOST = 1000


def counted(parts: dict, most=MOST) -> dict:
    """How many rows each part has; all in one statement, which looks at no more than `most` rows of a part.

    A part is a queryset, or a queryset and a condition that is looked at row by row: the queryset is what an index can
    narrow. Where more rows are left than were looked at, the count is `AtLeast` what was found among them.
    """
    found, statements, values = dict.fromkeys(parts, 0), [], []
    for number, (rows, met) in enumerate(map(_with_condition, parts.values())):
        one, none = Value(1, output_field=IntegerField()), Value(0, output_field=IntegerField())
        hit = one if met is None else Case(When(met, then=one), default=none)
        looked = rows.order_by().annotate(hit_=hit).values_list("hit_")[: most + 1]
        try:
            statement, parameters = looked.query.sql_with_params()
        except EmptyResultSet:
            continue
        statements.append(f"SELECT {number}, count(*), sum(hit_) FROM ({statement}) part_{number}")  # noqa: S608
        values += parameters
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(statements), values)
            for number, looked, hits in cursor.fetchall():
                found[list(parts)[number]] = AtLeast(min(hits, most)) if looked > most else hits or 0
    return found


def _with_condition(part):
    return part if isinstance(part, tuple) else (part, None)
