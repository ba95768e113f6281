"""Problems for programs: list, read, enter, and each move as a verb."""

from datetime import datetime
from inspect import Parameter, Signature
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper
from ninja import Query, Router, Schema, Status

from duzhan.base.ledger.queries import story
from duzhan.base.uploads.models import Upload
from duzhan.base.wire import Instant, Limit, Number, RequestKey, ShortText, Text, errors, one_of, page_read, told
from duzhan.operations.queries import operation_named
from duzhan.people.models import Body
from duzhan.places.queries import area_named, points_visible_to

from . import actions, flow, queries
from .models import Problem, number_of

router = Router(tags=["problems"])


class ProblemOut(Schema):
    id: int
    number: str
    operation: str
    title: str
    detail: str
    klass: str
    field: str
    cause: str
    stage: str
    area: str
    point: int | None
    unit: int | None
    unit_name: str | None
    group: int | None
    found_at: datetime
    handed_over_at: datetime | None
    due_at: datetime | None
    paused_at: datetime | None
    rectified_at: datetime | None
    closed_at: datetime | None
    is_sent_back: bool
    is_overdue: bool
    relapses: int
    merged_into: int | None
    source_kind: str
    source_id: int | None


class ProblemInFull(ProblemOut):
    allowed_moves: list[str]
    seq: int
    digest: str


class ProblemPage(Schema):
    items: list[ProblemOut]
    next: int | None


class EventOut(Schema):
    id: UUID
    seq: int
    kind: str
    at: datetime
    recorded_at: datetime
    actor: int | None
    via: str
    was: str
    now: str
    facts: dict
    digest: str


class Moved(Schema):
    """The answer to a move: what was recorded. The same request id brings the same answer for ever."""

    event: UUID
    problem: int
    kind: str
    stage: str
    at: datetime
    seq: int


class Filter(Schema):
    operation: ShortText
    stage: ShortText = ""
    area: ShortText = ""
    unit: Number | None = None
    overdue: bool = False
    after: Number | None = None
    limit: Limit = 50


class ProblemIn(Schema):
    operation: ShortText
    point: Number | None = None
    area: ShortText = ""
    title: Text
    detail: Text = ""
    klass: ShortText = "ordinary"
    field: ShortText
    cause: ShortText
    at: Instant | None = None
    request_key: RequestKey | None = None


READ = {  # what programs read of a problem, and where it stands
    **{name: name for name in (
        "title", "detail", "klass", "field", "cause", "stage", "found_at", "handed_over_at", "due_at", "paused_at",
        "rectified_at", "closed_at", "is_sent_back", "relapses", "source_kind", "source_id",
    )},
    "id": "pk", "area": "area__code", "point": "point_id", "unit": "unit_id", "unit_name": "unit__name",
    "group": "group_id", "merged_into": "merged_into_id",
}  # fmt: skip


def problems_out(rows, operation) -> list[dict]:
    """Rows of one operation as programs read them; read without making objects of them, which would cost more than all
    the rest."""
    late = ExpressionWrapper(queries.overdue(), BooleanField())
    found = rows.annotate(late=late).values_list("late", *READ.values())
    return [
        {
            **dict(zip(READ, values, strict=True)), "number": number_of(operation, values[IDS]), "operation": operation.code,
            "is_overdue": is_late,
        }
        for is_late, *values in found
    ]  # fmt: skip


IDS = list(READ).index("id")


@router.get("", response={200: ProblemPage, **errors()})
def list_problems(request, asked: Query[Filter]):
    """Problems of one operation that you may see, newest first."""
    operation = operation_named(asked.operation, person=request.auth)
    area = area_named(asked.area, under=operation.area_path) if asked.area else None
    rows = queries.listed_for(request.auth, operation, area=area)
    if asked.stage:
        rows = rows.filter(stage=asked.stage)
    if asked.unit:
        rows = rows.filter(unit=asked.unit)
    if asked.overdue:
        rows = rows.filter(queries.overdue())
    return told(page_read(rows, asked.after, asked.limit, lambda found: problems_out(found, operation)))


