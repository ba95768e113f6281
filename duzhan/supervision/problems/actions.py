"""Everything that changes a problem. One function per thing a person does; each is one event in one transaction.

Every action takes `by` (the person), `at` (when it took effect; None: now), `request_key` (a UUID: asked twice, done
once) and `via`. Each raises NotFound, NotAllowed, CannotMove or BadInput with a sentence, and then nothing is changed.
"""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from duzhan.base.clock import deadlines
from duzhan.base.clock.calendar import WorkingCalendar
from duzhan.base.clock.instants import now as clock_now
from duzhan.base.errors import BadInput, NotFound, Refused
from duzhan.base.ledger.actions import Fact, locked_many, once, record_many
from duzhan.base.ledger.drafts import draft
from duzhan.base.ledger.models import Event
from duzhan.base.uploads.actions import attach

from . import flow, rules
from .flow import Class, Stage
from .models import Problem

TITLE, DETAIL, NOTE = 120, 4000, 1000  # longest texts, in characters


# --- found ------------------------------------------------------------------------------------------------------


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
    group, focus, source_kind, source_id, request_key, at, uploads, found_by, due_rule. Raises BadInput with the row's number.
    """
    found = [_new_problem(operation, number, row, by, at) for number, row in enumerate(rows, 1)]
    record_many([_finding(*pair) for pair in zip(found, rows, strict=True)], by=by, at=at, via=via)
    for problem, row in zip(found, rows, strict=True):
        _attached(row.get("uploads", ()), problem, by)
    return found


def _finding(problem, row, **more):
    evidence = {"evidence": _named(row["uploads"])} if row.get("uploads") else {}
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
        _text(fixed.get("note"), "note", NOTE)
    if row.get("fixed_on_the_spot") is not None or row.get("hand_over") is not None:
        said = row.get("fixed_on_the_spot") or row.get("hand_over") or {}
        if not (said.get("unit") or problem.unit_id or (problem.point and problem.point.body_id)):
            raise BadInput(_("没有写明责任单位。"), field="unit", row=number)
    problem.source_kind = source.subject_kind
    return _finding(problem, row, links={"source_id": source})


def settle_found(pairs, *, by, via):
    """What follows at once on problems just found: their uploads, 当场整改 and 交办. Pairs of (problem, its row)."""
    for problem, row in pairs:
        _attached(row.get("uploads", ()), problem, by)
    if fixed := _moved_at_once(pairs, "fixed_on_the_spot"):
        fix_on_the_spot_many(fixed, by=by, via=via)
    if handed_over := _moved_at_once(pairs, "hand_over"):
        hand_over_each(handed_over, by=by, via=via)


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
            _text(row["title"], "title", TITLE),
            _text(row.get("detail", ""), "detail", DETAIL, needed=False),
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
        unit_id=row["unit"].pk if row.get("unit") else row.get("unit_id"), group=row.get("group"),
        due_rule=row.get("due_rule", ""), focus=row.get("focus"), source_kind=row.get("source_kind", ""),
        source_id=row.get("source_id"), found_by=row.get("found_by", by), found_at=row.get("at") or at or clock_now(),
    )  # fmt: skip


# --- handed over, or mended at once -----------------------------------------------------------------------------


@once
def hand_over(problem, *, by, unit, due_at=None, note="", **how) -> Problem:
    """交办: give it to the unit that must mend it, by an instant (M51, M52); None: as the pack's deadlines say."""
    return hand_over_many([problem], by=by, unit=unit, due_at=due_at, note=note, **how)[0]


@transaction.atomic
def hand_over_many(problems, *, by, unit=None, due_at=None, note="", **how):
    """交办 for many at once; `unit` None: to the unit each already names. All of them or none."""
    said = {"unit": unit, "due_at": due_at, "note": note}
    return hand_over_each([(problem, said) for problem in problems], by=by, **how)


@transaction.atomic
def hand_over_each(items, *, by, **how):
    """交办 for many, each to its own unit: items of (problem, {unit, due_at, note, at}). All of them or none."""

    def change(problem, instant, unit=None, due_at=None, note=""):
        _give_to(problem, unit, by, instant)
        _set_deadline(problem, due_at, instant, rule=problem.due_rule)
        return {"note": _note(note)}

    return _carry_out_each(flow.HAND_OVER, items, change, by=by, **how)


@once
def fix_on_the_spot(problem, *, by, unit, note, uploads=(), **how) -> Problem:
    """当场整改: found and mended before the group left, in one record, and counted like any other (M53)."""
    said = {"unit": unit, "note": note, "uploads": uploads}
    return fix_on_the_spot_many([(problem, said)], by=by, **how)[0]


