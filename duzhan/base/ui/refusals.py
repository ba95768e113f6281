"""How a refusal is shown: the same sentence on the page, in the part htmx asked for, and to a program (LOOK §6)."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from duzhan.base.errors import NotFound, Refused

PAGES = {400, 403, 404, 409, 413, 429}


class RefusalPages:
    """Middleware: a view that raises Refused answers with its sentence and its status."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return refusal(request, exception) if isinstance(exception, Refused) else None


def refusal(request, refused):
    """The answer to a request that was refused: JSON to a program, a page to a person."""
    message = str(refused.message)
    if wants_json(request):
        told = {"code": refused.code, "message": message, "details": refused.details}
        return JsonResponse(told, status=refused.status, json_dumps_params={"ensure_ascii": False, "default": str})
    return page(request, refused.status, message, refused.details.get("fields"))


def page(request, status, message="", fields=None):
    """The page of a status; `message` is the finished sentence, the template has its own where there is none."""
    template = f"{status if status in PAGES else 400}.html"
    return render(request, template, {"message": message, "fields": fields}, status=status)


def wants_json(request) -> bool:
    """Does the caller ask for JSON and not for a page? Under /api/ there are no pages."""
    accepted = request.headers.get("Accept", "")
    return request.path_info.startswith("/api/") or ("application/json" in accepted and "text/html" not in accepted)


# ---------- Django's handlers: handler400 … in the URLs, CSRF_FAILURE_VIEW in the settings ----------


def bad_request(request, exception):
    """400: what was sent cannot be read; 413 where it is only too much."""
    too_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return page(request, 413 if too_much else 400)


def permission_denied(request, exception):
    """403: not open to this person."""
    return page(request, 403)


def page_not_found(request, exception):
    """404: no such page, or a view's own sentence where it raised one."""
    said = exception.args[0] if isinstance(exception, Http404) and exception.args else ""
    refused = NotFound(said) if isinstance(said, str) and said else NotFound()
    if wants_json(request):
        return refusal(request, refused)
    return page(request, 404, said if isinstance(said, str) else "")


def server_error(request):
    """500: our fault. Nothing is asked of the database or the session, which may be what failed."""
    return HttpResponseServerError(render_to_string("500.html"))


def csrf_failure(request, reason=""):
    """403: the form is from an old page or from elsewhere."""
    return page(request, 403, _("这张表单已过期，没有保存任何内容。请返回上一页，刷新后再提交一次。"))
