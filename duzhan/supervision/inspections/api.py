"""Visits for programs: list, read, one visit with its problems, and up to five hundred at once."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import BaseModel, Field, ValidationError, WithJsonSchema

from duzhan.base.errors import BadInput, Refused
from duzhan.base.uploads.models import Upload
from duzhan.base.wire import Error, Instant, Limit, Number, ShortText, Text, errors, one_of, page, told
from duzhan.operations.queries import focuses_of, operation_named
from duzhan.people.models import Body
from duzhan.places.queries import points_with
from duzhan.supervision.problems.queries import problems_from

from . import actions
from .queries import visits_visible_to

router = Router(tags=["visits"])


class HandOverIn(BaseModel):
    unit: Number | None = None
    due_at: Instant | None = None
    note: Text = ""


class OnTheSpotIn(BaseModel):
    unit: Number | None = None
    note: Text


class FoundIn(BaseModel):
    """A problem as a visit brings it; `hand_over` or `fixed_on_the_spot` moves it on at once."""

    id: UUID | None = None
    title: Text
    detail: Text = ""
    klass: ShortText = "ordinary"
    field: ShortText
    cause: ShortText
    question: ShortText = ""
    uploads: Annotated[list[UUID], Field(max_length=20)] = []
    hand_over: HandOverIn | None = None
    fixed_on_the_spot: OnTheSpotIn | None = None


class VisitIn(BaseModel):
    """One visit. `id` is yours: sent twice, it is recorded once."""

    id: UUID | None = None
    point: Number
    at: Instant | None = None
    purpose: Literal["inspect", "verify", "guide"] = "inspect"
    method: ShortText = ""
    focus: Number | None = None
    minutes: Annotated[int, Field(ge=0, le=1440)] | None = None
    answers: dict[ShortText, Literal["yes", "no", "na"]] = {}
    note: Text = ""
    difficulty: Text = ""
    problems: Annotated[list[FoundIn], Field(max_length=50)] = []


class OneVisitIn(VisitIn):
    operation: ShortText


def _written_out(schema, of=None):
    """A JSON schema with what it refers to written into it: a list of free objects can carry no reference."""
    of = of or schema.get("$defs", {})
    if isinstance(schema, list):
        return [_written_out(each, of) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _written_out(of[schema["$ref"].rsplit("/", 1)[1]], of)
    return {name: _written_out(each, of) for name, each in schema.items() if name != "$defs"}


VISITS = {"type": "array", "minItems": 1, "maxItems": actions.MOST, "items": _written_out(VisitIn.model_json_schema())}


class BatchIn(Schema):
    """Up to 500 visits. Each is read by itself: one that cannot be read refuses itself and no other."""

    operation: ShortText
    visits: Annotated[list[dict], Field(min_length=1, max_length=actions.MOST), WithJsonSchema(VISITS)]


class VisitOut(Schema):
    id: int
    operation: str
    point: int
    point_name: str
    area: str
    group: int | None
    purpose: str
    method: str
    visited_at: datetime
    minutes: int | None
    answers: dict
    note: str


class VisitPage(Schema):
    items: list[VisitOut]
    next: int | None


class Recorded(Schema):
    """What became of one visit: its number and its problems' numbers, or why it was refused."""

    visit: int | None = None
    event: UUID | None = None
    problems: list[int] = []
    refused: Error | None = None


class BatchOut(Schema):
    results: list[Recorded]
    recorded: int
    refused: int


class Filter(Schema):
    operation: ShortText
    point: Number | None = None
    after: Number | None = None
    limit: Limit = 50


def visit_out(visit) -> dict:
    """A visit as programs read it."""
    same = ("purpose", "method", "visited_at", "minutes", "answers", "note")
    return {name: getattr(visit, name) for name in same} | {
        "id": visit.pk, "operation": visit.operation.code, "point": visit.point_id, "point_name": visit.point.name,
        "area": visit.area.code, "group": visit.group_id,
    }  # fmt: skip


@router.get("", response={200: VisitPage, **errors()})
def list_visits(request, asked: Query[Filter]):
    """Visits of one operation that you may see, newest first."""
    rows = visits_visible_to(request.auth).filter(operation=operation_named(asked.operation, person=request.auth))
    if asked.point:
        rows = rows.filter(point=asked.point)
    return page(rows, asked.after, asked.limit, visit_out)