@transaction.atomic
def fix_on_the_spot_many(items, *, by, **how):
    """当场整改 for many: items of (problem, {unit, note, uploads, at}). All of them or none."""

    def change(problem, instant, unit=None, note="", uploads=()):
        _give_to(problem, unit, by, instant)
        problem.due_at, problem.due_rule = instant, "on the spot"
        problem.rectified_by, problem.rectified_at = by, instant
        return {"note": _text(note, "note", NOTE), "uploads": uploads}

    return _carry_out_each(flow.FIX_ON_THE_SPOT, items, change, by=by, **how)


# --- the unit ---------------------------------------------------------------------------------------------------


@once
def accept(problem, *, by, note="", **how) -> Problem:
    """签收: the unit has it in hand."""
    return accept_many([problem], by=by, note=note, **how)[0]


@transaction.atomic
def accept_many(problems, *, by, note="", **how):
    """签收 for many at once. All of them or none."""

    def change(problem, instant):
        problem.accepted_at = instant
        return {"note": _note(note)}

    return _carry_out(flow.ACCEPT, problems, change, by=by, **how)


@once
def report_rectified(problem, *, by, note, uploads=(), **how) -> Problem:
    """报整改: the unit says what it has done, with pictures or papers if it has them."""
    return report_rectified_many([(problem, {"note": note, "uploads": uploads})], by=by, **how)[0]


@transaction.atomic
def report_rectified_many(items, *, by, **how):
    """报整改 for many: items of (problem, {note, uploads, at}). All of them or none."""

    def change(problem, instant, note="", uploads=()):
        problem.rectified_by, problem.rectified_at = by, instant
        problem.paused_at, problem.asked_due_at, problem.is_sent_back = None, None, False
        return {"note": _text(note, "note", NOTE), "uploads": uploads}

    return _carry_out_each(flow.REPORT_RECTIFIED, items, change, by=by, **how)


@once
def ask_extension(problem, *, by, due_at, reason, **how) -> Problem:
    """申请延期: the unit asks for a later instant; the deadline stands until the office extends it."""

    def change(problem, instant):
        _later(problem, due_at)
        problem.asked_due_at = due_at
        return {"reason": _text(reason, "reason", NOTE), "due_at": due_at}

    return _carry_out(flow.ASK_EXTENSION, [problem], change, by=by, **how)[0]


@once
def add_evidence(problem, *, by, uploads, note="", **how) -> Problem:
    """加证据: further pictures or papers while it is open; the stage stays."""

    def change(problem, instant):
        if not uploads:
            raise BadInput(_("请选择照片或文件。"), field="uploads")
        return {"note": _note(note), "uploads": uploads}

    return _carry_out(flow.ADD_EVIDENCE, [problem], change, by=by, **how)[0]


# --- verified ---------------------------------------------------------------------------------------------------


@once
def close(problem, *, by, note="", visit=None, uploads=(), **how) -> Problem:
    """销号: somebody who neither found nor mended it has seen that it is mended (M54).

    The proof is a visit to the point after it was reported as rectified (`visit`, its number), or uploads.
    """
    return close_many([(problem, {"note": note, "visit": visit, "uploads": uploads})], by=by, **how)[0]


@transaction.atomic
def close_many(items, *, by, **how):
    """销号 for many: items of (problem, {note, visit, uploads, at}), each with its own proof. All of them or none."""

    def change(problem, instant, note="", visit=None, uploads=()):
        if not uploads and not visit:
            raise BadInput(_("销号须有证据：一次核验走访，或照片、文件。"), field="evidence")
        _check_visit(problem, visit)
        problem.closed_by, problem.closed_at = by, instant
        return {"note": _note(note), "uploads": uploads, "visit": visit}

    return _carry_out_each(flow.CLOSE, items, change, by=by, **how)


@once
def send_back(problem, *, by, reason, due_at=None, uploads=(), **how) -> Problem:
    """退回: it is not mended; back to the unit, by the old deadline or a new one."""

    def change(problem, instant):
        problem.rectified_by, problem.rectified_at, problem.is_sent_back = None, None, True
        _set_deadline(problem, due_at or problem.due_at, instant, allow_past=due_at is None)
        return {"reason": _text(reason, "reason", NOTE), "uploads": uploads}

    return _carry_out(flow.SEND_BACK, [problem], change, by=by, **how)[0]


@once
def relapse(problem, *, by, reason, due_at=None, visit=None, uploads=(), **how) -> Problem:
    """复发重开: what was closed has come back; the same number is open again (M57)."""

    def change(problem, instant):
        _check_visit(problem, visit)
        problem.relapses += 1
        problem.rectified_by = problem.rectified_at = problem.closed_by = problem.closed_at = None
        _set_deadline(problem, due_at, instant)
        return {"reason": _text(reason, "reason", NOTE), "uploads": uploads, "visit": visit}

    return _carry_out(flow.RELAPSE, [problem], change, by=by, **how)[0]


