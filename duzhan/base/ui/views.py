from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from duzhan.base.errors import BadInput

from . import gallery as samples
from .preferences import CHOICES, COOKIES, YEAR
from .refusals import refusal


@login_required
@require_GET
def gallery(request):
    """Every component in every state; ?theme= shows it in another colour without choosing it."""
    theme = request.GET.get("theme")
    known = [value for value, _label in CHOICES["theme"]]
    shelves = [(heading, [(piece, piece.drawn(request)) for piece in pieces]) for heading, pieces in samples.shelf()]
    return render(request, "ui/gallery.html", {
        "shelves": shelves,
        "shown": theme if theme in known else None,
        "seen_at": samples.SEEN_AT,
    })  # fmt: skip


@login_required
@require_GET
def wall_sample(request):
    """The wall with sample figures: how big it all is, before there is anything to show."""
    figures = next(piece for _heading, pieces in samples.shelf() for piece in pieces if piece.name == "figure")
    given = [case.given | {"days": ()} for case in figures.cases]
    table = samples.wall_samples()
    return render(request, "ui/gallery/wall.html", {"figures": given, "seen_at": samples.SEEN_AT, **table})


@login_required
@require_GET
def street_sample(request):
    """The page for one thumb, with a checklist."""
    return render(request, "ui/gallery/street.html", samples.street_samples())


@require_POST
def set_preferences(request):
    """Theme, type size, language: kept in a cookie, and back to where one was."""
    asked = {name: request.POST[name] for name in (*CHOICES, "language") if name in request.POST}
    known = {name: {value for value, _label in choices} for name, choices in CHOICES.items()}
    known["language"] = {code for code, _label in settings.LANGUAGES}
    wrong = [name for name, value in asked.items() if value not in known[name]]
    if wrong or not asked:
        told = _("没有这个选择：%(names)s。请从页面上的按钮里选。") % {"names": "、".join(wrong) or _("空")}
        return refusal(request, BadInput(told))
    answer = _no_content_or_back(request)
    for name, value in asked.items():
        answer.set_cookie(
            COOKIES.get(name, settings.LANGUAGE_COOKIE_NAME),
            value,
            max_age=YEAR,
            path="/",
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
    return answer


def _no_content_or_back(request):
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    back = request.POST.get("next", "/")
    allowed = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(back if allowed else "/")