@router.post("", response={201: ProblemInFull, **errors()})
def enter_problem(request, sent: ProblemIn):
    """发现: enter a problem that no visit brought."""
    operation = operation_named(sent.operation, person=request.auth)
    point = one_of(points_visible_to(request.auth), sent.point, "point")
    area = area_named(sent.area, under=operation.area_path) if sent.area else None
    said = sent.model_dump(include={"title", "detail", "klass", "field", "cause", "at", "request_key"})
    problem = actions.find(operation, by=request.auth, point=point, area=area, source_kind="other", via="api", **said)
    return Status(201, _in_full(request, problem.pk))


@router.get("/{int:number}", response={200: ProblemInFull, **errors()})
def read_problem(request, number: Number):
    """One problem, and the moves that are open to you now."""
    return _in_full(request, number)


def _in_full(request, number):
    problem = queries.problem_for(request.auth, number)
    [out] = problems_out(Problem.objects.filter(pk=problem.pk), problem.operation)
    moves = [move.name for move in flow.moves_for(request.auth, problem)]
    return {**out, "allowed_moves": moves, "seq": problem.seq, "digest": problem.head}


@router.get("/{int:number}/events", response={200: list[EventOut], **errors()})
def read_story(request, number: Number):
    """Everything that happened to it, oldest first, with digests."""
    return list(story(queries.problem_for(request.auth, number)))


# --- one route for each move of the table ---------------------------------------------------------------------

ASKED = {  # what a move may ask for: its type over the wire, and how it becomes an argument of the action
    "unit": (Number, lambda person, value: one_of(Body.objects, value, "unit")),
    "due_at": (Instant, None),
    "note": (Text, None),
    "reason": (Text, None),
    "klass": (ShortText, None),
    "field": (ShortText, None),
    "cause": (ShortText, None),
    "visit": (Number, None),
    "into": (Number, lambda person, value: one_of(queries.visible_to(person), value, "into")),
    "uploads": (list[UUID], lambda person, value: _uploads(person, value)),
}


def _uploads(person, ids):
    own = Upload.objects.filter(uploaded_by=person.pk)
    return [one_of(own, each, "uploads") for each in ids]


def _body_of(move):
    """The body of a move's request, from what its row in the table asks for."""
    fields = {"at": Instant | None, "request_key": RequestKey | None}
    defaults = {"at": None, "request_key": None}
    for name in move.asks:
        kind = ASKED[name][0]
        fields[name] = kind if name in move.needs else kind | None
        if name not in move.needs:
            defaults[name] = None
    return type(f"{move.name.title().replace('_', '')}In", (Schema,), {"__annotations__": fields, **defaults})


def _route_of(move):
    body = _body_of(move)

    def carry_out(request, number, sent):
        problem = queries.problem_for(request.auth, number)
        said = {name: value for name, value in sent.model_dump().items() if value is not None}
        for name in move.asks:
            if name in said and ASKED[name][1]:
                said[name] = ASKED[name][1](request.auth, said[name])
        moved = getattr(actions, move.name)(problem, by=request.auth, via="api", **said)
        event = moved.last_event
        told = {"event": event.pk, "problem": moved.pk, "kind": event.kind, "stage": event.now}
        return {**told, "at": event.at, "seq": event.seq}

    carry_out.__name__ = move.name
    carry_out.__doc__ = getattr(actions, move.name).__doc__
    carry_out.__signature__ = Signature(
        [
            Parameter("request", Parameter.POSITIONAL_OR_KEYWORD),
            Parameter("number", Parameter.POSITIONAL_OR_KEYWORD, annotation=Number),
            Parameter("sent", Parameter.POSITIONAL_OR_KEYWORD, annotation=body),
        ]
    )
    return carry_out


for _move in flow.MOVES.values():
    router.post(f"/{{int:number}}/{_move.name}", response={200: Moved, **errors()})(_route_of(_move))