# --- the office -------------------------------------------------------------------------------------------------


@once
def transfer(problem, *, by, unit, reason, due_at=None, **how) -> Problem:
    """转办: another unit must mend it; the deadline stays unless a new one is given (M51)."""

    def change(problem, instant):
        if unit.pk == problem.unit_id:
            raise BadInput(_("它已经由%(unit)s负责。") % {"unit": unit}, field="unit")
        former, problem.unit, problem.accepted_at = problem.unit_id, unit, None
        _set_deadline(problem, due_at or problem.due_at, instant, allow_past=due_at is None)
        return {"reason": _text(reason, "reason", NOTE), "from_unit": former}

    return _carry_out(flow.TRANSFER, [problem], change, by=by, **how)[0]


@once
def press(problem, *, by, note, **how) -> Problem:
    """督办: say that it is looked for; the deadline stays."""
    return press_many([problem], by=by, note=note, **how)[0]


@transaction.atomic
def press_many(problems, *, by, note, **how):
    """督办 for many at once."""
    text = _text(note, "note", NOTE)
    return _carry_out(flow.PRESS, problems, lambda problem, instant: {"note": text}, by=by, **how)


@once
def extend(problem, *, by, due_at, reason, **how) -> Problem:
    """延期: a later deadline, with the reason."""

    def change(problem, instant):
        _later(problem, due_at)
        former, problem.due_at, problem.due_rule, problem.asked_due_at = problem.due_at, due_at, "", None
        return {"reason": _text(reason, "reason", NOTE), "from": former}

    return _carry_out(flow.EXTEND, [problem], change, by=by, **how)[0]


@once
def pause(problem, *, by, reason, **how) -> Problem:
    """暂停计时: nothing can be done there for now, so the clock stands."""

    def change(problem, instant):
        problem.paused_at = instant
        return {"reason": _text(reason, "reason", NOTE)}

    return _carry_out(flow.PAUSE, [problem], change, by=by, **how)[0]


@once
def resume(problem, *, by, note="", **how) -> Problem:
    """恢复计时: the clock runs on, and the time it stood is added to the deadline."""

    def change(problem, instant):
        rule = deadlines.parse(problem.due_rule) if problem.due_rule else None
        calendar = WorkingCalendar(problem.operation.tz)
        problem.due_at = deadlines.shifted(problem.due_at, problem.paused_at, instant, rule, calendar)
        problem.paused_at = None
        return {"note": _note(note), "due_at": problem.due_at}

    return _carry_out(flow.RESUME, [problem], change, by=by, **how)[0]


@once
def reclassify(problem, *, by, reason, klass=None, field=None, cause=None, **how) -> Problem:
    """改类别: it is of another class, field or cause; from now on it is counted there (M49)."""

    def change(problem, instant):
        former = problem.topic
        problem.klass, problem.field = klass or problem.klass, field or problem.field
        problem.cause = cause or problem.cause
        problem.operation.words.topic(problem.klass, problem.field, problem.cause)
        if problem.klass == Class.CONDUCT and not problem.operation.keeps_conduct:
            raise BadInput(_("本行动没有开启作风纪律问题登记。"), field="klass")
        if problem.topic == former:
            raise BadInput(_("类别没有变化。"), field="klass")
        return {"reason": _text(reason, "reason", NOTE), "from": former}

    return _carry_out(flow.RECLASSIFY, [problem], change, by=by, **how)[0]


@once
def merge(problem, *, by, into, reason, **how) -> Problem:
    """合并: it is the same as another one and leaves the count; its number is kept and never given again."""
    if into.pk == problem.pk or into.operation_id != problem.operation_id or not into.is_counted:
        raise BadInput(_("只能并入同一行动中另一件在计的问题。"), field="into")

    def change(problem, instant):
        problem.merged_into = into
        return {"reason": _text(reason, "reason", NOTE), "into": into.pk}

    return _carry_out(flow.MERGE, [problem], change, by=by, **how)[0]


@once
def withdraw(problem, *, by, reason, **how) -> Problem:
    """撤销: it was none, and leaves the count, with the reason and by a second person."""
    text = _text(reason, "reason", NOTE)
    return _carry_out(flow.WITHDRAW, [problem], lambda problem, instant: {"reason": text}, by=by, **how)[0]


# --- how every move is made -------------------------------------------------------------------------------------


