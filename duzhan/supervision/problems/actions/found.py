"""发现: a problem is entered, alone, with many others, or with what it came from."""

from django.db import transaction
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now as clock_now
from duzhan.base.errors import BadInput
from duzhan.base.ledger.actions import Fact, once, record_many
from duzhan.base.ledger.drafts import draft

from .. import rules
from ..flow import Class, Stage
from ..models import Problem
from .carrying import DETAIL, NOTE, TITLE, attached, named, text_of
from .handed_over import fix_on_the_spot_many, hand_over_each


@once
def find(operation, *, by, at=None, request_key=None, via="web", **problem) -> Problem:
    """发现: enter one problem (M48). The keys are those of `find_many`'s rows.

    Raises NotAllowed for somebody who does not supervise there; `by` None is the system itself.
    """
    place = problem.get("point") or problem.get("area")
    if by is not None and place is not None:
        rules.check_may_find(by, operation, getattr(place, "area_path", None) or place.path, at or clock_now())
    [found] = find_many(operation, [{**problem, "request_key": request_key}], by=by, at=at, via=via)
    return found


@transaction.atomic
def find_many(operation, rows: list[dict], *, by, at=None, via="web") -> list[Problem]:
    """Enter many problems at once, with set-based SQL.

    A row holds title, field, cause, and point or area; and, if wanted, klass, detail, clause, responsibility, unit (or unit_id),
    group (or group_id), focus, source_kind, source_id, request_key, at, uploads, found_by, due_rule. Raises BadInput with
    the row's number.
    """
    found = [_new_problem(operation, number, row, by, at) for number, row in enumerate(rows, 1)]
    record_many([_finding(*pair) for pair in zip(found, rows, strict=True)], by=by, at=at, via=via)
    for problem, row in zip(found, rows, strict=True):
        attached(row.get("uploads", ()), problem, by)
    return found


def _finding(problem, row, **more):
    evidence = {"evidence": named(row["uploads"])} if row.get("uploads") else {}
    return Fact(
        problem, "problem.find", now=Stage.FOUND, at=problem.found_at, request_key=row.get("request_key"), facts=evidence,
        **more,
    )  # fmt: skip


def finding(operation, number, row, *, by, source) -> Fact:
    """发现 as one fact among others: for whoever records the problem together with what it came from (a visit, say).

    `row` is one of `find_many`'s, with what follows at once: fixed_on_the_spot or hand_over. When the fact is
    recorded, `settle_found` does the rest. Raises BadInput with the row's `number` for whatever would be refused.
    """
    problem = _new_problem(operation, number, row, by, None)
    if fixed := row.get("fixed_on_the_spot"):
        text_of(fixed.get("note"), "note", NOTE)
    if row.get("fixed_on_the_spot") is not None or row.get("hand_over") is not None:
        said = row.get("fixed_on_the_spot") or row.get("hand_over") or {}
        if not (said.get("unit") or problem.unit_id or (problem.point and problem.point.body_id)):
            raise BadInput(_("没有写明责任单位。"), field="unit", row=number)
    problem.source_kind = source.subject_kind
    return _finding(problem, row, links={"source_id": source})


def settle_found(pairs, *, by, via):
    """What follows at once on problems just found: their uploads, 当场整改 and 交办. Pairs of (problem, its row)."""
    for problem, row in pairs:
        attached(row.get("uploads", ()), problem, by)
    if fixed := _moved_at_once(pairs, "fixed_on_the_spot"):
        fix_on_the_spot_many(fixed, by=by, via=via, just_found=True)
    if handed_over := _moved_at_once(pairs, "hand_over"):
        hand_over_each(handed_over, by=by, via=via, just_found=True)


def _moved_at_once(pairs, key):
    """The problems that move on with what found them, and what is said with it."""
    return [(problem, {**row[key], "at": problem.found_at}) for problem, row in pairs if row.get(key) is not None]


def _new_problem(operation, number, row, by, at):
    point, area = row.get("point"), row.get("area")
    if area is None and point is None:
        raise BadInput(_("第 %(number)s 个问题没有点位，也没有区域。") % {"number": number}, field="point", row=number)
    klass = row.get("klass") or Class.ORDINARY
    try:
        operation.words.topic(klass, row["field"], row["cause"])
        title, detail = (
            text_of(row["title"], "title", TITLE),
            text_of(row.get("detail", ""), "detail", DETAIL, needed=False),
        )
        if klass == Class.CONDUCT and not operation.keeps_conduct:
            raise BadInput(_("本行动没有开启作风纪律问题登记。"), field="klass")
    except BadInput as error:
        error.details["row"] = number
        raise
    path = point.area_path if point else area.path
    if not path.startswith(operation.area_path):
        raise BadInput(_("第 %(number)s 个问题不在本行动的区域内。") % {"number": number}, field="area", row=number)
    return draft(
        Problem,
        operation=operation, title=title, detail=detail, klass=klass, field=row["field"], cause=row["cause"],
        clause=row.get("clause", ""), responsibility=row.get("responsibility", ""), point=point,
        area_id=area.pk if area else point.area_id, place_kind=point.kind if point else "", area_path=path,
        unit_id=row["unit"].pk if row.get("unit") else row.get("unit_id"),
        group_id=row["group"].pk if row.get("group") else row.get("group_id"),
        due_rule=row.get("due_rule", ""), focus=row.get("focus"), source_kind=row.get("source_kind", ""),
        source_id=row.get("source_id"), found_by=row.get("found_by", by), found_at=row.get("at") or at or clock_now(),
    )  # fmt: skip
