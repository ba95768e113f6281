"""The JSON API under /api/: who asks, in which shape everything is refused, and which app answers what."""

from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import File, NinjaAPI, Schema, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.files import UploadedFile
from ninja.security import HttpBearer

from duzhan.base.clock.instants import tell
from duzhan.base.errors import Refused
from duzhan.base.uploads.actions import receive
from duzhan.base.wire import Renderer, errors
from duzhan.insight.figures.api import router as figures
from duzhan.operations.api import router as operations
from duzhan.operations.queries import visible_to
from duzhan.operations.told import instant_in
from duzhan.people.queries import person_with_token
from duzhan.places.api import router as places
from duzhan.supervision.inspections.api import router as visits
from duzhan.supervision.problems.api import router as problems


class PersonalToken(HttpBearer):
    """`Authorization: Bearer dz_…`: a key that a person has made for a program of theirs."""

    def authenticate(self, request, token):
        person = person_with_token(token)
        if person and person.is_demo and (operation := visible_to(person).first()):
            tell(instant_in(operation))
        return person


api = NinjaAPI(
    title="Duzhan 督战",
    version="1",
    description="The same records with the same visibility as the pages; moves are verbs. Every refusal is {code, message, details}.",
    auth=PersonalToken(),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
    renderer=Renderer(),
)
api.add_router("/operations", operations)
api.add_router("", places)
api.add_router("/visits", visits)
api.add_router("/problems", problems)
api.add_router("/figures", figures)


class Me(Schema):
    username: str
    name: str
    posts: list[str]


class UploadOut(Schema):
    id: UUID
    sha256: str
    size: int
    content_type: str
    kind: str


@api.get("/me", response={200: Me, **errors()}, tags=["people"])
def read_me(request):
    """Who you are, and the posts that you hold now."""
    posts = [str(post) for post in request.auth.hats()]
    return {"username": request.auth.username, "name": request.auth.name, "posts": posts}


@api.post("/uploads", response={201: UploadOut, **errors()}, tags=["uploads"])
def upload(request, file: File[UploadedFile]):
    """上传: one photo or file, to be named as evidence in a visit or a move."""
    return Status(201, receive(file, by=request.auth))


def _told(request, status, code, message, **details):
    return api.create_response(request, {"code": code, "message": str(message), "details": details}, status=status)


@api.exception_handler(Refused)
def refused(request, error):
    return _told(request, error.status, error.code, error.message, **_plain(error.details))


def _plain(details):
    return {
        name: value if isinstance(value, int | str | list | dict) else str(value) for name, value in details.items()
    }


@api.exception_handler(ValidationError)
def unreadable(request, error):
    fields = {".".join(str(part) for part in each["loc"]): each["msg"] for each in error.errors}
    where = "; ".join(f"{place}: {why}" for place, why in fields.items())
    message = _("请求里有读不懂的地方：%(where)s") % {"where": where[:2000]}
    return _told(request, 422, "bad_input", message, fields=fields)


@api.exception_handler(AuthenticationError)
def not_signed_in(request, error):
    return _told(request, 401, "not_signed_in", _("需要有效的个人密钥：Authorization: Bearer dz_…"))


@api.exception_handler(HttpError)
def broken_request(request, error):
    return _told(request, error.status_code, "bad_input", error)


@api.exception_handler(Http404)
def not_there(request, error):
    return _told(request, 404, "not_found", _("这个地址没有东西。"))