def _carry_out(move, problems, change, *, by, at=None, request_key=None, via="web", instants=None):
    """Lock and re-read, ask the table, change, record: the one way in which a problem moves.

    `at` is when it took effect; where many move, `instants` may give each its own, by number. `change(problem, instant)` sets the columns and gives what is said with the move; `uploads` among it are attached
    and stand in the event by their fingerprints.
    """
    wanted = [problem.pk for problem in problems]
    rows = locked_many(Problem, wanted)
    moved = [_row(rows, pk) for pk in wanted]
    claimed = {pk: (instants or {}).get(pk) or at or clock_now() for pk in wanted}
    facts = [_moved(move, problem, change, by, claimed[problem.pk], len(moved)) for problem in moved]
    if request_key and facts:
        facts[0].request_key = request_key  # of many, the first one stands for the request
    record_many(facts, by=by, at=at, via=via)
    return moved


def _carry_out_each(move, items, change, **how):
    """`_carry_out` where each problem comes with what is said of it: items of (problem, {…, at})."""
    told = {problem.pk: {name: value for name, value in said.items() if name != "at"} for problem, said in items}
    instants = {problem.pk: said.get("at") for problem, said in items}
    problems = [problem for problem, _said in items]
    return _carry_out(
        move, problems, lambda problem, instant: change(problem, instant, **told[problem.pk]), instants=instants, **how
    )


def _row(rows, pk):
    if pk not in rows:
        raise NotFound()
    return rows[pk]


def _moved(move, problem, change, by, claimed, of):
    try:
        # Rights are asked for now as well: a claimed instant brings back no post that has ended.
        for instant in {claimed, clock_now()}:
            flow.check(move, by, problem, instant)
        was, said = problem.stage, change(problem, max(claimed, problem.changed_at))
        said["evidence"] = _named(_attached(said.pop("uploads", ()), problem, by))
    except Refused as refused:
        if of > 1 and not isinstance(refused, NotFound):
            if problem.number not in str(refused.message):
                refused.message = f"{problem.number}：{refused.message}"
            refused.details["problem"] = problem.pk
        raise
    problem.stage = move.end or was
    said = {name: value for name, value in said.items() if value not in ("", None, [])}
    return Fact(problem, move.kind, was=was, now=problem.stage, facts=said, at=claimed)


def _give_to(problem, unit, by, instant):
    """To this unit; None: to the one that it already names."""
    if unit is not None:
        problem.unit = unit
    elif problem.unit_id is None and problem.point and problem.point.body_id:
        problem.unit_id = problem.point.body_id  # found on a covert visit: of whom it is was not told until now
    elif problem.unit_id is None:
        raise BadInput(_("没有写明责任单位。"), field="unit")
    problem.handed_over_by, problem.handed_over_at = by, instant


def _set_deadline(problem, due_at, instant, *, rule="", allow_past=False):
    """The given instant, or what the check question (`rule`) or else the pack says for this class and field."""
    if due_at is None:
        rule = deadlines.parse(rule or problem.operation.words.deadlines.rule(problem.klass, problem.field))
        problem.due_at = deadlines.due_at(rule, instant, WorkingCalendar(problem.operation.tz))
        problem.due_rule = str(rule)
        return
    if not allow_past and due_at <= instant:
        raise BadInput(_("时限须在交办之后。"), field="due_at")
    if due_at != problem.due_at:
        problem.due_at, problem.due_rule = due_at, ""


def _later(problem, due_at: datetime):
    if due_at is None or due_at <= problem.due_at:
        raise BadInput(_("延期须晚于现在的时限。"), field="due_at")


def _check_visit(problem, visit):
    """A visit proves something when it went to this point after the last report of rectification."""
    if visit is None:
        return
    since = problem.rectified_at
    went = Event.objects.filter(
        book=problem.operation_id,
        kind="visit.record",
        subject_kind="visit",
        subject_id=visit,
        place=problem.point_id,
    )
    if problem.point_id is None or not went.filter(at__gte=since).exists():
        raise BadInput(_("这次走访不是报整改之后到该点位的走访，不能作为证据。"), field="visit")


def _attached(uploads, problem, by):
    """The uploads, now about this problem; content that it has already comes back as what it has."""
    return [attach(upload, about=("problem", problem.pk), by=by) for upload in uploads]


def _named(uploads):
    """Evidence as an event names it: by its fingerprint, so that another picture cannot take its place."""
    return [{"upload": str(each.pk), "sha256": each.sha256} for each in uploads]


def _text(text, field, longest, *, needed=True):
    text = (text or "").strip()
    if needed and not text:
        raise BadInput(_("请写明内容。"), field=field)
    if len(text) > longest:
        raise BadInput(_("内容超过 %(longest)s 字。") % {"longest": longest}, field=field)
    return text


_note = partial(_text, field="note", longest=NOTE, needed=False)
