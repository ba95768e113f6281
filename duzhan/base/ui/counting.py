"""Numbers that stand beside lists: exact while they are small, `1000+` beyond; never a count of everything."""

from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Case, IntegerField, Value, When

from .spelling import AtLeast

MOST = 1000
ONE, NONE = Value(1, output_field=IntegerField()), Value(0, output_field=IntegerField())


def counted(parts: dict, most=MOST) -> dict:
    """How many rows each part has; all in one statement, which looks at no more than `most` rows of a part.

    A part is a queryset, or a queryset and a condition that is looked at row by row: the queryset is what an index can
    narrow. Where more rows are left than were looked at, the count is `AtLeast` what was found among them.
    """
    statements = {}
    for name, (rows, met) in zip(parts, map(_with_condition, parts.values()), strict=True):
        try:
            statements[name] = _looked_at(rows, met).query.sql_with_params()
        except EmptyResultSet:
            continue
    return dict.fromkeys(parts, 0) | _asked(statements, most)


def counted_cuts(rows, cuts: dict, met=None, most=MOST) -> dict:
    """`counted` of `rows.filter(cut)` for each cut, conditions on columns of the rows' own table: worked out once for all,
    which is most of what such a question costs. `met`: a condition that is looked at row by row."""
    try:
        statement, parameters = _looked_at(rows, met).query.sql_with_params()
    except EmptyResultSet:
        return dict.fromkeys(cuts, 0)
    way = " AND " if rows.query.where else " WHERE "
    statements = {}
    for name, cut in cuts.items():
        worked_out = cut if isinstance(cut, WorkedOut) else WorkedOut.of(rows.model, cut)
        if worked_out.where:
            statements[name] = f"{statement}{way}({worked_out.where})", (*parameters, *worked_out.parameters)
    return dict.fromkeys(cuts, 0) | _asked(statements, most)


@dataclass(frozen=True)
class WorkedOut:
    """A condition on columns of one table as SQL: for cuts that are the same each time."""

    where: str  # empty: nothing is meant
    parameters: tuple

    @classmethod
    def of(cls, model, condition):
        query = model._base_manager.filter(condition).query
        if sum(map(bool, query.alias_refcount.values())) > 1:
            raise ValueError(f"the cut {condition} asks other tables")
        try:
            where, parameters = query.where.as_sql(query.get_compiler(DEFAULT_DB_ALIAS), connection)
        except EmptyResultSet:
            return cls("", ())
        except FullResultSet:
            return cls("1 = 1", ())
        return cls(where, tuple(parameters))


def _looked_at(rows, met):
    hit = ONE if met is None else Case(When(met, then=ONE), default=NONE)
    return rows.order_by().annotate(hit_=hit).values_list("hit_")


def _asked(statements, most):
    """Each of the statements {name: (sql, parameters)} counted to `most`, in one."""
    if not statements:
        return {}
    each = [
        f"SELECT {number}, count(*), sum(hit_) FROM ({sql} LIMIT {most + 1}) part_{number}"  # noqa: S608
        for number, (sql, _parameters) in enumerate(statements.values())
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(each), [one for _sql, parameters in statements.values() for one in parameters]
        )
        names, found = list(statements), cursor.fetchall()
    return {names[number]: AtLeast(min(hits, most)) if looked > most else hits or 0 for number, looked, hits in found}


def _with_condition(part):
    return part if isinstance(part, tuple) else (part, None)