@router.get("/{int:number}", response={200: VisitOut, **errors()})
def read_visit(request, number: Number):
    """One visit."""
    return visit_out(one_of(visits_visible_to(request.auth), number, "visit"))


@router.post("", response={201: Recorded, **errors()})
def record_visit(request, sent: OneVisitIn):
    """登记走访: one visit with its problems and its difficulty."""
    operation = operation_named(sent.operation, person=request.auth)
    known = _Known(request.auth, operation, [sent])
    visit = actions.record_visit(operation, known.row(sent), by=request.auth, via="api")
    return told(_told(visit, _problems_of([visit])), 201)


@router.post("/batch", response={200: BatchOut, **errors()})
def record_visits(request, sent: BatchIn):
    """Record up to 500 visits in one transaction; each refused one is named, the others stand."""
    operation = operation_named(sent.operation, person=request.auth)
    read = [_read(item) for item in sent.visits]
    known = _Known(request.auth, operation, [item for item in read if not isinstance(item, Refused)])
    rows, results = [], list(read)
    for place, item in enumerate(read):
        if isinstance(item, Refused):
            continue
        try:
            rows.append((place, known.row(item)))
        except Refused as refused:
            results[place] = refused
    answers = actions.record_visits(operation, [row for _place, row in rows], by=request.auth, via="api")
    for (place, _row), answer in zip(rows, answers, strict=True):
        results[place] = answer
    problems = _problems_of([each for each in results if not isinstance(each, Refused)])
    answers = [_told(each, problems) for each in results]
    refused = sum(1 for each in results if isinstance(each, Refused))
    return told({"results": answers, "recorded": len(answers) - refused, "refused": refused})


def _read(item):
    try:
        return VisitIn.model_validate(item)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return BadInput(
            _("这次走访的 %(place)s 读不懂：%(why)s。") % {"place": place, "why": first["msg"]}, field=place
        )


class _Known:
    """What the rows refer to, fetched once for all of them: points, units, focuses and uploads."""

    def __init__(self, person, operation, visits):
        found = [problem for visit in visits for problem in visit.problems]
        moves = [move for problem in found for move in (problem.hand_over, problem.fixed_on_the_spot) if move]
        units, focuses = ({move.unit for move in moves if move.unit}, {visit.focus for visit in visits if visit.focus})
        self.points = points_with([visit.point for visit in visits], person)
        self.units = Body.objects.in_bulk(units) if units else {}
        self.focuses = focuses_of(operation).in_bulk(focuses) if focuses else {}
        uploads = {each for problem in found for each in problem.uploads}
        self.uploads = Upload.objects.filter(uploaded_by=person.pk).in_bulk(uploads) if uploads else {}

    def row(self, visit) -> dict:
        """A row for `record_visits`. Raises BadInput naming what there is not."""
        return {
            **vars(visit), "point": _of(self.points, visit.point, "point"), "focus": _of(self.focuses, visit.focus, "focus"),
            "problems": [self._problem(each) for each in visit.problems],
        }  # fmt: skip

    def _problem(self, sent):
        row = {**vars(sent), "uploads": [_of(self.uploads, each, "uploads") for each in sent.uploads]}
        for name in ("hand_over", "fixed_on_the_spot"):
            if (move := row.pop(name)) is not None:
                said = move.model_dump(exclude={"unit"}, exclude_none=True)
                row[name] = said | ({"unit": _of(self.units, move.unit, "unit")} if move.unit else {})
        return row


def _of(known, key, field):
    if key is not None and key not in known:
        raise BadInput(_("没有编号为 %(number)s 的%(field)s。") % {"number": key, "field": field}, field=field)
    return known.get(key)


def _problems_of(visits) -> dict:
    """The numbers of the problems of visits: those just recorded say them, earlier ones are looked up."""
    known = {visit.pk: [each.pk for each in visit.found] for visit in visits if hasattr(visit, "found")}
    earlier = [visit.pk for visit in visits if visit.pk not in known]
    return known | (problems_from("visit", earlier) if earlier else {})


def _told(result, problems) -> dict:
    if isinstance(result, Refused):
        refused = {"code": result.code, "message": str(result.message), "details": result.details}
        return {"visit": None, "event": None, "problems": [], "refused": refused}
    found = problems.get(result.pk, [])
    return {"visit": result.pk, "event": result.last_event.pk, "problems": found, "refused": None}
