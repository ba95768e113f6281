"""What goes over the wire of the JSON API: types that refuse what a database could not keep, and keyset pages."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.renderers import BaseRenderer
from pydantic import AfterValidator, AwareDatetime, Field
from pydantic_core import to_json

from .errors import BadInput

BIGGEST = 2**63 - 1
LARGEST_PAGE = 200


def _clean(text: str) -> str:
    if "\x00" in text:
        raise ValueError(_("文字里不能有 NUL 字符"))
    return text


def _in_our_time(instant: datetime) -> datetime:
    if not 2000 <= instant.year <= 2100:
        raise ValueError(_("时刻要在 2000 年到 2100 年之间"))
    return instant.astimezone(UTC)


Text = Annotated[str, AfterValidator(_clean)]
ShortText = Annotated[str, Field(max_length=200), AfterValidator(_clean)]
Number = Annotated[int, Field(ge=1, le=BIGGEST)]
Instant = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Limit = Annotated[int, Field(ge=1, le=LARGEST_PAGE)]
RequestKey = UUID


class Error(Schema):
    """Every refusal has this shape; `message` is a sentence for a person."""

    code: str
    message: str
    details: dict = {}


ERRORS = frozenset({400, 401, 403, 404, 409, 413, 422, 429})


def errors() -> dict:
    """What an endpoint may answer besides its own: for `response=` of every route."""
    return {ERRORS: Error}


class Renderer(BaseRenderer):
    """Answers as JSON: instants in UTC to the microsecond, as they stand in the ledger."""

    media_type = "application/json"

    def render(self, request, data, *, response_status):
        return to_json(data, fallback=str)


def told(data, status=200) -> HttpResponse:
    """An answer made of plain values, sent as it is: a long list is not checked row by row against its shape each time.
    The tests check it."""
    return HttpResponse(to_json(data, fallback=str), content_type="application/json; charset=utf-8", status=status)


def page(rows, after, limit, out) -> dict:
    """One keyset page, newest first: {"items", "next"}; `next` goes into `after` for the page that follows, or is null.

    It costs the same however far one has gone, and nothing is counted.
    """
    return page_read(rows, after, limit, lambda found: [out(row) for row in found])


def page_read(rows, after, limit, read) -> dict:
    """`page`, where `read` makes what goes out of all its rows at once: dicts with the row's number as "id"."""
    rows = rows.order_by("-pk")
    if after is not None:
        rows = rows.filter(pk__lt=after)
    items = read(rows[: limit + 1])
    return {"items": items[:limit], "next": items[limit - 1]["id"] if len(items) > limit else None}


def one_of(rows, pk, field):
    """The row with this number among those that this person may see. Raises BadInput naming the field."""
    row = rows.filter(pk=pk).first() if pk is not None else None
    if row is None and pk is not None:
        raise BadInput(_("没有编号为 %(number)s 的%(field)s。") % {"number": pk, "field": field}, field=field)
    return row
