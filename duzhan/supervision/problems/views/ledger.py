"""问题台账: what stands where, late first, and what may be done with many at once."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput, NotFound, Refused
from duzhan.base.ledger.models import Event
from duzhan.base.statements import Question
from duzhan.base.ui.spelling import short_instant
from duzhan.people.models import Body, Group, Role
from duzhan.people.queries import names_of
from duzhan.places.models import Area
from duzhan.places.queries import points_visible_to

from .. import actions, flow, queries
from ..flow import Stage
from ..forms.asked import bodies_of
from ..forms.fields import MOST_SUGGESTED
from ..forms.moves import BULK_MOVES, BulkForm
from .next import after_it, says_of
from .rows import Row, row_of

READ = (  # what a row shows and what decides who may move it; of its texts only the title
    "title", "klass", "field", "operation_id", "point_id", "area_path", "unit_id", "group_id", "stage", "is_sent_back",
    "found_by_id", "found_at", "handed_over_at", "due_at", "paused_at", "rectified_by_id", "rectified_at", "closed_at",
    "changed_at",
)  # fmt: skip
MOST_AT_ONCE = 100
MOST_IN_LIST = 300
TABS = (  # name in the address, value, count's key, label; the last three stand at the right
    ("stage", "", "all", gettext_lazy("全部")),
    *(("stage", str(stage), str(stage), stage.label) for stage in Stage if stage in flow.COUNTED),
    ("stage", queries.LEFT, queries.LEFT, gettext_lazy("已合并、撤销")),
    ("due", "overdue", "overdue", gettext_lazy("超期")),
    ("due", "today", "today", gettext_lazy("今晚到期")),
    ("mine", "found", "mine", gettext_lazy("我发现的")),
)
HEADS = {
    "newest": gettext_lazy("编号"),
    "unit": gettext_lazy("责任单位"),
    "stage": gettext_lazy("阶段"),
    "deadline": gettext_lazy("时限"),
}
DOWN = {"newest"}


@login_required
@require_GET
def problem_list(request):
    """The ledger of the current operation."""
    operation, at = request.operation, now()
    if operation is None:
        return render(request, "problems/ledger.html", {"operation": None})
    asked = queries.asked_for(request.GET, request.user, operation, at)
    seen = queries.listed_for(request.user, operation, at, asked.area)
    rows = queries.ledger(request.user, operation, asked, at, seen).select_related(None).only(*READ)
    page = queries.page_of(rows, asked, request.GET)
    for problem in page.rows:
        problem.operation = operation
    counts = queries.counts(request.user, operation, asked, at, seen)
    context = {
        "asked": asked,
        "page": page,
        "rows": _lines(page.rows, asked, at),
        "counts": counts,
        "handed_over": queries.handed_over(counts),
        "total": _total(asked, counts),
        "tabs": _tabs(asked, counts),
        "tags": _tags(asked),
        "heads": {name: _head(asked, name, label) for name, label in HEADS.items()},
        **_filters(request.user, operation, asked, at),
        "moves": _bulk_moves(request.user, page.rows, at),
        **_new_link(request.user, operation, at),
        "address": urlencode(asked.address),
        "at": at,
    }
    return render(request, "problems/ledger.html", context)


SORTS = {
    "deadline": gettext_lazy("时限先到"), "newest": gettext_lazy("最新登记"), "unit": gettext_lazy("按责任单位"),
    "stage": gettext_lazy("按阶段"),
}  # fmt: skip


@dataclass(frozen=True)
class Line(Row):
    """A row of the table: what the template sets stands here as words."""

    pk: int
    title: str
    unit: str
    group: str
    found_at: str
    says: str  # to whoever hears what the box chooses


def _lines(problems, asked, at) -> list[Line]:
    units = names_of(Body, {problem.unit_id for problem in problems})
    groups = names_of(Group, {problem.group_id for problem in problems})
    address, choose = addresses(asked), _("选中 %(label)s")
    lines = []
    for problem in problems:
        row = row_of(problem, at, address(problem))
        lines.append(Line(
            **vars(row), pk=problem.pk, title=problem.title, unit=units.get(problem.unit_id, ""),
            group=groups.get(problem.group_id, ""),
            found_at=short_instant(problem.found_at, problem.operation, read_at=at), says=choose % {"label": row.number},
        ))  # fmt: skip
    return lines


def addresses(asked):
    """The pages of problems, which still know the ledger that one came from, worked out once: problem -> address."""
    before, after = reverse("problem", args=[0]).rsplit("0", 1)
    query = urlencode(asked.address)
    after = f"{after}?{query}" if query else after
    return lambda problem: f"{before}{problem.pk}{after}"


def _total(asked, counts):
    """How many the tabs say are here; None where two of them cross."""
    cuts = [(name, asked[name]) for name in ("stage", "due", "mine") if asked[name]]
    keys = {(name, value): key for name, value, key, _label in TABS}
    return counts[keys[cuts[0]] if cuts else "all"] if len(cuts) < 2 else None


def _url(asked, *without, **more):
    """The ledger under the same filters, without some and with others."""
    kept = {name: value for name, value in asked.address.items() if name not in without} | more
    return f"?{urlencode(kept)}"


def _tabs(asked, counts):
    """The stages, then what cuts across them; whoever opens one leaves the others."""
    tabs = []
    for name, value, key, label in TABS:
        is_current = asked[name] == value if value else not {"stage", "due", "mine"} & asked.address.keys()
        if key == queries.LEFT and not counts[key] and not is_current:
            continue
        tabs.append({
            "label": label, "count": counts[key], "is_current": is_current, "late": key == "overdue",
            "gap": key == "overdue", "url": _url(asked, "stage", "due", "mine", **({name: value} if value else {})),
        })  # fmt: skip
    return tabs


def _tags(asked):
    tags = [{"label": one.label, "url": _url(asked, one.name)} for one in asked.chosen]
    if asked.sort != "deadline":
        tags.append({"label": _("排序：%(sort)s") % {"sort": SORTS[asked.sort]}, "url": _url(asked, "sort")})
    return tags


def _head(asked, name, label):
    is_sorted = "descending" if name in DOWN else "ascending"
    return {"label": label, "url": _url(asked, "sort", sort=name), "sorted": is_sorted if asked.sort == name else ""}


def _filters(person, operation, asked, at):
    """The lists to choose from: [{name, label, options: [(value, word, is chosen)]}]."""
    units = queries.units_for(person, operation, at).values_list("pk", "short_name", "name")[:MOST_IN_LIST]
    depth = len(operation.area_path) // Area.steplen + 1
    areas = Area.objects.filter(path__startswith=operation.area_path, depth=depth).order_by("code")
    lists = {
        "area": list(areas.values_list("code", "name")[:MOST_IN_LIST]),
        "unit": [(str(pk), short_name or name) for pk, short_name, name in units],
        "field": operation.words.choices("fields"),
        "group": [(str(pk), name) for pk, name in _groups_of(operation.pk)],
        "klass": operation.words.choices("classes"),
        "cause": operation.words.choices("causes"),
        "kind": operation.words.choices("place_kinds"),
    }
    lists = {name: _select(asked, name, options) for name, options in lists.items()}
    sorts = _list("sort", _("排序"), asked.sort, SORTS.items())
    far = [name for name in lists if name not in NEAR]
    return {
        "near": [lists[name] for name in NEAR],
        "far": [*(lists[name] for name in far), sorts],
        "more_open": any(asked[name] for name in far),
        "text": asked["q"],
        "kept": [(name, asked[name]) for name in ("stage", "due", "mine") if asked[name]],
    }


_groups_of = Question(
    lambda operation: Group.objects.filter(operation=operation).order_by("pk").values_list("pk", "name"), int
)


def _select(asked, name, options):
    chosen = asked[name]
    if chosen and chosen not in dict(options):
        word = next(one.word for one in asked.chosen if one.name == name)
        options = [(chosen, word), *options]
    return _list(name, LISTS[name], chosen, options)


def _list(name, label, chosen, options):
    """A list to choose from; its first line is what stands there when nothing is chosen."""
    options = tuple((value, f"{word}", value == chosen) for value, word in options)
    return {"name": name, "label": f"{label}", "all": _("%(label)s：全部") % {"label": label}, "options": options}


LISTS = {
    "area": gettext_lazy("区域"), "unit": gettext_lazy("责任单位"), "field": gettext_lazy("领域"),
    "group": gettext_lazy("督导组"), "klass": gettext_lazy("性质"), "cause": gettext_lazy("成因"),
    "kind": gettext_lazy("点位类别"),
}  # fmt: skip
NEAR = ("area", "unit", "field", "group")


def _bulk_moves(person, problems, at):
    """The moves of many that are open to this person for at least one problem of the page."""
    return [
        {"label": move.label, "url": reverse("problem-bulk", args=[move.name])}
        for move in BULK_MOVES.values()
        if any(_is_open(move, person, problem, at) for problem in problems)
    ]


def _is_open(move, person, problem, at):
    if problem.stage not in move.start:
        return False
    try:
        flow.check(move, person, problem, at)
    except Refused:
        return False
    return True


def _new_link(person, operation, at):
    may = may_find(person, operation, at)
    return {"may_find": may, "new_url": reverse("problem-new") if may else "", "new_label": _("登记问题")}


def may_find(person, operation, at):
    return any(
        post.role in (Role.OFFICE, Role.INSPECTOR, Role.DISCIPLINE) and post.operation in (None, operation.pk)
        for post in person.hats(at)
    )


# --- many at once ---------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["POST"])
def bulk(request, name):
    """交办、签收、督办 of the chosen problems: first what will come of it, then all of them or none."""
    move = BULK_MOVES.get(name)
    if move is None:
        raise NotFound()
    problems = chosen_problems(request)
    if "request_key" not in request.POST:
        form = BulkForm(move, problems, request.user, initial={"next": request.POST.get("next", "")})
        return _ask(request, move, problems, form)
    form = BulkForm(move, problems, request.user, request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, move, problems, form, 400)
    try:
        carry_out_many(request, move, problems, form)
    except Refused as refused:
        form.refuse(refused)
        return _ask(request, move, problems, form, refused.status)
    done = {"move": move.label, "many": len(problems)}
    messages.success(
        request,
        ngettext("%(move)s %(many)s 件，已记入台账。", "%(move)s %(many)s 件，已记入台账。", len(problems)) % done,
    )
    return redirect(after_it(request, form.cleaned_data["next"]) or reverse("problem-list"))


def carry_out_many(request, move, problems, form):
    """Carry out a move of many, once: the second click of a double click finds it done."""
    key = form.cleaned_data["request_key"]
    if _was_done(key, move, request.user):
        return
    try:
        getattr(actions, f"{move.name}_many")(problems, by=request.user, request_key=key, **form.said)
    except Refused:
        if not _was_done(key, move, request.user):
            raise


def _was_done(key, move, person):
    return key is not None and Event.objects.filter(pk=key, kind=move.kind, actor=person.pk).exists()


def _ask(request, move, problems, form, status=200):
    at = now()
    rows = [row_of(problem, at, reverse("problem", args=[problem.pk])) for problem in problems]
    back = after_it(request, form["next"].value()) or reverse("problem-list")
    context = {
        "move": move,
        "rows": rows,
        "form": form,
        "operation": problems[0].operation,
        "back": back,
        "says": says_of(status),
    }
    return render(request, "problems/bulk.html", context, status=status)


def chosen_problems(request):
    """The chosen problems in the order chosen, all of them visible to this person and of one operation."""
    numbers = list(dict.fromkeys(request.POST.getlist("chosen")))
    if not numbers:
        raise BadInput(_("请先选中要办的问题。"), field="chosen")
    if len(numbers) > MOST_AT_ONCE:
        raise BadInput(_("一次最多办 %(most)s 件。") % {"most": MOST_AT_ONCE}, field="chosen")
    if not all(number.isascii() and number.isdigit() and len(number) < 19 for number in numbers):
        raise BadInput(_("问题的编号读不懂，请回到台账重新选。"), field="chosen")
    found = queries.visible_to(request.user).in_bulk([int(number) for number in numbers])
    problems = [found.get(int(number)) for number in numbers]
    if None in problems or len({problem.operation_id for problem in problems}) > 1:
        raise NotFound()
    return problems


# --- suggestions while one types ------------------------------------------------------------------------------


@login_required
@require_GET
def suggest_units(request):
    """Names of bodies that have these letters, for the list below the field."""
    return _suggestions(request, bodies_of(request.operation) if request.operation else Body.objects.none(), "unit")


@login_required
@require_GET
def suggest_points(request):
    """Names of points that have these letters, for the list below the field."""
    points = points_visible_to(request.user).filter(is_open=True)
    if request.operation:
        points = points.filter(area_path__startswith=request.operation.area_path)
    return _suggestions(request, points, "point")


def _suggestions(request, rows, name):
    text = request.GET.get(name, "").replace("\x00", "")[:60]
    names = rows.filter(name__icontains=text).order_by("name").values_list("name", flat=True).distinct()
    return HttpResponse(format_html_join("", '<option value="{}">', ((each,) for each in names[:MOST_SUGGESTED])))
