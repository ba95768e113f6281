"""Choosing, starting, directing and ending an operation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from duzhan.base.clock.instants import now
from duzhan.base.errors import CannotMove, Refused
from duzhan.base.ledger.models import Event
from duzhan.base.ui.fields import add_refusal, posted
from duzhan.base.ui.paging import page_of
from duzhan.people.actions import form_group as form
from duzhan.people.actions import stand_down as stand_group_down
from duzhan.people.models import Body, Group, Membership, Person
from duzhan.places.models import Area
from duzhan.places.queries import suggested_areas

from .. import actions, queries, rules
from ..forms import EndForm, FocusForm, GroupForm, OperationForm
from ..middleware import CHOSEN

MOST_BODIES = 300


@login_required
@require_GET
def operation_list(request):
    """Every operation that this person may see, the newest first."""
    page = page_of(queries.visible_to(request.user), ("-started_at", "-pk"), request.GET)
    return render(request, "operations/list.html", {"page": page, "may_start": bool(rules.offices_of(request.user))})


@login_required
@require_POST
def switch(request):
    """Look at another operation from now on."""
    operation = queries.operation_named(request.POST.get("operation", ""), person=request.user)
    request.session[CHOSEN] = operation.code
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "/")


@login_required
@require_GET
def detail(request, code):
    """One operation: what is looked at, who is on duty, and which area has no group."""
    operation = queries.operation_named(code, person=request.user)
    at = now() if operation.ended_at is None else operation.ended_at
    groups = list(_groups(operation))
    on_duty = [group for group in groups if group.stage == Group.Stage.ON_DUTY]
    focuses = _focuses(operation)
    return render(request, "operations/detail.html", {
        "shown": operation,
        "level": operation.words.label("levels", operation.level),
        "focuses_now": [focus for focus in focuses if focus.runs_at(at)],
        "focuses_before": [focus for focus in reversed(focuses) if not focus.runs_at(at)],
        "on_duty": on_duty,
        "stood_down": [group for group in groups if group.stage != Group.Stage.ON_DUTY],
        "headcount": sum(len(group.seats) for group in on_duty),
        "duty_areas": _duty_areas(operation, on_duty),
        "may_direct": rules.may_direct(request.user, operation) and operation.stage == operation.Stage.RUNNING,
    })  # fmt: skip


def _focuses(operation):
    """Every focus with who set it and who dropped it (M24)."""
    focuses = list(operation.focuses.order_by("starts_at", "pk"))
    events = Event.objects.filter(subject_kind="focus", subject_id__in=[focus.pk for focus in focuses])
    actors = {(event.subject_id, event.kind): event.actor for event in events}
    names = Person.objects.in_bulk(set(actors.values()))
    for focus in focuses:
        focus.word = queries.focus_word(operation, focus)
        focus.set_by = names.get(actors.get((focus.pk, "focus.set")))
        focus.dropped_by = names.get(actors.get((focus.pk, "focus.drop")))
    return focuses


def _groups(operation):
    """Every group with its area of duty by name and its seats, leaders first."""
    groups = list(Group.objects.filter(operation=operation.pk).select_related("body").order_by("pk"))
    seats = Membership.objects.filter(operation=operation.pk).select_related("person", "lent_by")
    by_group = {}
    for seat in seats.order_by("-is_leader", "pk"):
        by_group.setdefault(seat.group_id, []).append(seat)
    areas = {area.path: area for area in Area.objects.filter(path__in={group.area for group in groups})}
    for group in groups:
        group.seats, group.area_of_duty = by_group.get(group.pk, []), areas.get(group.area)
        group.lenders = sorted({str(seat.lent_by) for seat in group.seats if seat.lent_by})
    return groups


def _duty_areas(operation, groups):
    """The areas one step below the operation's, each with the groups that answer for it: none, one or several (M10)."""
    rows = []
    for area in Area.objects.get_children(operation.area).order_by("code"):
        within = [group for group in groups if group.area.startswith(area.path)]
        around = [group for group in groups if area.path.startswith(group.area) and group not in within]
        rows.append({"area": area, "within": within, "around": around, "is_gap": not within and not around})
    return rows


