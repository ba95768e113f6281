"""今日 and 大屏: what is asked first, on the desk, on the phone and on the wall."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRedirect

from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput
from duzhan.base.ui.fields import add_refusal
from duzhan.people.models import Role
from duzhan.people.queries import reads_areas, stands_for_a_unit

from . import queries, shown
from .forms import MomentForm

MOST, MOST_MINE, MOST_ON_WALL = 6, 3, 5
GO_OUT = {Role.OFFICE, Role.INSPECTOR, Role.DISCIPLINE}


@login_required
@require_GET
def home(request):
    """The first page of the day; `as_of` and `known_at` show any other moment."""
    operation = request.operation
    if elsewhere := _elsewhere(request, operation):
        return elsewhere
    form = MomentForm(operation, request.GET)
    moment = _moment(operation, form)
    if moment is None:
        return render(request, "overview/home.html", {"form": form}, status=400)
    board = queries.board(request.user, operation, moment, most=MOST)
    lines = shown.lines(board, request.user)
    context = {
        "form": form,
        "board": board,
        "head": shown.head(board),
        "tiles": shown.tiles(board),
        "identity": shown.identity(board),
        "waiting": shown.waiting(board, queries.waiting(request.user, board)),
        "lines": lines,
        "unnamed": shown.unnamed(board),
        "mine": _mine(request.user, board, lines),
        "trend": shown.trend(board),
        "areas": shown.areas(board),
        "goes_out": not moment.is_asked and _goes_out(request.user, operation),
        "ledger_lines": board.lines,
    }
    return render(request, "overview/home.html", context)


def _elsewhere(request, operation):
    """Where somebody is led for whom these numbers are not; None for everybody else."""
    person = request.user
    if not reads_areas(person):
        if stands_for_a_unit(person):
            return redirect("inbox")
        return render(request, "overview/nothing.html", _no_post(person))
    if operation is None:
        return render(request, "overview/nothing.html", _no_operation(person))
    return None


def _no_post(person):
    if any(post.role == Role.ADMIN for post in person.hats()):
        return {
            "title": _("今日"),
            "says": _("您的岗位是管账号和任命，不看数字。"),
            "label": _("人员"),
            "name": "person-list",
        }
    says = _("您的账号还没有岗位，所以这里没有内容。请把账号名 %(name)s 告诉系统管理员，由其任命；任命后刷新本页即可。")
    return {
        "title": _("还没有岗位"),
        "says": says % {"name": person.username},
        "label": _("我的岗位"),
        "name": "person-me",
    }


def _no_operation(person):
    if any(post.role == Role.OFFICE and post.operation is None for post in person.hats()):
        says = _("现在没有行动。启动以后，这里显示当天的数字、超期的问题和晚间调度会。")
        return {"title": _("今日"), "says": says, "label": _("启动行动"), "name": "operation-new"}
    return {"title": _("今日"), "says": _("现在没有行动；督导办启动以后，这里显示当天的数字。")}


def _moment(operation, form):
    """The moment that is asked for; None where it cannot be read, with the sentence in the form."""
    if not form.is_bound:
        return queries.moment_of(operation)
    if form.is_valid():
        try:
            return queries.moment_of(operation, **form.instants())
        except BadInput as refused:
            add_refusal(form, refused)
    return None


def _mine(person, board, lines):
    if board.moment.is_asked or not queries.inspects(person, board.operation):
        return None
    waiting = queries.to_verify(person, board.operation)
    late = [line for line in lines if line.is_late][:MOST_MINE]
    return shown.mine(waiting[:MOST_MINE], waiting.count(), board, late)


def _goes_out(person, operation):
    return any(post.role in GO_OUT and post.operation in (None, operation.pk) for post in person.hats())


@require_GET
def wall(request):
    """The same for the screen on the wall: it asks again by itself, and names no problem about conduct."""
    if not request.user.is_authenticated:
        to_the_door = redirect_to_login(request.get_full_path())
        return HttpResponseClientRedirect(to_the_door.url) if request.htmx else to_the_door
    if elsewhere := _elsewhere(request, request.operation):
        return elsewhere
    moment = queries.moment_of(request.operation)
    wanted = {"most": MOST_ON_WALL, "names_conduct": False, "area_keys": queries.WALL_KEYS}
    board = queries.board(request.user, request.operation, moment, **wanted)
    context = {
        "board": board,
        "head": shown.head(board),
        "tiles": shown.tiles(board),
        "identity": shown.identity(board),
        "lines": shown.lines(board),
        "more": board.going.total - len(board.going.lines),
        "areas": shown.areas(board),
        "table": shown.wall_areas(board),
        "fresh": shown.freshness(board),
        "seen_at": now(),
    }
    return render(request, "overview/wall.html#wall" if request.htmx else "overview/wall.html", context)
