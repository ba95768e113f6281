"""Operations for programs, and the words that each of them speaks."""

from datetime import datetime

from ninja import Router, Schema

from duzhan.base.wire import ShortText, errors

from . import queries

router = Router(tags=["operations"])


class OperationOut(Schema):
    code: str
    name: str
    prefix: str
    pack: str
    zone: str
    area: str
    stage: str
    started_at: datetime
    ended_at: datetime | None


class TermOut(Schema):
    code: str
    zh: str
    en: str


class Words(Schema):
    """The vocabularies of the operation's pack: what may stand in `field`, `cause`, `klass` and the rest."""

    fields: list[TermOut]
    causes: list[TermOut]
    classes: list[TermOut]
    place_kinds: list[TermOut]
    methods: list[TermOut]


class FocusOut(Schema):
    id: int
    name: str
    starts_at: datetime
    ends_at: datetime | None


def operation_out(operation) -> dict:
    same = ("code", "name", "prefix", "pack", "zone", "stage", "started_at", "ended_at")
    return {name: getattr(operation, name) for name in same} | {"area": operation.area.code}


@router.get("", response={200: list[OperationOut], **errors()})
def list_operations(request):
    """The operations that you have anything to do with, newest first."""
    return [operation_out(each) for each in queries.visible_to(request.auth)]


@router.get("/{code}", response={200: OperationOut, **errors()})
def read_operation(request, code: ShortText):
    """One operation."""
    return operation_out(queries.operation_named(code, person=request.auth))


@router.get("/{code}/words", response={200: Words, **errors()})
def read_words(request, code: ShortText):
    """The vocabulary that its visits and problems are described in."""
    words = queries.operation_named(code, person=request.auth).words
    return {name: list(getattr(words, name).values()) for name in Words.model_fields}


@router.get("/{code}/focuses", response={200: list[FocusOut], **errors()})
def list_focuses(request, code: ShortText):
    """What is looked at now."""
    return list(queries.focuses_of(queries.operation_named(code, person=request.auth)))