@login_required
@require_http_methods(["GET", "POST"])
def start(request):
    """启动: switch an operation on."""
    rules.check_starts(request.user)
    posts = rules.offices_of(request.user)
    first = {"started_at": now(), "cut_off": "18:00", "office": posts[0].body_id}
    asked = OperationForm(posts, posted(request), initial=first)
    if request.method == "POST" and asked.is_valid():
        given = asked.cleaned_data
        try:
            rules.check_starts(request.user, given["area"].path)
            operation = actions.start(given.pop("code"), given.pop("name"), by=request.user, **given)
        except Refused as refused:
            add_refusal(asked, refused)
        else:
            request.session[CHOSEN] = operation.code
            messages.success(request, _("%(operation)s已启动，时刻已记入账本。") % {"operation": operation})
            return redirect("operation", operation.code)
    beginning = min((post.area for post in posts), key=len)
    context = {"form": asked, "areas": suggested_areas(beginning)}
    return render(request, "operations/start.html", context, status=400 if asked.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def set_focuses(request, code):
    """定重点: what is looked at from now on, or from an instant on."""
    operation = _directed(request, code)
    asked = FocusForm(operation, posted(request))
    if request.method == "POST" and asked.is_valid():
        starts_at, reason = asked.cleaned_data["starts_at"], asked.cleaned_data["reason"]
        names = asked.names()
        actions.set_focuses(operation, names, by=request.user, starts_at=starts_at, reason=reason)
        messages.success(request, _("已定 %(count)d 项重点，此后的走访可以选到。") % {"count": len(names)})
        return redirect("operation", operation.code)
    return render(
        request, "operations/focuses.html", {"form": asked, "shown": operation}, status=400 if asked.errors else 200
    )


@login_required
@require_POST
def drop_focus(request, code, pk):
    """撤重点: it is no longer looked at; what was found under it stays."""
    operation = _directed(request, code)
    focus = get_object_or_404(operation.focuses, pk=pk)
    if focus.ends_at and focus.ends_at <= now():
        raise CannotMove(_("“%(focus)s”已经撤下。") % {"focus": focus})
    actions.drop_focus(focus, by=request.user)
    messages.success(request, _("“%(focus)s”已撤下，已有的走访和问题仍归在它名下。") % {"focus": focus})
    return redirect("operation", operation.code)


@login_required
@require_http_methods(["GET", "POST"])
def form_group(request, code):
    """编组: form a group and give it an area of duty."""
    operation = _directed(request, code)
    asked = GroupForm(operation, posted(request), initial={"body": operation.office_id})
    if request.method == "POST" and asked.is_valid():
        given = asked.cleaned_data
        try:
            group = form(
                given["name"], given["kind"], given["body"], operation=operation.pk, by=request.user,
                area=given["area"].path, starts_at=given["starts_at"], **asked.members(),
            )  # fmt: skip
        except Refused as refused:
            add_refusal(asked, refused)
        else:
            messages.success(request, _("%(group)s已组成。") % {"group": group})
            return redirect("operation", operation.code)
    context = {
        "form": asked,
        "shown": operation,
        "areas": suggested_areas(operation.area_path),
        "bodies": _lenders(operation),
    }
    return render(request, "operations/group.html", context, status=400 if asked.errors else 200)


def _lenders(operation):
    return Body.objects.filter(area__startswith=operation.area_path).order_by("name")[:MOST_BODIES]


@login_required
@require_http_methods(["GET", "POST"])
def stand_down(request, code, pk):
    """撤组: asked first, because its members lose their right to act for it at once."""
    operation = _directed(request, code)
    group = get_object_or_404(Group.objects.filter(operation=operation.pk), pk=pk)
    if request.method == "POST":
        stand_group_down(group, by=request.user)
        messages.success(request, _("%(group)s已撤回，组员已归队。") % {"group": group})
        return redirect("operation", operation.code)
    seats = group.memberships.filter(stage=Membership.Stage.POSTED).select_related("person", "lent_by").order_by("pk")
    return render(request, "operations/stand_down.html", {"group": group, "shown": operation, "seats": seats})


@login_required
@require_http_methods(["GET", "POST"])
def end(request, code):
    """结束: asked first, because nothing is entered afterwards."""
    operation = _directed(request, code)
    asked = EndForm(operation, posted(request))
    if request.method == "POST" and asked.is_valid():
        actions.end(operation, by=request.user)
        messages.success(request, _("%(operation)s已结束。") % {"operation": operation})
        return redirect("operation", operation.code)
    context = {"form": asked, "shown": operation}
    return render(request, "operations/end.html", context, status=400 if asked.errors else 200)


def _directed(request, code):
    """The operation, if this person directs it and it is running. Raises NotFound, NotAllowed or CannotMove."""
    operation = queries.operation_named(code, person=request.user)
    rules.check_directs(request.user, operation)
    if operation.stage != operation.Stage.RUNNING:
        raise CannotMove(_("%(operation)s已经结束，不能再改。") % {"operation": operation})
    return operation
