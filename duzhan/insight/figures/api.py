"""Figures for programs: any of them, as of any instant and as known at any other, and the records behind each."""

from datetime import datetime
from itertools import islice

from ninja import Query, Router, Schema

from duzhan.base.ledger.queries import Slice
from duzhan.base.wire import Instant, Limit, Number, ShortText, errors
from duzhan.operations.queries import operation_named, slice_for
from duzhan.places.queries import area_named

from . import queries
from .counting import Ratio

router = Router(tags=["figures"])


class Asked(Schema):
    operation: ShortText
    as_of: Instant | None = None
    known_at: Instant | None = None
    area: ShortText = ""
    unit: Number | None = None
    group: Number | None = None


class AskedRecords(Asked):
    limit: Limit = 100


class IdentityOut(Schema):
    text: str
    holds: bool


class FiguresOut(Schema):
    """`figures` are numbers; a rate is in per cent, and null where there is nothing to divide by."""

    operation: str
    as_of: datetime
    known_at: datetime
    figures: dict[str, float | int | None]
    identities: list[IdentityOut]
    sentence: str


class RecordOut(Schema):
    kind: str
    pk: int
    number: str
    title: str
    area: str
    unit: str
    group: str
    stage: str
    at: datetime | None
    recorded_at: datetime | None
    due_at: datetime | None
    event: str
    digest: str
    is_masked: bool


class RecordsOut(Schema):
    """`count` is the figure itself; `items` are the first of its records."""

    figure: str
    count: int
    items: list[RecordOut]


@router.get("", response={200: FiguresOut, **errors()})
def read_figures(request, asked: Query[Asked]):
    """Every figure of an operation, as far as you may see it."""
    operation = operation_named(asked.operation, person=request.auth)
    told = queries.figures(
        operation, as_of=asked.as_of, known_at=asked.known_at, slice=_slice(request, operation, asked)
    )
    return {
        "operation": operation.code, "as_of": told.as_of, "known_at": told.known_at,
        "figures": {key: number_of(value) for key, value in told.values.items()},
        "identities": [{"text": each.text, "holds": each.holds} for each in told.identities],
        "sentence": queries.sentence(told, operation),
    }  # fmt: skip


@router.get("/{key}/records", response={200: RecordsOut, **errors()})
def read_records(request, key: ShortText, asked: Query[AskedRecords]):
    """The records behind one figure."""
    operation = operation_named(asked.operation, person=request.auth)
    found = queries.records(
        operation, key, as_of=asked.as_of, known_at=asked.known_at, slice=_slice(request, operation, asked),
        person=request.auth,
    )  # fmt: skip
    return {"figure": key, "count": len(found), "items": list(islice(found, asked.limit))}


def number_of(value):
    """A figure as a number: a rate in per cent with two decimals."""
    return float(value.text.rstrip("%")) if isinstance(value, Ratio) else value


def _slice(request, operation, asked) -> Slice:
    bound = slice_for(request.auth, operation)
    area = area_named(asked.area, under=operation.area_path).path if asked.area else ""
    return bound.narrowed(area=area, unit=asked.unit, group=asked.group)
