"""外来通报: texts from outside, read, put right by hand, laid beside the ledger, filed as what a lower body says."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from duzhan.base.errors import NotFound, Refused
from duzhan.base.ui.fields import posted
from duzhan.base.ui.paging import page_of
from duzhan.base.uploads.queries import about

from . import actions, rules
from .forms import AddForm, FigureForm, FileForm, NoteForm, TakeInForm
from .models import Bulletin
from .queries import comparison, earlier, seen
from .queries.parts import bodies_of
from .shown import shown


def _bulletin_view(view):
    """A view of one bulletin that the person may read."""

    @wraps(view)
    def found(request, pk, **more):
        return view(request, seen.bulletin_named(pk, request.user, request.operation), **more)

    return login_required(found)


@login_required
@require_GET
def bulletin_list(request):
    """What has been taken in for the current operation, the newest first."""
    operation = request.operation
    if operation is None:
        return render(request, "bulletins/list.html", {"operation": None})
    rows = seen.visible_to(request.user, operation).select_related("body", "taken_in_by").defer("text")
    context = {
        "page": page_of(rows, ("-taken_in_at", "-pk"), request.GET),
        "operation": operation,
        "may_take_in": rules.may_take_in(request.user, operation),
    }
    return render(request, "bulletins/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request):
    """收录: paste a text or upload a file."""
    operation = request.operation
    if operation is None:
        raise NotFound()
    rules.check_may_take_in(request.user, operation)
    form = TakeInForm(operation, posted(request), request.FILES or None)
    try:
        if request.method == "POST" and form.is_valid():
            bulletin = actions.take_in(
                operation, by=request.user, request_key=form.cleaned_data["request_key"], **form.said
            )
            return redirect("bulletin", pk=bulletin.pk)
    except Refused as refused:
        form.refuse(refused)
    return render(request, "bulletins/new.html", {"form": form}, status=400 if form.errors else 200)


@require_GET
@_bulletin_view
def detail(request, bulletin):
    """The text with every figure marked, what does not add up, and what our ledger says."""
    return _page(request, bulletin)


def _page(request, bulletin, status=200, **forms):
    operation = bulletin.operation
    prepared = seen.prepared(bulletin)
    lines = comparison.lines(bulletin, request.user)
    context = {
        "bulletin": bulletin,
        "operation": operation,
        "shown": shown(bulletin, prepared),
        "lines": lines,
        "agreeing": sum(line.agrees for line in lines),
        "contradictions": comparison.contradictions(lines),
        "falls": earlier.falls(bulletin, request.user),
        "uploads": about("bulletin", bulletin.pk),
        "why_not_correct": rules.why_not_correct(request.user, bulletin),
        "may_look_into": rules.is_office(request.user, operation),
        "note_form": forms.get("note_form") or NoteForm(initial={"note": bulletin.looked_into}),
        "add_form": forms.get("add_form") or AddForm(bulletin),
        "adds": "add_form" in forms,
    }
    return render(request, "bulletins/bulletin.html", context, status=status)


@require_http_methods(["GET", "POST"])
@_bulletin_view
def figure(request, bulletin, number):
    """更正: one figure as a person reads it."""
    if number >= len(bulletin.figures):
        raise NotFound()
    read_out = bulletin.figures[number]
    form = FigureForm.about(bulletin, read_out, posted(request))
    try:
        if request.method == "POST" and form.is_valid():
            key = form.cleaned_data["request_key"]
            actions.correct(bulletin, number, form.said, by=request.user, request_key=key)
            return _back(bulletin, number)
    except Refused as refused:
        form.refuse(refused)
    context = {
        "bulletin": bulletin,
        "number": number,
        "figure": read_out,
        "form": form,
        "why_not": rules.why_not_correct(request.user, bulletin),
        "is_filed": bulletin.stage == Bulletin.Stage.FILED,
        "around": _around(bulletin, read_out),
    }
    return render(request, "bulletins/figure.html", context, status=400 if form.errors else 200)


def _around(bulletin, figure, reach=60):
    """The words before a figure, its own, and those behind it."""
    prepared = seen.prepared(bulletin)
    return seen.around(prepared, figure["start"], figure["end"], reach)


def _back(bulletin, number):
    return redirect(f"{_address(bulletin)}#f{number}")


def _address(bulletin):
    return redirect("bulletin", pk=bulletin.pk).url


@require_POST
@_bulletin_view
def drop(request, bulletin, number):
    """不是数字."""
    actions.drop(bulletin, number, by=request.user)
    messages.success(request, _("已记下：这不是数字。"))
    return redirect("bulletin", pk=bulletin.pk)


@require_POST
@_bulletin_view
def add(request, bulletin):
    """补标 a figure that was not read."""
    form = AddForm(bulletin, request.POST)
    try:
        if form.is_valid():
            told = form.cleaned_data
            added = actions.add(bulletin, *told["span"], form.said, by=request.user, request_key=told["request_key"])
            return _back(bulletin, len(added.figures) - 1)
    except Refused as refused:
        form.refuse(refused)
    return _page(request, bulletin, status=400, add_form=form)


@require_http_methods(["GET", "POST"])
@_bulletin_view
def file(request, bulletin):
    """报送: as what a lower body says of itself."""
    bodies = bodies_of(bulletin.operation)
    if not rules.is_office(request.user, bulletin.operation):
        own = [post.body_id for post in rules.posts_in(request.user, bulletin.operation)]
        bodies = bodies.filter(pk__in=own)
    initial = {"body": bulletin.body_id, "as_of": bulletin.as_of or bulletin.said_at}
    form = FileForm(bulletin, bodies, posted(request), initial=initial)
    try:
        if request.method == "POST" and form.is_valid():
            told = form.cleaned_data
            actions.file_figures(
                bulletin,
                told["body"],
                form.chosen,
                by=request.user,
                as_of=told["as_of"],
                request_key=told["request_key"],
            )
            messages.success(request, _("已登记%(body)s的自报数。") % {"body": told["body"]})
            return redirect("self-report-list")
    except Refused as refused:
        form.refuse(refused)
    return render(
        request, "bulletins/file.html", {"bulletin": bulletin, "form": form}, status=400 if form.errors else 200
    )


@require_POST
@_bulletin_view
def look_into(request, bulletin):
    """核对: what came of looking into a contradiction."""
    form = NoteForm(request.POST)
    try:
        if form.is_valid():
            told = form.cleaned_data
            actions.look_into(bulletin, told["note"], by=request.user, request_key=told["request_key"])
            return redirect("bulletin", pk=bulletin.pk)
    except Refused as refused:
        form.refuse(refused)
    return _page(request, bulletin, status=400, note_form=form)
